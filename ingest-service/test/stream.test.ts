import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { partitionFor } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { partitions, tokenHeader, topics } from "./service.ts";
import { StreamedService } from "./streamed-service.ts";

const t0 = 1_780_000_000_000_000;

let streamed: StreamedService;
beforeAll(async () => {
  streamed = await StreamedService.start();
});
afterAll(() => streamed.close());

describe("the live stream", () => {
  it("tells what happens to a device, and nothing of others", async () => {
    const listener = await streamed.open("device=d1&topics=telemetry,devices,commands");
    await listener.next("position");
    await streamed.gateway.append(
      streamed.gateway.event("d2", t0, { x: 1 }),
      streamed.gateway.event("d1", t0, { x: 2, note: "hi" }),
    );
    expect((await listener.next("telemetry")).data).toEqual({
      device: "d1",
      gateway: "g1",
      t: t0 / 1000,
      readings: [
        { metric: "x", value: 2, t: t0 / 1000 },
        { metric: "note", value: "hi", t: t0 / 1000 },
      ],
    });
    await streamed.service.request("POST", "/api/v1/devices", { id: "d1", type: "boiler" });
    const device = await listener.next("devices");
    expect(device.data).toMatchObject({ id: "d1", revision: 1, type: "boiler" });
    expect(JSON.stringify(device.data)).not.toMatch(/hash|credential|token/);
    await streamed.service.request("POST", "/api/v1/devices/d1/commands", { name: "reboot" });
    expect((await listener.next("commands")).data).toMatchObject({ device: "d1", what: "requested", name: "reboot" });
    listener.close();
  });

  it("tells the end of a command once, however often its reply is in the log", async () => {
    const listener = await streamed.open("device=d7&topics=commands");
    await listener.next("position");
    await streamed.service.request("POST", "/api/v1/devices", { id: "d7" });
    const asked = await streamed.service.request<{ commandId: string }>("POST", "/api/v1/devices/d7/commands", {
      name: "x",
    });
    const { commandId } = asked.body;
    const say = (step: object): Promise<unknown> => {
      const value = events.command.encode({ device: "d7", commandId, ...step });
      return streamed.backends.log.append(topics.commands, [{ key: "d7", value }]);
    };
    await say({ succeeded: { result: "1" } });
    await say({ succeeded: { result: "1" } });
    await say({ failed: { result: "2" } });
    await say({ delivered: {} });
    const steps: unknown[] = [];
    while (steps.at(-1) !== "delivered") steps.push((await listener.next("commands")).data["what"]);
    expect(steps).toEqual(["requested", "succeeded", "delivered"]);
    const { body } = await streamed.service.request<{ status: string }>(
      "GET",
      `/api/v1/devices/d7/commands/${commandId}`,
    );
    expect(body.status).toBe("succeeded");
    listener.close();
  });

  it("filters by type, tag and metric, as devices are now", async () => {
    for (const [id, site] of [
      ["f1", "north"],
      ["f2", "south"],
      ["f3", "north"],
    ] as const) {
      // oxfmt-ignore
      await streamed.service.request("POST", "/api/v1/devices", { id, type: id === "f3" ? "valve" : "pump", tags: { site } });
    }
    const listener = await streamed.open("topics=telemetry&type=pump&tag=site:north&metric=x&metric=y");
    await listener.next("position");
    await streamed.gateway.append(
      ...["f1", "f2", "f3", "f4"].map((id) => streamed.gateway.event(id, t0, { x: 1, z: 2 })),
      streamed.gateway.event("f1", t0, { z: 3 }),
      streamed.gateway.event("f1", t0, { y: 4, z: 5 }),
    );
    const readings = async () => (await listener.next("telemetry")).data["readings"];
    expect(await readings()).toEqual([{ metric: "x", value: 1, t: t0 / 1000 }]);
    expect(await readings()).toEqual([{ metric: "y", value: 4, t: t0 / 1000 }]);
    listener.close();
    const two = await streamed.open("topics=telemetry&device=f2&device=f4");
    await two.next("position");
    await streamed.gateway.append(...["f1", "f2", "f3", "f4"].map((id) => streamed.gateway.event(id, t0, { x: 1 })));
    expect([(await two.next("telemetry")).data["device"], (await two.next("telemetry")).data["device"]].toSorted()).toEqual(["f2", "f4"]); // oxfmt-ignore
    two.close();
  });

  it("follows a device group, as it and its devices are now, and ends with it", async () => {
    const save = (filter: object) => streamed.service.request("PUT", "/api/v1/groups/halls", { filter });
    // In one partition, so that what comes last is told last.
    const ids = Array.from({ length: 100 }, (_, i) => `hall-${i}`);
    const [h1, h2, h3] = ids.filter((id) => partitionFor(id, partitions) === 0) as [string, string, string];
    await streamed.service.request("POST", "/api/v1/devices", { id: h1, type: "hall", attributes: { floor: 1 } });
    await streamed.service.request("POST", "/api/v1/devices", { id: h2, type: "hall", attributes: { floor: 2 } });
    await save({ type: "hall", attribute: ["floor:2"] });
    const listener = await streamed.open("topics=telemetry&group=halls");
    await listener.next("position");
    const tell = (...devices: string[]) =>
      streamed.gateway.append(...devices.map((id) => streamed.gateway.event(id, t0, { x: 1 })));
    const next = async () => (await listener.next("telemetry")).data["device"];
    await tell(h1, h3, h2);
    expect(await next()).toBe(h2);
    await streamed.service.request("PATCH", `/api/v1/devices/${h1}`, { attributes: { floor: 2 } });
    await streamed.service.request("PATCH", `/api/v1/devices/${h2}`, { attributes: { floor: 3 } });
    await tell(h3, h2, h1);
    expect(await next()).toBe(h1);
    await save({ registered: "any", q: h3.toUpperCase() });
    await tell(h1, h2, h3);
    expect(await next()).toBe(h3);
    await streamed.service.request("DELETE", "/api/v1/groups/halls");
    await tell(h3);
    await listener.ended;
    const ofGroup = async (group: string) =>
      (await streamed.service.request("GET", `/api/v1/stream?group=${group}`)).body;
    expect(await ofGroup("halls")).toMatchObject({ code: "unknown-device-group" });
    await streamed.service.request("PUT", "/api/v1/groups/seen", { filter: { lastSeenAfter: "-1h" } });
    expect(await ofGroup("seen")).toMatchObject({ code: "group-of-seen-devices" });
  });

  it("tells hundreds of listeners the same", async () => {
    const listeners = await Promise.all(Array.from({ length: 300 }, () => streamed.open("topics=telemetry,devices")));
    for (const listener of listeners) await listener.next("position");
    await streamed.gateway.append(
      streamed.gateway.event("h1", t0, { x: 1 }),
      streamed.gateway.event("h2", t0, { x: 2 }),
    );
    for (const listener of listeners) {
      const two = [await listener.next("telemetry"), await listener.next("telemetry")];
      expect(two.map(({ data }) => data["device"]).toSorted()).toEqual(["h1", "h2"]);
      listener.close();
    }
  });

  it("leaves telemetry out for a listener that does not read, tells it how much, and holds no more for it", async () => {
    const { port } = new URL(streamed.url);
    const socket = connect({ port: Number(port), host: "127.0.0.1" });
    socket.write(`GET /api/v1/stream?topics=telemetry HTTP/1.1\r\nhost: x\r\nauthorization: ${tokenHeader.authorization}\r\n\r\n`); // oxfmt-ignore
    const gone = new AbortController();
    socket.once("end", () => gone.abort());
    let text = "";
    const more = async (): Promise<void> => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) await once(socket, "readable", { signal: gone.signal });
      else text += chunk.toString("latin1");
    };
    const until = async (wanted: RegExp): Promise<void> => {
      while (!wanted.test(text)) await more();
    };
    await until(/event: position/);
    const note = "x".repeat(20_000);
    const sent = 1500;
    for (let i = 0; i < sent / 50; i += 1) {
      await streamed.gateway.append(...Array.from({ length: 50 }, () => streamed.gateway.event("slow", t0, { note })));
    }
    const count = () => {
      const dropped = [...text.matchAll(/event: sampled\ndata: \{"dropped":(\d+)/g)];
      const told = text.split("event: telemetry").length - 1;
      return { dropped: dropped.reduce((sum, [, each]) => sum + Number(each), 0), told };
    };
    await until(/event: sampled\ndata: [^\n]*\n\n/);
    for (let all = count(); all.dropped + all.told < sent; all = count()) await more();
    expect(count().dropped).toBeGreaterThan(0);
    expect(count().dropped + count().told).toBe(sent);
    // And it goes on.
    text = "";
    await streamed.gateway.append(streamed.gateway.event("slow", t0, { last: 1 }));
    await until(/"metric":"last"/);
    socket.destroy();
  });

  it.each(["topics=rules", "device=x&lastEventId=rubbish", "lastEventId=telemetry=0:5:5.1", "topic=telemetry"])(
    "is refused as ?%s",
    async (query) => {
      expect((await fetch(`${streamed.url}/api/v1/stream?${query}`, { headers: tokenHeader })).status).toBe(400);
    },
  );

  it("answers a HEAD without taking the place of a listener", async () => {
    const listeners = 1_000;
    for (let asked = 0; asked <= listeners; asked += 1) {
      const { status, headers } = await fetch(`${streamed.url}/api/v1/stream`, {
        method: "HEAD",
        headers: tokenHeader,
      });
      expect([status, headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    }
    const listener = await streamed.open("topics=devices");
    await listener.next("position");
    listener.close();
  });

  it("needs a token", async () => {
    expect((await fetch(`${streamed.url}/api/v1/stream`)).status).toBe(401);
  });
});
