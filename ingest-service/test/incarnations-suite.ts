import { rmSync } from "node:fs";
import { join } from "node:path";
import { events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { beforeAll, expect, it } from "vitest";
import { TestGateway } from "./gateway.ts";
import { type openBackends, type TestService, topics } from "./service.ts";

/** A service that can be stopped and started again, on backends that stay. */
export interface IncarnationsScene {
  readonly service: TestService;
  readonly backends: Awaited<ReturnType<typeof openBackends>>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A store that outlives a run has no device of another one. */
const run = `${process.pid}-${Date.now()}`;

export function incarnationsSuite(scene: IncarnationsScene): void {
  const id = (name: string): string => `${name}-${run}`;
  const register = async (device: string): Promise<void> => {
    const answer = await scene.service.request("POST", "/api/v1/devices", { id: device });
    expect(answer.status, answer.text).toBe(201);
  };
  const remove = async (device: string, query = ""): Promise<void> => {
    const answer = await scene.service.request("DELETE", `/api/v1/devices/${device}${query}`);
    expect(answer.status, answer.text).toBe(200);
  };
  const expectVerified = async (): Promise<void> => {
    await eventually(async () => {
      const answer = await scene.service.request<object>("GET", "/api/v1/ledger?verify=true");
      expect(answer.body, answer.text).toMatchObject({ balanced: true, verified: { mismatched: 0 } });
    });
  };
  const read = async (device: string, what: string): Promise<{ status: number; text: string }> => {
    const { status, text } = await scene.service.request("GET", `/api/v1/devices/${device}/${what}`);
    return { status, text };
  };
  const rows = async (device: string, incarnation: number) => {
    const tags = { device, ...(incarnation > 0 && { incarnation: String(incarnation) }) };
    const found: (number | string)[] = [];
    const query = { measurement: "telemetry", tags, field: "v", from: 0, to: 2 ** 52 };
    for await (const batch of scene.backends.store.query(query)) found.push(...batch.map(([, value]) => value));
    return found;
  };
  const at = 1_780_000_000_000_000;
  let gateway: TestGateway;
  beforeAll(() => {
    gateway = new TestGateway(scene.backends.log, { name: "g9" });
  });

  it("are stored under the one that sent them, also those of one time, and of a spool that comes late", async () => {
    const t1 = id("t1");
    await register(t1);
    await gateway.append(gateway.event(t1, at, { v: 1 }));
    await remove(t1);
    await register(t1);
    await gateway.append(
      gateway.event(t1, at, { v: 2 }, { incarnation: 1 }),
      gateway.event(t1, at + 1, { v: 3 }),
      gateway.event(t1, at + 1, { v: 4 }, { incarnation: 1 }),
    );
    await eventually(async () => expect(await rows(t1, 1)).toEqual([2, 4]));
    expect(await rows(t1, 0)).toEqual([1, 3]);
  });

  it("are hidden once it is deleted, unless they are asked for", async () => {
    const t4 = id("t4");
    const range = "series?metric=v&from=2020-01-01";
    await register(t4);
    await gateway.append(gateway.event(t4, at, { v: 1, old: 1 }), gateway.event(t4, at + 3_600_000_000, { v: 2 }));
    await eventually(async () => expect(await rows(t4, 0)).toEqual([1, 2]));
    await remove(t4);
    for (const what of ["latest", "metrics", range]) expect((await read(t4, what)).status, what).toBe(404);
    expect((await read(t4, `${range}&incarnations=all`)).text).toContain("[1780000000000,1],[1780003600000,2]");
    await register(t4);
    expect(JSON.parse((await read(t4, "latest")).text)).toMatchObject({ values: {} });
    await gateway.append(gateway.event(t4, at, { v: 3 }, { incarnation: 1 }));
    await eventually(async () => expect(await rows(t4, 1)).toEqual([3]));
    const t = 1_780_000_000_000;
    await eventually(async () => {
      expect(JSON.parse((await read(t4, "latest")).text)).toMatchObject({ values: { v: { value: 3, t } } });
      expect(JSON.parse((await read(t4, "metrics")).text)).toEqual({ items: [{ metric: "v", kind: "number" }] });
      expect(JSON.parse((await read(t4, range)).text)).toMatchObject({ points: [[t, 3]] });
    });
    const all = `incarnations=all`;
    expect(JSON.parse((await read(t4, `latest?${all}`)).text)).toMatchObject({
      values: { v: { value: 2, t: t + 3_600_000 }, old: { value: 1 } },
    });
    // Of two values of one time the later device's counts.
    expect(JSON.parse((await read(t4, `${range}&${all}`)).text)).toMatchObject({
      points: [
        [t, 3],
        [t + 3_600_000, 2],
      ],
    });
    const exported = await scene.service.request("GET", `/api/v1/devices/${t4}/${range}`, undefined, {
      accept: "text/csv",
    });
    expect(
      exported.text
        .trimEnd()
        .split("\r\n")
        .map((line) => line.split(",").at(-1)),
    ).toEqual(["value", "3"]);
    expect((await read(t4, "latest?incarnations=some")).status).toBe(400);
  });

  it("are deleted with it if that is asked for, and not stored again, whoever delivers them and whenever", async () => {
    const t2 = id("t2");
    await register(t2);
    await gateway.append(gateway.event(t2, at, { v: 1 }), gateway.event(t2, at + 1, { v: 2 }));
    await eventually(async () => expect(await rows(t2, 0)).toEqual([1, 2]));
    await remove(t2, "?data=delete");
    await eventually(async () => expect(await rows(t2, 0)).toEqual([]));
    await register(t2);
    await gateway.append(gateway.event(t2, at + 2, { v: 3 }), gateway.event(t2, at + 3, { v: 4 }, { incarnation: 1 }));
    await eventually(async () => expect(await rows(t2, 1)).toEqual([4]));
    expect(await rows(t2, 0)).toEqual([]);
    await expectVerified();
  });

  it("are deleted before the next one's are stored, however many others wait to be deleted", async () => {
    const last = id("~last");
    await register(last);
    await gateway.append(gateway.event(last, at, { v: 1 }));
    await eventually(async () => expect(await rows(last, 0)).toEqual([1]));
    await scene.stop();
    const partition = gateway.partitionOf(last);
    const others = Array.from({ length: 8_000 }, (_, i) => id(`other-${i}`));
    const ended = [...others.filter((other) => gateway.partitionOf(other) === partition).slice(0, 1_200), last].map(
      (device) => ({ id: device, revision: 2, deleted: true, writeId: "w", incarnation: 1, erasedBelow: 1 }),
    );
    const begun = { id: last, revision: 3, writeId: "x", incarnation: 1, incarnationSince: at, erasedBelow: 1 };
    await scene.backends.log.append(
      topics.devices,
      [...ended, begun].map((event) => ({ key: event.id, value: events.device.encode(event) })),
    );
    await gateway.append(gateway.event(last, at + 1, { v: 2 }, { incarnation: 1 }));
    await scene.start();
    await eventually(async () => expect(await rows(last, 1)).toEqual([2]));
    await eventually(async () => expect(await rows(last, 0)).toEqual([]), 10_000);
  });

  it("are deleted after a restart in the middle, and what the next one sends is not", async () => {
    const t3 = id("t3");
    await register(t3);
    await gateway.append(gateway.event(t3, at, { v: 1 }));
    await eventually(async () => expect(await rows(t3, 0)).toEqual([1]));
    await scene.stop();
    const ended = { id: t3, revision: 2, deleted: true, writeId: "w", incarnation: 1, erasedBelow: 1 };
    const begun = { id: t3, revision: 3, writeId: "x", incarnation: 1, incarnationSince: at, erasedBelow: 1 };
    await scene.backends.log.append(
      topics.devices,
      [ended, begun].map((event) => ({ key: t3, value: events.device.encode(event) })),
    );
    // A backlog of the one before is first, and more than one event of it.
    const late = [2, 3, 4].map((after) => gateway.event(t3, at + after, { v: 3 }));
    await gateway.append(...late, gateway.event(t3, at + 1, { v: 2 }, { incarnation: 1 }));
    await scene.start();
    await eventually(async () => expect([await rows(t3, 0), await rows(t3, 1)]).toEqual([[], [2]]));
    // Another read model has done nothing yet, and does it again.
    await scene.stop();
    rmSync(join(scene.backends.folder, "ingest"), { recursive: true });
    await scene.start();
    await gateway.append(gateway.event(t3, at + 5, { v: 4 }, { incarnation: 1 }));
    await eventually(async () => expect(await rows(t3, 1)).toEqual([2, 4]));
    expect(await rows(t3, 0)).toEqual([]);
    await expectVerified();
  });

  it("list whom nobody has registered, page by page, with what was seen last; who is adopted keeps its history", async () => {
    const names = ["h1", "h2", "h3", "h4"].map(id);
    const [h1, h2, h3, h4] = names as [string, string, string, string];
    await register(h3);
    await gateway.append(
      ...names.map((name, i) => gateway.event(name, at + i, { v: i })),
      gateway.event(h1, at + 1_000_000, { other: 1 }),
    );
    for (const [i, name] of names.entries()) await eventually(async () => expect(await rows(name, 0)).toEqual([i]));
    interface Heard {
      readonly items: readonly { readonly id: string; readonly lastSeen: string }[];
      readonly next: string | null;
    }
    const unregistered = async (limit: number): Promise<Heard["items"]> => {
      const all: Heard["items"][number][] = [];
      for (let cursor = ""; ;) {
        const url = `/api/v1/devices?registered=false&limit=${limit}${cursor}`;
        const { body, text, status } = await scene.service.request<Heard>("GET", url);
        expect(status, text).toBe(200);
        expect(body.items.length).toBeLessThanOrEqual(limit);
        all.push(...body.items);
        if (body.next === null) return all.filter((device) => names.includes(device.id));
        cursor = `&cursor=${encodeURIComponent(body.next)}`;
      }
    };
    const seen = await eventually(async () => {
      const heard = await unregistered(1000);
      expect(heard.map((device) => device.id)).toEqual([h1, h2, h4]);
      expect(heard[0]).toEqual({
        id: h1,
        registered: false,
        connected: false,
        lastSeen: "2026-05-28T20:26:41.000000Z",
      });
      return heard;
    });
    expect(await unregistered(3)).toEqual(seen);
    await remove(h3);
    await register(h1);
    expect((await unregistered(1000)).map((device) => device.id)).toEqual([h2, h4]);
    await eventually(async () =>
      expect(JSON.parse((await read(h1, "latest")).text)).toMatchObject({
        values: { v: { value: 0 }, other: { value: 1 } },
      }),
    );
    // Somebody goes on sending under the id of a device that is deleted.
    await gateway.append(gateway.event(h3, at + 9, { v: 9 }, { incarnation: 1 }));
    await eventually(async () => expect((await unregistered(1000)).map((device) => device.id)).toEqual([h2, h3, h4]));
    await register(h3);
    await eventually(async () =>
      expect(JSON.parse((await read(h3, "latest")).text)).toMatchObject({ values: { v: { value: 9 } } }),
    );
    const wrong = await scene.service.request("GET", "/api/v1/devices?registered=false&type=boiler");
    expect(wrong.status).toBe(400);
  });
}
