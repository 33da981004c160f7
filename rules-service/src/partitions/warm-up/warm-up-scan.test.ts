import fc from "fast-check";
import { expect, it } from "vitest";
import { events } from "@headwater/proto";
import type { EventLog, LogBatch, LogRecord, ReadRange } from "@headwater/event-log";
import { createMetrics, SkippedRecords } from "@headwater/service";
import { silentLogger } from "@headwater/core";
import type { RecordPosition, WarmUp } from "../../engine/engine.ts";
import { partitionMetrics } from "../metrics.ts";
import { TelemetryDecoder } from "../telemetry-decoder.ts";
import { WarmUpScan } from "./warm-up-scan.ts";

const registry = createMetrics({ service: "rules", processMetrics: false });
const metrics = partitionMetrics(registry);
const skipped = new SkippedRecords({ metrics: registry, logger: silentLogger, reader: "rules" });
const decoder = new TelemetryDecoder({ topic: "telemetry.v1", partition: 0 }, metrics, skipped);

function recordAt(offset: number): LogRecord {
  const value = events.telemetry.encode({ gateway: "g", epoch: 1, n: offset + 1, receivedAt: offset });
  return { offset, appendTime: offset, key: null, value, headers: {} };
}

/** A partition that grows while it is read: before every batch handed out, `grow` may apply more live. */
function growing(length: () => number, grow: () => void): Pick<EventLog, "read"> {
  return {
    async *read(topic: string, partition: number, range: ReadRange = {}): AsyncIterable<LogBatch> {
      const end = Math.min(range.toOffset ?? length(), length());
      for (let at = range.fromOffset ?? 0; at < end; at += 3) {
        grow();
        const records = Array.from({ length: Math.min(3, end - at) }, (_, index) => recordAt(at + index));
        yield { topic, partition, records, highWatermark: length() };
      }
    },
  };
}

it("takes in every record from its start to where it finishes, once and in order, however fast the partition grows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(40),
      fc.nat(40),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat(8), { maxLength: 60 }),
      async (warmFrom, more, maxKept, growth) => {
        let next = warmFrom + more;
        let grown = 0;
        let stands = false;
        const seen: number[] = [];
        const warmUp = {
          rules: [{}],
          applyClock: () => {},
          applyRecord: (_: unknown, at: RecordPosition) => seen.push(at.offset),
        } as unknown as WarmUp;
        const apply = (count: number): void => {
          for (let index = 0; index < count; index += 1) {
            const { value, offset, appendTime } = recordAt(next);
            next += 1;
            scan.observe(events.telemetry.decode(value!), { partition: 0, offset, appendTime });
          }
        };
        const log = growing(
          () => next,
          () => apply(stands ? 0 : (growth[(grown += 1)] ?? 0)),
        ) as EventLog;
        const options = { log, topic: "telemetry", partition: 0, decoder, metrics, skipped, maxKept };
        const scan = new WarmUpScan({ ...options, warmFrom, warmUp, signal: new AbortController().signal });
        await scan.approach(() => next);
        apply(growth[0] ?? 0);
        // The live evaluation stands still meanwhile.
        stands = true;
        await scan.finish(next);
        expect(seen).toEqual(Array.from({ length: next - warmFrom }, (_, index) => warmFrom + index));
      },
    ),
  );
});

it("lets the clock alone have the fifteen minutes before it, once", async () => {
  const minute = 60_000_000;
  const records = Array.from({ length: 40 }, (_, offset) => ({ ...recordAt(offset), appendTime: offset * minute }));
  const log = {
    async *read(topic: string, partition: number, { fromOffset, fromTime, toOffset }: ReadRange) {
      // Whole batches, as logs give them: the first may begin before the time that was asked for.
      const begin = fromOffset ?? Math.max(0, records.findIndex(({ appendTime }) => appendTime >= fromTime!) - 2);
      for (let at = begin; at < Math.min(toOffset!, 40); at += 7) {
        yield { topic, partition, records: records.slice(at, Math.min(at + 7, toOffset!)), highWatermark: 40 };
      }
    },
  } as unknown as EventLog;
  const clock: number[] = [];
  const seen: number[] = [];
  const warmUp = {
    rules: [{}],
    applyClock: (_: unknown, { offset }: RecordPosition) => clock.push(offset),
    applyRecord: (_: unknown, { offset }: RecordPosition) => seen.push(offset),
  } as unknown as WarmUp;
  const { signal } = new AbortController();
  const scan = new WarmUpScan({
    log,
    topic: "telemetry",
    partition: 0,
    decoder,
    metrics,
    skipped,
    warmFrom: 30,
    warmUp,
    signal,
  });
  await scan.finish(35);
  await scan.finish(40);
  expect(clock).toEqual(Array.from({ length: 15 }, (_, index) => 15 + index));
  expect(seen).toEqual(Array.from({ length: 10 }, (_, index) => 30 + index));
});

it("passes a record over whose evaluation fails, at once or between its slices, and says so", async () => {
  const seen: number[] = [];
  const warmUp = {
    rules: [{}],
    left: undefined as Iterable<void> | undefined,
    applyClock: () => {},
    applyRecord(_: unknown, { offset }: RecordPosition) {
      seen.push(offset);
      if (offset === 2) throw new TypeError("at once");
      if (offset === 4) this.left = failing(this);
    },
  };
  function* failing(of: typeof warmUp): Generator<void> {
    yield;
    of.left = undefined;
    throw new TypeError("in its second slice");
  }
  const own = createMetrics({ service: "rules", processMetrics: false });
  const noted = new SkippedRecords({ metrics: own, logger: silentLogger, reader: "rules" });
  const options = {
    log: growing(
      () => 6,
      () => {},
    ) as EventLog,
    topic: "telemetry",
    partition: 0,
    decoder,
    metrics,
  };
  const { signal } = new AbortController();
  const scan = new WarmUpScan({ ...options, skipped: noted, warmFrom: 0, warmUp: warmUp as unknown as WarmUp, signal });
  await scan.approach(() => 6);
  await scan.finish(6);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  expect(noted.warnings()).toEqual([
    "telemetry: 2 records were skipped, the last at partition 0, offset 4 (failed: in its second slice)",
  ]);
});
