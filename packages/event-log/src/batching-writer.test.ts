import { setTimeout as pause } from "node:timers/promises";
import {
  FatalError,
  LogUnavailableError,
  QueueClosedError,
  RecordRefusedError,
  UnknownOutcomeError,
} from "@headwater/service-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBatchingWriter } from "./batching-writer.ts";
import type { AppendedRange, OutgoingRecord } from "./event-log.ts";
import { partitionFor } from "./partitioner.ts";
import { SomeRecordsRefusedError } from "./records-refused.ts";

const PARTITIONS = 3;
const topic = "t";
const record = (value: string, key: string | null = value, partition?: number): OutgoingRecord => ({
  key,
  value: Buffer.from(value),
  ...(partition === undefined ? {} : { partition }),
});

/** A log of a few lines, in memory, that fails as it is told to. */
class MemoryLog {
  readonly partitions: string[][] = Array.from({ length: PARTITIONS }, () => []);
  readonly batches: string[][] = [];
  /** Taken one per append: before it is stored (`refuse`), or after (`doubt`). */
  readonly trouble: (Error | { readonly after: Error })[] = [];
  concurrent = 0;

  async positions(): Promise<{ partition: number; start: number; end: number }[]> {
    return this.partitions.map((each, partition) => ({ partition, start: 0, end: each.length }));
  }

  async append(_: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    this.concurrent++;
    expect(this.concurrent).toBe(1);
    await pause(1);
    this.concurrent--;
    this.batches.push(records.map(({ value }) => String(value)));
    const trouble = this.trouble.shift();
    if (trouble instanceof Error) throw trouble;
    const ranges = new Map<number, AppendedRange>();
    const refused: number[] = [];
    records.forEach(({ key, partition, value }, i) => {
      if (String(value).startsWith("refuse")) {
        refused.push(i);
        return;
      }
      const number = partition ?? partitionFor(key!, PARTITIONS);
      const stored = this.partitions[number]!;
      const range = ranges.get(number) ?? { topic, partition: number, baseOffset: stored.length, count: 0 };
      ranges.set(number, { ...range, count: range.count + 1 });
      stored.push(String(value));
    });
    const landed = [...ranges.values()];
    if (trouble !== undefined) throw trouble.after;
    if (refused.length > 0) throw new SomeRecordsRefusedError("too large", refused, landed);
    return landed;
  }
}

const stored = (log: MemoryLog, ranges: readonly AppendedRange[]): string[] =>
  ranges.flatMap(({ partition, baseOffset, count }) =>
    log.partitions[partition]!.slice(baseOffset, baseOffset + count),
  );

