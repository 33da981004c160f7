import { join } from "node:path";
import { type EventLog, topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import type { TimeSeriesStore } from "@headwater/time-series";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { telemetryMeasurement } from "../src/projection/telemetry-points.ts";
import { TestGateway } from "./gateway.ts";
import { openBackends, partitions, startService, type TestService, topics } from "./service.ts";

/** A ledger that cries wolf is not believed where something is gone. */
const hour = 3_600_000_000;
const minute = hour / 60;
const t0 = Math.floor(1_780_000_000_000_000 / hour) * hour;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let gateway: TestGateway;

beforeEach(async () => {
  backends = await openBackends();
});
afterEach(async () => {
  await service.app.stop();
  await backends.close();
});

async function start(more: { store?: TimeSeriesStore; log?: EventLog } = {}): Promise<void> {
  service = await startService({ ...backends, ...more, dataDir: backends.folder });
  gateway = new TestGateway(more.log ?? backends.log);
}

async function verified(): Promise<LedgerAnswer> {
  return (await service.request<LedgerAnswer>("GET", "/api/v1/ledger?verify=true")).body;
}

const point = (device: string, time: number, t: number) => ({
  ...{ measurement: telemetryMeasurement, tags: { device }, time, fields: { t } },
});

/** Readings of a device over three hours, all stored. */
async function fill(): Promise<void> {
  const times = Array.from({ length: 18 }, (_, i) => t0 + i * 10 * minute);
  await gateway.append(...times.map((time, i) => gateway.event("a", time, { t: i })));
  await stored(18);
}

async function stored(count: number): Promise<void> {
  await gateway.markAll();
  await eventually(async () => {
    const { body } = await service.request<LedgerAnswer>("GET", "/api/v1/ledger");
    expect(body.totals).toMatchObject({ stored: count, lag: 0 });
  });
}

/** The store, with something that happens before the next series is read. */
function interrupted(): { store: TimeSeriesStore; before: (work: () => Promise<void>) => void } {
  let waiting: (() => Promise<void>) | undefined;
  const store = new Proxy(backends.store, {
    get(target, name) {
      if (name !== "query") return (Reflect.get(target, name) as () => void).bind(target);
      return async function* query(...args: Parameters<TimeSeriesStore["query"]>) {
        const work = waiting;
        waiting = undefined;
        await work?.();
        yield* target.query(...args);
      };
    },
  });
  return { store, before: (work) => (waiting = work) };
}

describe("a verification takes for no difference", () => {
  it("what is stored while it reads: late readings, corrections, a new metric", async () => {
    const { store, before } = interrupted();
    await start({ store });
    await fill();
    before(async () => {
      await gateway.append(
        gateway.event("a", t0 + 5 * minute, { t: 1 }),
        gateway.event("a", t0 + 20 * minute, { t: -1 }),
        gateway.event("a", t0 + 5 * minute, { u: 1 }),
      );
      await stored(21);
    });
    const { balanced, verified: found } = await verified();
    expect([balanced, found!.mismatches]).toEqual([true, []]);
    before(async () => {
      await gateway.append(gateway.event("a", t0 + 7 * minute, { t: 1 }));
      await stored(22);
      await backends.store.write([point("a", t0 + 8 * minute, 1)]);
    });
    expect((await verified()).verified).toMatchObject({ mismatched: 1, mismatches: [{ device: "a", metric: "t" }] });
  });

  it("what the store still has of records that the log has let go of", async () => {
    const log = await openEmbeddedLog({ dataDir: join(backends.folder, "short") });
    try {
      const specs = topicSpecs(partitions);
      await log.ensureTopics(
        specs.map((spec) => (spec.name === topics.telemetry ? { ...spec, retentionMs: 1 } : spec)),
      );
      await start({ log });
      await fill();
      await eventually(async () => {
        await log.housekeep();
        const places = await log.positions(topics.telemetry);
        const { start: first, end } = places.find(({ partition }) => partition === gateway.partitionOf("a"))!;
        expect([first > 0, first]).toEqual([true, end]);
      });
      // From before and behind what is gone.
      await gateway.append(gateway.event("a", t0 - hour, { t: 1 }), gateway.event("a", t0 + 9 * hour, { t: 1 }));
      await eventually(async () => {
        const { verified: found } = await verified();
        expect(found).toMatchObject({ expected: 2, stored: 2, mismatched: 0 });
      });
      await backends.store.write([point("a", t0 - hour, 7)]);
      expect((await verified()).verified).toMatchObject({ mismatched: 1 });
    } finally {
      await service.app.stop();
      await log.close();
    }
  });

  it("points that have ended, for which roll-ups stand", async () => {
    const marks = { raw: t0 + hour, minute: -Infinity, hour: -Infinity };
    const store = new Proxy(backends.store, {
      get(target, name) {
        if (name === "usage") return () => ({ bytes: undefined, marks });
        return (Reflect.get(target, name) as () => void).bind(target);
      },
    });
    await start({ store });
    await fill();
    await backends.store.deleteRange(telemetryMeasurement, { device: "a" }, t0, t0 + hour);
    expect((await verified()).verified).toMatchObject({ expected: 12, stored: 12, mismatched: 0 });
    await backends.store.deleteRange(telemetryMeasurement, { device: "a" }, t0 + hour, t0 + hour + minute);
    expect((await verified()).verified).toMatchObject({ mismatched: 1 });
  });

  it("a store that was filled before there was this log", async () => {
    await start();
    await fill();
    // Six readings of the hour are in the log.
    await backends.store.write(Array.from({ length: 7 }, (_, n) => point("old", t0 + n * minute, n)));
    expect(await verified()).toMatchObject({ balanced: true, verified: { expected: 18, mismatched: 0 } });
    await backends.store.deleteRange(telemetryMeasurement, { device: "old" }, t0, t0 + minute);
    expect(await verified()).toMatchObject({ balanced: false, verified: { mismatched: 1 } });
  });
});
