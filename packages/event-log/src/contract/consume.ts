import { setFlagsFromString } from "node:v8";
import { UnknownTopicError } from "../errors.ts";
import { runInNewContext } from "node:vm";
import { InvariantError } from "@headwater/core";
import { expect, it } from "vitest";
import type { GroupBatch } from "../event-log.ts";
import { Collected, numbered, pause, record, spec, until, type LogUnderTest } from "./harness.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export function consuming(under: LogUnderTest): void {
  it("delivers everything, per partition in order and one batch at a time, and goes on from the committed offset", async () => {
    let log = await under.open();
    const [topic, group] = [under.name("consumed"), under.name("group")];
    await log.ensureTopics([spec(topic, 3)]);
    for (let i = 0; i < 10; i++) await log.append(topic, numbered(100, i % 3, i * 100));
    const seen = new Collected();
    const busy = new Set<number>();
    let together = 0;
    const first = await log.consume({
      group,
      topics: [topic],
      maxBatchRecords: 64,
      async onBatch(batch) {
        expect(busy.has(batch.partition)).toBe(false);
        expect(batch.records.length).toBeLessThanOrEqual(64);
        expect(batch.highWatermark).toBeGreaterThan(batch.records.at(-1)!.offset);
        busy.add(batch.partition);
        together = Math.max(together, busy.size);
        // The first waits for one of another partition.
        await until(() => together > 1);
        await pause(2);
        seen.add(batch);
        busy.delete(batch.partition);
        expect(await batch.commit()).toBe(true);
      },
    });
    await until(() => seen.records.length === 1000);
    await first.close();
    await first.done;
    expect(together).toBeGreaterThan(1);
    for (const partition of [0, 1, 2]) {
      const offsets = seen.records.filter((each) => each.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual(offsets.map((_, i) => i));
    }
    expect((await log.committed(group, [topic])).toSorted((a, b) => a.partition - b.partition)).toEqual([
      { topic, partition: 0, offset: 400 },
      { topic, partition: 1, offset: 300 },
      { topic, partition: 2, offset: 300 },
    ]);
    await expect(log.committed(group, [under.name("unknown")])).rejects.toBeInstanceOf(UnknownTopicError);
    expect(await log.committed(under.name("nobody"), [topic])).toEqual([]);

    log = await under.reopen(log);
    await log.append(topic, [record("new", 1)]);
    const rest = new Collected();
    const second = await log.consume({ group, topics: [topic], onBatch: async (batch) => rest.add(batch) });
    await until(() => rest.records.length > 0);
    await pause(50);
    expect(rest.values).toEqual(["new"]);
    await second.close();
    await log.close();
  });

  it("delivers again what was not committed", async () => {
    const log = await under.open();
    const [topic, group] = [under.name("uncommitted"), under.name("group")];
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(10, 0));
    const first = await log.consume({ group, topics: [topic], onBatch: async (batch) => void (await batch.commit(4)) });
    await untilAsync(async () => (await log.committed(group, [topic])).length === 1);
    await first.close();
    const again = new Collected();
    const second = await log.consume({ group, topics: [topic], onBatch: async (batch) => again.add(batch) });
    await until(() => again.records.length === 6);
    expect(again.values).toEqual(["4", "5", "6", "7", "8", "9"]);
    await second.close();
    await log.close();
  });

  it("begins at the end if told so, and at given offsets if the member knows better", async () => {
    const log = await under.open();
    const topic = under.name("starts");
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, [...numbered(10, 0), ...numbered(10, 1)]);
    const latest = new Collected();
    const fromEnd = await log.consume({
      group: under.name("latest"),
      topics: [topic],
      from: "latest",
      onBatch: async (batch) => latest.add(batch),
    });
    await log.append(topic, [record("new", 0)]);
    await until(() => latest.records.length === 1);
    expect(latest.values).toEqual(["new"]);
    await fromEnd.close();

    const chosen = new Collected();
    const asked: unknown[] = [];
    const fromChosen = await log.consume({
      group: under.name("chosen"),
      topics: [topic],
      async onAssigned(partitions) {
        asked.push(...partitions);
        expect(chosen.records).toEqual([]);
        return [{ topic, partition: 1, offset: 7 }];
      },
      onBatch: async (batch) => chosen.add(batch),
    });
    await until(() => chosen.records.length === 14);
    expect(asked).toEqual(
      expect.arrayContaining([
        { topic, partition: 0 },
        { topic, partition: 1 },
      ]),
    );
    expect(chosen.records.filter(({ partition }) => partition === 1).map(({ offset }) => offset)).toEqual([7, 8, 9]);
    expect(chosen.records.filter(({ partition }) => partition === 0)).toHaveLength(11);
    await fromChosen.close();
    await log.close();
  });

  it("ends with what the handler threw; nothing is retried in silence", async () => {
    const log = await under.open();
    const [topic, group] = [under.name("throws"), under.name("group")];
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(5, 0));
    const boom = new InvariantError("boom");
    let calls = 0;
    const consumption = await log.consume({
      group,
      topics: [topic],
      async onBatch() {
        calls++;
        throw boom;
      },
    });
    await expect(consumption.done).rejects.toBe(boom);
    await log.append(topic, numbered(5, 0));
    await pause(100);
    expect(calls).toBe(1);
    expect(await log.committed(group, [topic])).toEqual([]);
    await log.close();
  });

  it("ends with what onAssigned threw", async () => {
    const log = await under.open();
    const topic = under.name("unassignable");
    await log.ensureTopics([spec(topic, 1)]);
    const boom = new InvariantError("no state");
    const consumption = await log.consume({
      group: under.name("group"),
      topics: [topic],
      onAssigned: () => Promise.reject(boom),
      onBatch: async () => {},
    });
    await expect(consumption.done).rejects.toBe(boom);
    await log.close();
  });

  it("stops fetching while nothing is finished, and goes on afterwards", async () => {
    const log = await under.open();
    const topic = under.name("saturated");
    await log.ensureTopics([spec(topic, 1)]);
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    let delivered = 0;
    let next = 0;
    const consumption = await log.consume({
      group: under.name("group"),
      topics: [topic],
      maxBatchRecords: 100,
      async onBatch(batch) {
        calls++;
        await gate.promise;
        for (const each of batch.records) expect(each.offset).toBe(next++);
        delivered += batch.records.length;
      },
    });
    const value = new Uint8Array(16 * 1024);
    collectGarbage();
    const before = process.memoryUsage().external;
    // 64 MiB, of which a consumer that fetched on would hold all.
    for (let i = 0; i < 64; i++) {
      await log.append(
        topic,
        Array.from({ length: 64 }, () => ({ key: "k", value, partition: 0 })),
      );
    }
    await pause(300);
    // A collector that works beside this thread counts what it has freed when it is done.
    await until(() => {
      collectGarbage();
      return process.memoryUsage().external - before < 24 * 1024 * 1024;
    });
    expect(calls).toBe(1);
    gate.resolve();
    await until(() => delivered === 4096);
    await consumption.close();
    await log.close();
  });

  it("delivers nothing more of a paused partition until it is resumed", async () => {
    const log = await under.open();
    const topic = under.name("paused");
    await log.ensureTopics([spec(topic, 2)]);
    const seen = new Collected();
    const consumption = await log.consume({
      group: under.name("group"),
      topics: [topic],
      onBatch: async (batch) => seen.add(batch),
    });
    consumption.pause([{ topic, partition: 0 }]);
    await log.append(topic, [record("zero", 0), record("one", 1)]);
    await until(() => seen.records.length === 1);
    await pause(100);
    expect(seen.values).toEqual(["one"]);
    consumption.pause();
    consumption.resume([{ topic, partition: 0 }]);
    await log.append(topic, [record("two", 1)]);
    await until(() => seen.records.length === 2);
    await pause(100);
    expect(seen.values).toEqual(["one", "zero"]);
    consumption.resume();
    await until(() => seen.records.length === 3);
    await consumption.close();
    await log.close();
  });

  it("waits at close for the batches in hand, whose commits still count", async () => {
    const log = await under.open();
    const [topic, group] = [under.name("inhand"), under.name("group")];
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(10, 0));
    let held: GroupBatch | undefined;
    const gate = Promise.withResolvers<void>();
    const committed: boolean[] = [];
    const consumption = await log.consume({
      group,
      topics: [topic],
      async onBatch(batch) {
        held = batch;
        await gate.promise;
        committed.push(await batch.commit());
      },
    });
    await until(() => held !== undefined);
    const closing = consumption.close();
    expect(held!.signal.aborted).toBe(true);
    await pause(20);
    gate.resolve();
    await closing;
    await consumption.done;
    expect(committed).toEqual([true]);
    expect(await log.committed(group, [topic])).toEqual([{ topic, partition: 0, offset: 10 }]);
    expect(await held!.commit()).toBe(false);
    await log.close();
  });
}

async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}
