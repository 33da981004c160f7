import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { partitionFor } from "@headwater/event-log";
import { alertTransition, events } from "@headwater/proto";
import { TestGateway } from "./gateway.ts";
import { openBackends, partitions, startService, type TestService, tokenHeader, topics } from "./service.ts";
import { StreamListener, type Told } from "./stream-listener.ts";

const t0 = 1_780_000_000_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let gateway: TestGateway;
let url: string;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  gateway = new TestGateway(backends.log);
  ({ url } = await service.http.listen());
});
afterAll(async () => {
  await service.http.close();
  await service.app.stop();
  await backends.close();
});

const open = (query: string, lastEventId?: string): Promise<StreamListener> =>
  StreamListener.open(url, query, lastEventId);

describe("the live stream", () => {
  it("tells what happens to a device, and nothing of others", async () => {
    const listener = await open("device=d1&topics=telemetry,devices,commands");
    await listener.next("position");
    await gateway.append(gateway.event("d2", t0, { x: 1 }), gateway.event("d1", t0, { x: 2, note: "hi" }));
    expect((await listener.next("telemetry")).data).toEqual({
      device: "d1",
      gateway: "g1",
      t: t0 / 1000,
      readings: [
        { metric: "x", value: 2, t: t0 / 1000 },
        { metric: "note", value: "hi", t: t0 / 1000 },
      ],
    });
    await service.request("POST", "/api/v1/devices", { id: "d1", type: "boiler" });
    const device = await listener.next("devices");
    expect(device.data).toMatchObject({ id: "d1", revision: 1, type: "boiler" });
    expect(JSON.stringify(device.data)).not.toMatch(/hash|credential|token/);
    await service.request("POST", "/api/v1/devices/d1/commands", { name: "reboot" });
    expect((await listener.next("commands")).data).toMatchObject({ device: "d1", what: "requested", name: "reboot" });
    listener.close();
  });

  it("tells the end of a command once, however often its reply is in the log", async () => {
    const listener = await open("device=d7&topics=commands");
    await listener.next("position");
    await service.request("POST", "/api/v1/devices", { id: "d7" });
    const asked = await service.request<{ commandId: string }>("POST", "/api/v1/devices/d7/commands", { name: "x" });
    const { commandId } = asked.body;
    const say = (step: object): Promise<unknown> => {
      const value = events.command.encode({ device: "d7", commandId, ...step });
      return backends.log.append(topics.commands, [{ key: "d7", value }]);
    };
    await say({ succeeded: { result: "1" } });
    await say({ succeeded: { result: "1" } });
    await say({ failed: { result: "2" } });
    await say({ delivered: {} });
    const steps: unknown[] = [];
    while (steps.at(-1) !== "delivered") steps.push((await listener.next("commands")).data["what"]);
    expect(steps).toEqual(["requested", "succeeded", "delivered"]);
    const { body } = await service.request<{ status: string }>("GET", `/api/v1/devices/d7/commands/${commandId}`);
    expect(body.status).toBe("succeeded");
    listener.close();
  });

  describe("tells what rules emit again after a crash once:", () => {
    const device = "d8";
    const derived = (causeOffset: number, ordinal: number) => {
      const value = events.telemetry.encode({
        ...{ device, eventTime: t0, receivedAt: t0, readings: [{ metric: "y", number: causeOffset * 10 + ordinal }] },
        derived: { rule: "r", revision: 1, causeOffset, ordinal },
      });
      return { key: device, value };
    };
    const readingOf = ({ data }: Told) => (data["readings"] as { value: number }[])[0]!.value;

    it("derived events, also to a listener that resumes between them", async () => {
      // So that there are records of which something can be derived.
      await gateway.append(...[1, 2, 3].map((x) => gateway.event(device, t0, { x })));
      const listener = await open(`device=${device}&topics=telemetry`);
      await listener.next("position");
      await backends.log.append(topics.telemetry, [derived(0, 1), derived(1, 1), derived(0, 1), derived(1, 2)]);
      const told = [
        await listener.next("telemetry"),
        await listener.next("telemetry"),
        await listener.next("telemetry"),
      ];
      expect(told.map(readingOf)).toEqual([1, 11, 12]);
      listener.close();
      await backends.log.append(topics.telemetry, [derived(1, 1), derived(1, 2), derived(2, 1)]);
      const resumed = await open(`device=${device}&topics=telemetry`, listener.lastId);
      expect(readingOf(await resumed.next("telemetry"))).toBe(21);
      resumed.close();
    });

    it("transitions of alerts and requests of commands", async () => {
      const listener = await open(`device=${device}&topics=alerts,commands`);
      await listener.next("position");
      const alert = (transition: number, more: object = {}) => {
        const kind = transition === 1 ? alertTransition.raised : alertTransition.cleared;
        const event = {
          alertId: "a8",
          rule: "r",
          revision: 1,
          device,
          kind,
          at: t0,
          raisedAt: t0,
          transition,
          ...more,
        };
        return { key: device, value: events.alert.encode(event) };
      };
      const byHand = { kind: alertTransition.acknowledged, writeId: "w1", by: "ann" };
      const requested = { device, commandId: randomUUID(), requested: { name: "reboot", ttlMs: 60_000 } };
      const command = { key: device, value: events.command.encode(requested) };
      await backends.log.append(topics.alerts, [alert(1), alert(1), alert(0, byHand), alert(1), alert(0, byHand)]);
      await backends.log.append(topics.alerts, [alert(2), alert(1), alert(2), alert(3)]);
      const transitions: unknown[] = [];
      while (transitions.at(-1) !== 3) transitions.push((await listener.next("alerts")).data["transition"]);
      expect(transitions).toEqual([1, 0, 2, 3]);
      await backends.log.append(topics.commands, [command, command]);
      const delivered = { device, commandId: requested.commandId, delivered: {} };
      await backends.log.append(topics.commands, [{ key: device, value: events.command.encode(delivered) }]);
      const steps: unknown[] = [];
      while (steps.at(-1) !== "delivered") steps.push((await listener.next("commands")).data["what"]);
      expect(steps).toEqual(["requested", "delivered"]);
      listener.close();
    });
  });

  it("goes on where it was left, by Last-Event-ID", async () => {
    const first = await open("topics=telemetry");
    await first.next("position");
    await gateway.append(gateway.event("d1", t0, { x: 10 }));
    await first.next("telemetry");
    first.close();
    await gateway.append(gateway.event("d1", t0, { x: 11 }));
    const second = await open("topics=telemetry", first.lastId);
    const told = await second.next("telemetry");
    expect((told.data["readings"] as { value: number }[])[0]!.value).toBe(11);
    second.close();
  });

  it("filters by type, tag and metric, as devices are now", async () => {
    for (const [id, site] of [
      ["f1", "north"],
      ["f2", "south"],
      ["f3", "north"],
    ] as const) {
      // oxfmt-ignore
      await service.request("POST", "/api/v1/devices", { id, type: id === "f3" ? "valve" : "pump", tags: { site } });
    }
    const listener = await open("topics=telemetry&type=pump&tag=site:north&metric=x&metric=y");
    await listener.next("position");
    await gateway.append(
      ...["f1", "f2", "f3", "f4"].map((id) => gateway.event(id, t0, { x: 1, z: 2 })),
      gateway.event("f1", t0, { z: 3 }),
      gateway.event("f1", t0, { y: 4, z: 5 }),
    );
    const readings = async () => (await listener.next("telemetry")).data["readings"];
    expect(await readings()).toEqual([{ metric: "x", value: 1, t: t0 / 1000 }]);
    expect(await readings()).toEqual([{ metric: "y", value: 4, t: t0 / 1000 }]);
    listener.close();
    const two = await open("topics=telemetry&device=f2&device=f4");
    await two.next("position");
    await gateway.append(...["f1", "f2", "f3", "f4"].map((id) => gateway.event(id, t0, { x: 1 })));
    expect([(await two.next("telemetry")).data["device"], (await two.next("telemetry")).data["device"]].toSorted()).toEqual(["f2", "f4"]); // oxfmt-ignore
    two.close();
  });

  it("follows a device group, as it and its devices are now, and ends with it", async () => {
    const save = (filter: object) => service.request("PUT", "/api/v1/groups/halls", { filter });
    // In one partition, so that what comes last is told last.
    const ids = Array.from({ length: 100 }, (_, i) => `hall-${i}`);
    const [h1, h2, h3] = ids.filter((id) => partitionFor(id, partitions) === 0) as [string, string, string];
    await service.request("POST", "/api/v1/devices", { id: h1, type: "hall", attributes: { floor: 1 } });
    await service.request("POST", "/api/v1/devices", { id: h2, type: "hall", attributes: { floor: 2 } });
    await save({ type: "hall", attribute: ["floor:2"] });
    const listener = await open("topics=telemetry&group=halls");
    await listener.next("position");
    const tell = (...devices: string[]) => gateway.append(...devices.map((id) => gateway.event(id, t0, { x: 1 })));
    const next = async () => (await listener.next("telemetry")).data["device"];
    await tell(h1, h3, h2);
    expect(await next()).toBe(h2);
    await service.request("PATCH", `/api/v1/devices/${h1}`, { attributes: { floor: 2 } });
    await service.request("PATCH", `/api/v1/devices/${h2}`, { attributes: { floor: 3 } });
    await tell(h3, h2, h1);
    expect(await next()).toBe(h1);
    await save({ registered: "any", q: h3.toUpperCase() });
    await tell(h1, h2, h3);
    expect(await next()).toBe(h3);
    await service.request("DELETE", "/api/v1/groups/halls");
    await tell(h3);
    await listener.ended;
    const ofGroup = async (group: string) => (await service.request("GET", `/api/v1/stream?group=${group}`)).body;
    expect(await ofGroup("halls")).toMatchObject({ code: "unknown-device-group" });
    await service.request("PUT", "/api/v1/groups/seen", { filter: { lastSeenAfter: "-1h" } });
    expect(await ofGroup("seen")).toMatchObject({ code: "group-of-seen-devices" });
  });

  it("misses nothing and tells nothing twice, however often it resumes while events come", async () => {
    const count = 400;
    let listener = await open("topics=telemetry&device=r1");
    await listener.next("position");
    const sending = (async () => {
      for (let i = 0; i < count; i += 2) {
        // Two in a batch, as it happens where the machine is slow: the id comes with the second.
        const two = [i, i + 1].map((each) => gateway.event("r1", t0 + each, { i: each }));
        await gateway.append(...two, gateway.event("r2", t0, { i }));
      }
    })();
    const heard: number[] = [];
    let sinceResumed = 0;
    while (heard.at(-1) !== count - 1) {
      const told = await listener.next("telemetry");
      heard.push((told.data["readings"] as { value: number }[])[0]!.value);
      sinceResumed += 1;
      // The id is that of the batch, and comes with its last event.
      if (sinceResumed < 23 || told.id === undefined) continue;
      sinceResumed = 0;
      listener.close();
      listener = await open("topics=telemetry&device=r1", told.id);
    }
    listener.close();
    await sending;
    expect(heard).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it("tells hundreds of listeners the same", async () => {
    const listeners = await Promise.all(Array.from({ length: 300 }, () => open("topics=telemetry,devices")));
    for (const listener of listeners) await listener.next("position");
    await gateway.append(gateway.event("h1", t0, { x: 1 }), gateway.event("h2", t0, { x: 2 }));
    for (const listener of listeners) {
      const two = [await listener.next("telemetry"), await listener.next("telemetry")];
      expect(two.map(({ data }) => data["device"]).toSorted()).toEqual(["h1", "h2"]);
      listener.close();
    }
  });

  it("leaves telemetry out for a listener that does not read, tells it how much, and holds no more for it", async () => {
    const { port } = new URL(url);
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
      await gateway.append(...Array.from({ length: 50 }, () => gateway.event("slow", t0, { note })));
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
    await gateway.append(gateway.event("slow", t0, { last: 1 }));
    await until(/"metric":"last"/);
    socket.destroy();
  });

  it.each(["topics=rules", "device=x&lastEventId=rubbish", "lastEventId=telemetry=0:5:5.1", "topic=telemetry"])(
    "is refused as ?%s",
    async (query) => {
      expect((await fetch(`${url}/api/v1/stream?${query}`, { headers: tokenHeader })).status).toBe(400);
    },
  );

  it("answers a HEAD without taking the place of a listener", async () => {
    const listeners = 1_000;
    for (let asked = 0; asked <= listeners; asked += 1) {
      const { status, headers } = await fetch(`${url}/api/v1/stream`, { method: "HEAD", headers: tokenHeader });
      expect([status, headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    }
    const listener = await open("topics=devices");
    await listener.next("position");
    listener.close();
  });

  it("goes on behind a restart of the service, by Last-Event-ID, with what came meanwhile", async () => {
    const before = await open("topics=telemetry&device=restarted");
    await before.next("position");
    await gateway.append(gateway.event("restarted", t0, { x: 1 }));
    await before.next("telemetry");
    await service.http.close();
    await service.app.stop();
    await before.ended;
    await gateway.append(gateway.event("restarted", t0 + 1, { x: 2 }), gateway.event("restarted", t0 + 2, { x: 3 }));
    service = await startService({ ...backends, dataDir: backends.folder });
    ({ url } = await service.http.listen());
    const after = await open("topics=telemetry&device=restarted", before.lastId);
    const values: unknown[] = [];
    while (values.length < 2) {
      const { readings } = (await after.next("telemetry")).data as { readings: { value: unknown }[] };
      values.push(...readings.map(({ value }) => value));
    }
    expect(values).toEqual([2, 3]);
    after.close();
  });

  it("needs a token", async () => {
    expect((await fetch(`${url}/api/v1/stream`)).status).toBe(401);
  });
});
