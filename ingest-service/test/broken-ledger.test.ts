import type { LogRecord } from "@headwater/event-log";
import { isoFromMicros } from "@headwater/core";
import { events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { telemetryMeasurement } from "../src/projection/telemetry-points.ts";
import { TestGateway } from "./gateway.ts";
import { openBackends, partitions, startService, type TestService, topics } from "./service.ts";

/** A ledger is worth something only if it fails where something is gone. */
const hour = 3_600_000_000;
const t0 = Math.floor(1_780_000_000_000_000 / hour) * hour;
const minute = 60_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let gateway: TestGateway;

beforeEach(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  gateway = new TestGateway(backends.log);
});
afterEach(async () => {
  await service.app.stop();
  await backends.close();
});

async function ledger(of = service): Promise<LedgerAnswer> {
  return (await of.request<LedgerAnswer>("GET", "/api/v1/ledger?verify=true")).body;
}

/** Readings of two devices over three hours, all stored. */
async function fill(): Promise<void> {
  const times = Array.from({ length: 18 }, (_, i) => t0 + i * 10 * minute);
  await gateway.append(
    ...times.flatMap((time, i) => ["a", "b"].map((device) => gateway.event(device, time, { t: i, u: -i }))),
  );
  await gateway.markAll();
  await eventually(async () => expect((await ledger()).totals).toMatchObject({ stored: 36, lag: 0 }));
  expect(await ledger()).toMatchObject({ balanced: true, verified: { mismatched: 0, expected: 72, stored: 72 } });
}

describe("the ledger names", () => {
  it("the device, the metric and the hour of points that were deleted behind its back", async () => {
    await fill();
    await backends.store.deleteRange(telemetryMeasurement, { device: "a" }, t0 + hour + minute, t0 + 2 * hour);
    const { balanced, verified } = await ledger();
    expect([balanced, verified!.mismatched]).toEqual([false, 2]);
    const second = new Date((t0 + hour) / 1_000).toISOString().slice(0, 19);
    const found = verified!.mismatches.map(({ device, metric, hour: at, expected, stored }) => ({
      device,
      metric,
      at: at.slice(0, 19),
      counts: [expected.count, stored.count],
    }));
    expect(found.toSorted((a, b) => (a.metric < b.metric ? -1 : 1))).toEqual([
      { device: "a", metric: "t", at: second, counts: [6, 1] },
      { device: "a", metric: "u", at: second, counts: [6, 1] },
    ]);
  });

  it("a value that was altered behind its back", async () => {
    await fill();
    await backends.store.write([
      { measurement: telemetryMeasurement, tags: { device: "b" }, time: t0 + 2 * hour, fields: { t: 99 } },
    ]);
    const { balanced, verified } = await ledger();
    expect(balanced).toBe(false);
    expect(verified!.mismatches).toMatchObject([
      { device: "b", metric: "t", expected: { count: 6 }, stored: { count: 6 } },
    ]);
  });

  it.each<[string, { device: string; incarnation?: string }, number, Record<string, number | string>]>([
    ["before the first of a series", { device: "a" }, t0 - 2 * hour, { t: 1 }],
    ["behind the last of a series", { device: "b" }, t0 + 5 * hour, { t: 1 }],
    ["of a metric that nobody sent", { device: "a" }, t0 + minute, { ghost: 1 }],
    ["of texts beside numbers", { device: "a" }, t0 + 10 * minute, { t_text: "1" }],
    ["of a device that was never heard", { device: "ghost" }, t0, { t: 1 }],
    ["of a life that a device has not had", { device: "a", incarnation: "3" }, t0, { t: 1 }],
  ])("a value that was added behind its back: %s", async (_, tags, time, fields) => {
    await fill();
    // Of an hour of which the log has nothing, what the store has may be older than the log.
    const others = [t0 - 2 * hour, t0 + 5 * hour].map((at) => gateway.event("c", at, { t: 1, u: 1 }));
    await gateway.append(...others);
    await gateway.markAll();
    await eventually(async () => expect((await ledger()).totals).toMatchObject({ stored: 38, lag: 0 }));
    await backends.store.write([{ measurement: telemetryMeasurement, tags, time, fields }]);
    const { balanced, verified } = await ledger();
    expect(balanced).toBe(false);
    expect(verified!.mismatches).toMatchObject([
      { device: tags.device, hour: isoFromMicros(Math.floor(time / hour) * hour), expected: { count: 0 } },
    ]);
    expect(verified!.mismatched).toBe(1);
  });

  it("the identities of records that are missing in a copy of the log", async () => {
    await fill();
    const lost = { device: "b", from: 5, to: 6 };
    const partition = gateway.partitionOf(lost.device);
    const taken = new Map(
      (await recordsOf(partition)).map(({ value }) => {
        const { n, receivedAt: at } = events.telemetry.decode(value!);
        return [n, isoFromMicros(at)];
      }),
    );
    const receivedAt = (n: number): string => taken.get(n)!;
    const copy = await openBackends();
    try {
      for (let each = 0; each < partitions; each += 1) {
        const kept = (await recordsOf(each)).filter(({ value }) => {
          const { n } = events.telemetry.decode(value!);
          return each !== partition || n < lost.from || n > lost.to;
        });
        const outgoing = kept.map(({ key, value, headers }) => ({ key, value, headers, partition: each }));
        await copy.log.append(topics.telemetry, outgoing);
      }
      const other = await startService({ ...copy, dataDir: copy.folder });
      try {
        const answer = await eventually(async () => {
          const now = await ledger(other);
          expect(now.totals.lag).toBe(0);
          return now;
        });
        expect(answer).toMatchObject({ balanced: false, totals: { missing: 2, unexplained: 2, logged: 34 } });
        expect(answer.gaps).toEqual([
          {
            ...{ partition, gateway: gateway.name, epoch: gateway.epoch, from: lost.from, to: lost.to, events: 2 },
            ...{ after: receivedAt(lost.from - 1), before: receivedAt(lost.to + 1) },
          },
        ]);
        expect(answer.gateways).toMatchObject([{ gateway: gateway.name, balanced: false, missing: 2, unexplained: 2 }]);
      } finally {
        await other.app.stop();
      }
    } finally {
      await copy.close();
    }
  });
});

async function recordsOf(partition: number): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of backends.log.read(topics.telemetry, partition, { fromOffset: 0 })) {
    records.push(...batch.records);
  }
  return records;
}
