import { partitionFor, LogUnavailableError } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startService } from "../../ingest-service/test/service.ts";
import { startFaultyLog, type FaultyLog } from "../../edge-gateway/test/faulty-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, partitions, topics } from "../../edge-gateway/test/gateway-under-test.ts";

const filler = "x".repeat(20_000);
const small = {
  HEADWATER_SPOOL_MAX_BYTES: "1048576",
  HEADWATER_SPOOL_SEGMENT_BYTES: "131072",
  // No marks of quiet partitions pile up in the spool, however long a busy machine takes to fill it.
  HEADWATER_MARK_QUIET_MS: "3000",
};

interface Ledger {
  readonly balanced: boolean;
  readonly totals: Readonly<Record<"received" | "dropped" | "missing" | "logged" | "stored" | "unexplained", number>>;
}

describe("a full spool", () => {
  let gateway: GatewayUnderTest;
  let log: FaultyLog;
  afterEach(async () => {
    log.heal();
    await gateway.stop();
    await log.remove();
  });

  const up = async (env: Record<string, string>) => {
    log = await startFaultyLog();
    gateway = await GatewayUnderTest.start(env, { durable: "spool", log: log.log, stopWithinMs: 1000 });
  };
  const away = () => log.failWith(() => new LogUnavailableError("away"));
  const publish = async (
    device: Awaited<ReturnType<GatewayUnderTest["connect"]>>,
    id: string,
    from: number,
    to: number,
    text = filler,
  ) => {
    for (let i = from; i < to; i += 1) {
      await device.publishAsync(`devices/${id}/telemetry`, `{"i":${i},"t":"${text}"}`, { qos: 1 });
    }
  };
  const counters = async (id: string) =>
    (await gateway.events()).filter(({ device }) => device === id).map(({ readings }) => readings[0]!.number!);
  const gaps = async () => (await gateway.telemetry()).flatMap(({ gap }) => (gap === null ? [] : [gap]));
  /** Every identity of every lane is in the log or named in a gap, exactly one of them. */
  const expectNamed = async () => {
    const problems: string[] = [];
    for (const { partition } of await gateway.log.positions(topics.telemetry)) {
      const there = new Set<number>();
      const named = new Set<number>();
      let last = 0;
      for await (const batch of gateway.log.read(topics.telemetry, partition)) {
        for (const { value } of batch.records) {
          const record = events.telemetry.decode(value!);
          if (record.n < last) problems.push(`${partition}: ${record.n} after ${last}`);
          last = Math.max(last, record.n);
          there.add(record.n);
          const { gap } = record;
          if (gap !== null) for (let n = gap.fromN; n <= gap.toN; n += 1) named.add(n);
        }
      }
      for (let n = 1; n <= last; n += 1) {
        if (there.has(n) === named.has(n)) problems.push(`${partition}: ${n} is ${there.has(n) ? "both" : "neither"}`);
      }
    }
    expect(problems).toEqual([]);
  };
  /** Once all that was received is accounted for. A mark that the spool drops counts as dropped too. */
  const ledger = async (received: number): Promise<Ledger> => {
    const store = await openEmbeddedStore({ dataDir: join(gateway.dataDir, "store") });
    const service = await startService({ log: gateway.log, store, dataDir: join(gateway.dataDir, "ingest") });
    try {
      return await eventually(
        async () => (await service.request<never>("GET", "/api/v1/ledger")).body as Ledger,
        ({ balanced, totals }) =>
          balanced && totals.received === received && totals.logged + totals.dropped >= received,
      );
    } finally {
      await service.app.stop();
      await store.close();
    }
  };

  it("drop-newest: messages are acknowledged, named in gap records as ranges, and the ledger balances", async () => {
    await up({ ...small, HEADWATER_SPOOL_WHEN_FULL: "drop-newest" });
    const device = await gateway.connectDevice("d");
    const other = await gateway.connectDevice("e");
    away();
    await Promise.all([publish(device, "d", 0, 100), publish(other, "e", 0, 30)]);
    await other.publishAsync("devices/e/telemetry", "no json", { qos: 1 });
    expect(await gateway.metric("headwater_gateway_discarded_total", 'kind="quarantine"')).toBe(1);
    const dropped = await gateway.metric("headwater_gateway_dropped_total", "drop-newest");
    expect(dropped).toBeGreaterThan(50);
    expect(gateway.app.notReady()).toEqual([]);
    log.heal();
    const seen = await eventually(
      async () => [...(await counters("d")), ...(await counters("e"))],
      (all) => all.length === 130 - dropped,
    );
    expect(seen.length).toBe(130 - dropped);
    const there = await counters("d");
    expect(there).toEqual(Array.from(there, (_, i) => i));
    await publish(device, "d", 100, 110, "small");
    await eventually(gaps, (all) => all.length > 0);
    expect((await gaps()).every(({ reason }) => reason === "drop-newest")).toBe(true);
    expect((await gaps()).length).toBeLessThan(dropped / 3);
    await eventually(
      async () => (await counters("d")).at(-1),
      (last) => last === 109,
    );
    await expectNamed();
    const { balanced, totals } = await ledger(140);
    expect({ balanced, received: totals.received, dropped: totals.dropped, missing: totals.missing }).toEqual({
      balanced: true,
      received: 140,
      dropped,
      missing: 0,
    });
  });

  it("drop-oldest: the newest arrive, the rest is named, replies to commands are kept, and the ledger balances", async () => {
    await up({ ...small, HEADWATER_SPOOL_WHEN_FULL: "drop-oldest" });
    const device = await gateway.connectDevice("d");
    await device.subscribeAsync("devices/d/commands/+", { qos: 1 });
    const delivered = new Promise<void>((resolve) => device.once("message", () => resolve()));
    await gateway.requestCommand("d", "c-1", { name: "hello" });
    await delivered;
    away();
    await device.publishAsync("devices/d/commands/c-1/reply", '{"status":"succeeded"}', { qos: 1 });
    await publish(device, "d", 0, 200);
    const dropped = await eventually(
      () => gateway.metric("headwater_gateway_dropped_total", "drop-oldest"),
      (count) => count > 100,
    );
    expect(dropped).toBeGreaterThan(100);
    log.heal();
    await eventually(
      async () => (await counters("d")).at(-1),
      (last) => last === 199,
    );
    // A segment that was being given up when the log came back counts a moment later.
    const [all, final] = await eventually(async () => {
      const there = await counters("d");
      const given = await gateway.metric("headwater_gateway_dropped_total", "drop-oldest");
      expect(there.length).toBe(200 - given);
      return [there, given] as const;
    });
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    const succeeded = await eventually(
      async () => (await gateway.commands()).filter(({ succeeded: it }) => it !== null),
      (it) => it.length > 0,
    );
    expect(succeeded).toHaveLength(1);
    await eventually(gaps, (each) => each.length > 0);
    await expectNamed();
    const { balanced, totals } = await ledger(200);
    expect({ balanced, received: totals.received, dropped: totals.dropped, missing: totals.missing }).toEqual({
      balanced: true,
      received: 200,
      dropped: final,
      missing: 0,
    });
    const left = await eventually(
      async () =>
        (await readdir(join(gateway.dataDir, "gateway", "spool"))).filter((name) => name.endsWith(".segment")),
      (names) => names.length === 1,
    );
    expect(left).toHaveLength(1);
  });

  it("drop-oldest goes on over a restart, and nothing that was given up is sent or named twice", async () => {
    await up({ ...small, HEADWATER_SPOOL_WHEN_FULL: "drop-oldest" });
    const token = await gateway.register("d");
    let device = await gateway.connect("d", token);
    away();
    await publish(device, "d", 0, 90);
    device.end(true);
    await gateway.restart();
    device = await gateway.connect("d", token);
    await publish(device, "d", 90, 130);
    device.end(true);
    log.heal();
    await eventually(
      async () => (await counters("d")).at(-1),
      (last) => last === 129,
    );
    await eventually(gaps, (each) => each.length > 1);
    await expectNamed();
    expect((await ledger(130)).balanced).toBe(true);
  });

  it("an age bound gives up what is too old, of a quiet gateway too, and the ledger balances", async () => {
    // So long that what is young when the log is back cannot be too old by the time it is sent.
    await up({ HEADWATER_SPOOL_MAX_AGE_MS: "5000" });
    const device = await gateway.connectDevice("d");
    away();
    await publish(device, "d", 0, 20, "small");
    await eventually(
      () => gateway.metric("headwater_gateway_dropped_total", '"age"'),
      (count) => count === 20,
    );
    await publish(device, "d", 20, 30, "small");
    log.heal();
    await eventually(
      async () => (await counters("d")).length,
      (count) => count === 10,
    );
    expect(await counters("d")).toEqual(Array.from({ length: 10 }, (_, i) => 20 + i));
    await eventually(gaps, (each) => each.some(({ reason }) => reason === "age"));
    const { balanced, totals } = await ledger(30);
    expect({ balanced, received: totals.received, dropped: totals.dropped }).toEqual({
      balanced: true,
      received: 30,
      dropped: 20,
    });
  });

  it("forwarded files are kept as long as configured, and are the first to go when room is needed", async () => {
    await up({ ...small, HEADWATER_SPOOL_KEEP_AFTER_ACK_MS: "3600000" });
    const device = await gateway.connectDevice("d");
    const files = async () =>
      (await readdir(join(gateway.dataDir, "gateway", "spool"))).filter((name) => name.endsWith(".segment"));
    await publish(device, "d", 0, 40);
    await eventually(
      async () => (await counters("d")).length,
      (count) => count === 40,
    );
    await eventually(
      () => gateway.metric("headwater_gateway_spool_waiting_bytes"),
      (bytes) => bytes === 0,
    );
    expect((await files()).length).toBeGreaterThan(4);
    expect(await gateway.metric("headwater_gateway_spool_bytes")).toBeGreaterThan(600_000);
    // Far more than fits; nothing waits for room.
    await publish(device, "d", 40, 200);
    expect(await gateway.metric("headwater_gateway_spool_bytes")).toBeLessThan(1_200_000);
    await gateway.restart();
    await eventually(
      async () => (await counters("d")).length,
      (count) => count === 200,
    );
    expect(await counters("d")).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(await gateway.metric("headwater_gateway_dropped_total")).toBe(0);
  });

  it("one partition that the log does not take holds up no other, and catches up in order", async () => {
    await up({});
    const ids = ["d", "e", "f", "g", "h", "i"];
    const devices = await Promise.all(ids.map((id) => gateway.connectDevice(id)));
    const held = partitionFor("d", partitions);
    log.failPartition(held, () => new LogUnavailableError("no leader"));
    const others = ids.filter((id) => partitionFor(id, partitions) !== held);
    expect(others.length).toBeGreaterThan(0);
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(devices.map((device, k) => publish(device, ids[k]!, round * 50, round * 50 + 50, "small")));
      await eventually(
        async () => Promise.all(others.map(counters)),
        (all) => all.every((each) => each.length === round * 50 + 50),
      );
    }
    for (const id of others) expect((await counters(id)).length).toBe(200);
    expect(await counters("d")).toEqual([]);
    expect(
      await eventually(
        () => gateway.metric("headwater_gateway_held_partitions"),
        (count) => count > 0,
      ),
    ).toBeGreaterThan(0);
    expect(gateway.app.warnings!().join()).toContain("held up");
    await gateway.restart();
    log.heal();
    await eventually(
      async () => (await counters("d")).length,
      (count) => count === 200,
    );
    for (const id of ids) expect(await counters(id)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    await expectNamed();
    expect(gateway.app.warnings!()).toEqual([]);
  });
});