describe("the batching writer", () => {
  it("puts what arrives while an append is under way into the next one", async () => {
    const log = new MemoryLog();
    const writer = createBatchingWriter(log, topic);
    await Promise.all(Array.from({ length: 50 }, (_, i) => writer.write([record(String(i))])));
    expect(log.batches.map((batch) => batch.length)).toEqual([1, 49]);
    await writer.close();
  });

  it("waits for company if told to, and cuts by records and by bytes", async () => {
    const log = new MemoryLog();
    const lingering = createBatchingWriter(log, topic, { lingerMs: 10, maxRecords: 20 });
    await Promise.all(Array.from({ length: 50 }, (_, i) => lingering.write([record(String(i))])));
    expect(log.batches.map((batch) => batch.length)).toEqual([20, 20, 10]);
    const byBytes = createBatchingWriter(log, topic, { lingerMs: 10, maxBytes: 1000 });
    await Promise.all(Array.from({ length: 4 }, (_, i) => byBytes.write([record(`${i}${"x".repeat(400)}`, "k")])));
    expect(log.batches.slice(3).map((batch) => batch.length)).toEqual([2, 2]);
    await Promise.all([lingering.close(), byBytes.close()]);
  });

  it("tells each write where just its own records are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(
            fc.record({
              key: fc.option(fc.string({ maxLength: 3 })),
              partition: fc.option(fc.nat(PARTITIONS - 1)),
              refused: fc.constantFrom(false, false, false, true),
            }),
            { maxLength: 5 },
          ),
          { maxLength: 12 },
        ),
        fc.integer({ min: 1, max: 12 }),
        async (writes, maxRecords) => {
          const log = new MemoryLog();
          const writer = createBatchingWriter(log, topic, { maxRecords });
          let n = 0;
          await Promise.all(
            writes.map(async (shapes) => {
              const records = shapes.map(({ key, partition, refused }) =>
                record(`${refused ? "refuse" : "keep"}-${n++}`, key, partition ?? undefined),
              );
              const values = records.map(({ value }) => String(value));
              const kept = values.filter((value) => value.startsWith("keep"));
              const refused = values.flatMap((value, i) => (value.startsWith("refuse") ? [i] : []));
              const outcome = await writer.write(records).catch((error: unknown) => error);
              if (refused.length === 0) {
                expect(stored(log, outcome as AppendedRange[]).toSorted()).toEqual(kept.toSorted());
              } else {
                expect(outcome).toBeInstanceOf(RecordRefusedError);
                const { indexes, landed } = outcome as SomeRecordsRefusedError;
                expect(indexes).toEqual(refused);
                expect(stored(log, landed).toSorted()).toEqual(kept.toSorted());
              }
            }),
          );
          expect(writer.pendingRecords).toBe(0);
          await writer.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("sends the identical batch again until it is taken, and nothing before it", async () => {
    const log = new MemoryLog();
    const writer = createBatchingWriter(log, topic);
    log.trouble.push(new LogUnavailableError("away"), { after: new UnknownOutcomeError("who knows") });
    const first = writer.write([record("a", "k"), record("b", "k")]);
    const second = writer.write([record("c", "k")]);
    const ranges = await first;
    await second;
    expect(log.batches).toEqual([["a", "b"], ["a", "b"], ["a", "b"], ["c"]]);
    expect(stored(log, ranges)).toEqual(["a", "b"]);
    expect(log.partitions[partitionFor("k", PARTITIONS)]).toEqual(["a", "b", "a", "b", "c"]);
    await writer.close();
  });

  it("stops for good on an error that no retry mends, and says so to everyone", async () => {
    const log = new MemoryLog();
    const writer = createBatchingWriter(log, topic);
    const fatal = new FatalError("forbidden");
    log.trouble.push(fatal);
    const writes = await Promise.allSettled([writer.write([record("a")]), writer.write([record("b")])]);
    expect(writes.map((each) => each.status === "rejected" && each.reason)).toEqual([fatal, fatal]);
    await expect(writer.write([record("c")])).rejects.toBe(fatal);
    expect(log.batches).toEqual([["a"]]);
    await writer.close();
  });

  it("accepts no more than its bound, in order", async () => {
    const log = new MemoryLog();
    const writer = createBatchingWriter(log, topic, { maxQueuedBytes: 1000 });
    const value = "x".repeat(300);
    const writes = Array.from({ length: 20 }, (_, i) => writer.write([record(`${i} ${value}`, "k")]));
    await Promise.all(writes);
    expect(Math.max(...log.batches.map((batch) => batch.length))).toBeLessThanOrEqual(3);
    const order = log.partitions[partitionFor("k", PARTITIONS)]!.map((each) => Number.parseInt(each, 10));
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
    await writer.close();
  });

  it("drains at close, takes no more, and gives up when told to", async () => {
    const log = new MemoryLog();
    const writer = createBatchingWriter(log, topic);
    const writes = Array.from({ length: 10 }, (_, i) => writer.write([record(String(i))]));
    await writer.close();
    await Promise.all(writes);
    await expect(writer.write([record("late")])).rejects.toBeInstanceOf(QueueClosedError);

    const away = new MemoryLog();
    for (let i = 0; i < 100; i++) away.trouble.push(new LogUnavailableError("away"));
    const stuck = createBatchingWriter(away, topic);
    const write = stuck.write([record("x")]).catch((error: unknown) => error);
    await stuck.close(AbortSignal.timeout(50));
    expect(await write).toBeInstanceOf(LogUnavailableError);
    expect(stuck.pendingRecords).toBe(0);
  });
});
