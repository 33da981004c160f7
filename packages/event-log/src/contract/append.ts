import { RecordRefusedError, UnknownTopicError, type SomeRecordsRefusedError } from "../errors.ts";
import { expect, it } from "vitest";
import { partitionFor } from "../partitioner.ts";
import { bytes, numbered, readAll, record, spec, text, valuesOf, type LogUnderTest } from "./harness.ts";

const refusal = async (work: Promise<unknown>): Promise<SomeRecordsRefusedError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RecordRefusedError);
  return error as SomeRecordsRefusedError;
};

export function appending(under: LogUnderTest): void {
  it("gives concurrent appends distinct and dense positions", async () => {
    const log = await under.open();
    const topic = under.name("concurrent");
    await log.ensureTopics([spec(topic)]);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => log.append(topic, numbered(1 + (i % 7), undefined, i * 10))),
    );
    const offsets = new Map<number, number[]>();
    for (const { partition, baseOffset, count } of answers.flat()) {
      const list = offsets.get(partition) ?? [];
      for (let i = 0; i < count; i++) list.push(baseOffset + i);
      offsets.set(partition, list);
    }
    for (const [partition, list] of offsets) {
      expect(list.toSorted((a, b) => a - b)).toEqual(Array.from({ length: list.length }, (_, i) => i));
      expect(await readAll(log, topic, partition)).toHaveLength(list.length);
    }
    expect([...offsets.values()].flat()).toHaveLength(answers.flat().reduce((sum, { count }) => sum + count, 0));
    await log.close();
  });

  it("answers where each call's records are, whoever else appends", async () => {
    const log = await under.open();
    const topic = under.name("places");
    await log.ensureTopics([spec(topic)]);
    const calls = Array.from({ length: 40 }, (_, i) => numbered(5, i % 4, i * 5));
    const answers = await Promise.all(calls.map((records) => log.append(topic, records)));
    const stored = await Promise.all([0, 1, 2, 3].map((partition) => valuesOf(log, topic, partition)));
    answers.forEach((ranges, i) => {
      expect(ranges).toHaveLength(1);
      const { partition, baseOffset, count } = ranges[0]!;
      expect(partition).toBe(i % 4);
      expect(stored[partition]!.slice(baseOffset, baseOffset + count)).toEqual(
        calls[i]!.map((each) => text(each.value)),
      );
    });
    await log.close();
  });

  it("keeps the order of calls made one after the other, without waiting in between", async () => {
    const log = await under.open();
    const topic = under.name("order");
    await log.ensureTopics([spec(topic, 1)]);
    await Promise.all(Array.from({ length: 300 }, (_, i) => log.append(topic, [record(String(i))])));
    expect(await valuesOf(log, topic, 0)).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
    await log.close();
  });

  it("puts a record where its key, or its partition, says", async () => {
    const log = await under.open();
    const topic = under.name("partitioned");
    await log.ensureTopics([spec(topic, 12)]);
    const keys = ["boiler-17", "Kessel-Süd", "日本語", "", "device-0001"];
    await log.append(
      topic,
      keys.map((key) => record(key, undefined, key)),
    );
    await log.append(topic, [record("explicit", 7, "boiler-17"), record("keyless", 3, null)]);
    for (const key of keys) expect(await valuesOf(log, topic, partitionFor(key, 12))).toContain(key);
    expect(await valuesOf(log, topic, 7)).toContain("explicit");
    expect(await valuesOf(log, topic, 3)).toContain("keyless");
    await log.close();
  });

  it("keeps headers, tombstones, empty values and binary keys as they were", async () => {
    const log = await under.open();
    const topic = under.name("shapes");
    await log.ensureTopics([spec(topic, 1)]);
    const key = Uint8Array.from([0, 255, 128, 10, 0]);
    const headers = { ce_type: "reading", "content-type": bytes("application/protobuf"), empty: "" };
    await log.append(topic, [
      { key, value: bytes("one"), headers },
      { key: "ключ", value: null },
      { key: null, value: new Uint8Array() },
      { key: "", value: Uint8Array.from([0, 1, 2]), headers },
    ]);
    const [one, two, three, four] = await readAll(log, topic, 0);
    expect([...one!.key!]).toEqual([...key]);
    expect(Object.entries(one!.headers).map(([name, value]) => [name, text(value)])).toEqual([
      ["ce_type", "reading"],
      ["content-type", "application/protobuf"],
      ["empty", ""],
    ]);
    expect([text(two!.key), two!.value]).toEqual(["ключ", null]);
    expect([three!.key, three!.value?.length]).toEqual([null, 0]);
    expect([text(four!.key), ...four!.value!]).toEqual(["", 0, 1, 2]);
    expect(text(four!.headers["ce_type"]!)).toBe("reading");
    expect(two!.headers).toEqual({});
    await log.close();
  });

  it("may reuse a value's buffer as soon as append was called", async () => {
    const log = await under.open();
    const topic = under.name("reuse");
    await log.ensureTopics([spec(topic, 1)]);
    const value = bytes("before");
    const appended = log.append(topic, [{ key: "k", value }]);
    value.fill(0);
    await appended;
    expect(await valuesOf(log, topic, 0)).toEqual(["before"]);
    await log.close();
  });

  it("takes values of 900 kB, several in one append", async () => {
    const log = await under.open();
    const topic = under.name("large");
    await log.ensureTopics([spec(topic, 1)]);
    const values = ["a", "b", "c"].map((letter) => letter.repeat(900_000));
    await log.append(
      topic,
      values.map((value) => record(value)),
    );
    expect((await valuesOf(log, topic, 0)).map((value) => `${value.length}${value[0]}`)).toEqual([
      "900000a",
      "900000b",
      "900000c",
    ]);
    await log.close();
  });

  it("names a record that is too large, and takes the others", async () => {
    const log = await under.open();
    const topic = under.name("refused");
    await log.ensureTopics([spec(topic, 2)]);
    const records = numbered(20, 0);
    records[7] = { key: "big", value: new Uint8Array(under.tooLarge), partition: 0 };
    records[13] = record("elsewhere", 1);
    const beside = log.append(topic, numbered(3, 0, 100));
    const error = await refusal(log.append(topic, records));
    expect(error.indexes).toEqual([7]);
    expect(error.landed.reduce((sum, { count }) => sum + count, 0)).toBe(19);
    await beside;
    const stored = await valuesOf(log, topic, 0);
    expect(stored).toEqual(
      expect.arrayContaining(numbered(20, 0).flatMap((each, i) => (i === 7 || i === 13 ? [] : [text(each.value)]))),
    );
    expect(stored.filter((value) => Number(value) < 100)).toEqual(
      Array.from({ length: 20 }, (_, i) => String(i)).filter((value) => value !== "7" && value !== "13"),
    );
    expect(await valuesOf(log, topic, 1)).toEqual(["elsewhere"]);
    // Nobody else is affected, now or later.
    await log.append(topic, [record("after", 0)]);
    await log.close();
  });

  it("refuses a record without a key on a compacted topic, and one for a partition that is not there", async () => {
    const log = await under.open();
    const topic = under.name("keyless");
    await log.ensureTopics([spec(topic, 2, { cleanup: "compact" })]);
    const keyless = await refusal(log.append(topic, [record("a", 0), record("b", 0, null), record("c", 0)]));
    expect(keyless.indexes).toEqual([1]);
    const nowhere = await refusal(log.append(topic, [record("d", 0), record("e", 2)]));
    expect(nowhere.indexes).toEqual([1]);
    expect(await valuesOf(log, topic, 0)).toEqual(["a", "c", "d"]);
    await log.close();
  });

  it("sets the append time itself, never backwards", async () => {
    const log = await under.open();
    const topic = under.name("times");
    await log.ensureTopics([spec(topic, 1)]);
    const before = Date.now();
    for (let i = 0; i < 5; i++) await log.append(topic, numbered(3, 0));
    const after = Date.now();
    const times = (await readAll(log, topic, 0)).map(({ appendTime }) => appendTime);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every(Number.isSafeInteger)).toBe(true);
    // The log's clock may be another machine's; not by more than this, on one machine.
    expect(times[0]! / 1000).toBeGreaterThan(before - 1000);
    expect(times.at(-1)! / 1000).toBeLessThan(after + 1000);
    await log.close();
  });

  it("says that a topic does not exist, rather than making it", async () => {
    const log = await under.open();
    await expect(log.append(under.name("nowhere"), [record("x")])).rejects.toBeInstanceOf(UnknownTopicError);
    await log.close();
  });

  it("loses nothing that was acked when the process is killed", async () => {
    const topic = under.name("killed");
    const first = await under.open();
    await first.ensureTopics([spec(topic, 2)]);
    await first.close();
    const appender = await under.appender(topic);
    await appender.acked(2000);
    const acked = await appender.kill();
    expect(acked.length).toBeGreaterThanOrEqual(2000);
    const log = await under.open();
    const stored = await Promise.all([0, 1].map((partition) => valuesOf(log, topic, partition)));
    const lost = acked.filter(({ partition, offset, value }) => stored[partition]![offset] !== value);
    expect(lost).toEqual([]);
    // And it goes on where it was.
    const [range] = await log.append(topic, [record("next", 0)]);
    expect(range!.baseOffset).toBe(stored[0]!.length);
    await log.close();
  });
}
