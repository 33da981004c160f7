import { TopicMismatchError, UnknownTopicError } from "../errors.ts";
import { expect, it } from "vitest";
import type { LogRecord, ReadRange } from "../event-log.ts";
import { numbered, pause, readAll, record, spec, text, valuesOf, type LogUnderTest } from "./harness.ts";

export function reading(under: LogUnderTest): void {
  it("reads a range by offsets, and ends at the end of the moment", async () => {
    const log = await under.open();
    const topic = under.name("offsets");
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, numbered(50, 0));
    await log.append(topic, numbered(50, 0, 50));
    const read = async (range: ReadRange): Promise<string[]> => {
      const found: LogRecord[] = [];
      for await (const batch of log.read(topic, 0, range)) found.push(...batch.records);
      return found.map(({ value }) => text(value));
    };
    expect(await read({ fromOffset: 10, toOffset: 13 })).toEqual(["10", "11", "12"]);
    expect(await read({ fromOffset: 48, toOffset: 52 })).toEqual(["48", "49", "50", "51"]);
    expect(await read({ fromOffset: 98 })).toEqual(["98", "99"]);
    expect(await read({ toOffset: 2 })).toEqual(["0", "1"]);
    expect(await read({ fromOffset: 100 })).toEqual([]);
    expect(await read({ fromOffset: 20, toOffset: 20 })).toEqual([]);
    expect(await read({ fromOffset: 98, toOffset: 1000 })).toEqual(["98", "99"]);
    expect(await valuesOf(log, topic, 1)).toEqual([]);
    await log.close();
  });

  it("reads a range by append time", async () => {
    const log = await under.open();
    const topic = under.name("time");
    await log.ensureTopics([spec(topic, 1)]);
    for (const value of ["a", "b", "c", "d"]) {
      await log.append(topic, [record(value), record(value + value)]);
      await pause(15);
    }
    const all = await readAll(log, topic, 0);
    const [, b, c] = [0, 2, 4].map((i) => all[i]!.appendTime);
    const read = async (range: ReadRange): Promise<string[]> => {
      const found: string[] = [];
      for await (const batch of log.read(topic, 0, range)) found.push(...batch.records.map(({ value }) => text(value)));
      return found;
    };
    expect(await read({ fromTime: b })).toEqual(["b", "bb", "c", "cc", "d", "dd"]);
    expect(await read({ fromTime: b, toTime: c })).toEqual(["b", "bb"]);
    expect(await read({ fromTime: b! + 1000, toTime: c! + 1000 })).toEqual(["c", "cc"]);
    expect(await read({ toTime: b })).toEqual(["a", "aa"]);
    expect(await read({ fromTime: Date.now() * 1000 + 60_000_000 })).toEqual([]);
    expect(await read({ fromTime: 0, toTime: 1 })).toEqual([]);
    await log.close();
  });

  it("can be left in the middle", async () => {
    const log = await under.open();
    const topic = under.name("left");
    await log.ensureTopics([spec(topic, 1)]);
    for (let i = 0; i < 5; i++) await log.append(topic, numbered(1000, 0, i * 1000));
    for await (const batch of log.read(topic, 0)) {
      expect(text(batch.records[0]!.value)).toBe("0");
      break;
    }
    expect(await readAll(log, topic, 0)).toHaveLength(5000);
    await log.close();
  });

  it("knows first and next offset of every partition", async () => {
    const log = await under.open();
    const topic = under.name("positions");
    await log.ensureTopics([spec(topic, 3)]);
    await log.append(topic, [...numbered(5, 0), ...numbered(2, 2)]);
    expect(await log.positions(topic)).toMatchObject([
      { partition: 0, start: 0, end: 5 },
      { partition: 1, start: 0, end: 0 },
      { partition: 2, start: 0, end: 2 },
    ]);
    await expect(log.positions(under.name("unknown"))).rejects.toBeInstanceOf(UnknownTopicError);
    await log.close();
  });

  it("makes topics once, and refuses another partition count", async () => {
    const log = await under.open();
    const [one, two] = [under.name("one"), under.name("two")];
    await log.ensureTopics([spec(one, 3)]);
    await log.append(one, [record("kept", 2)]);
    await log.ensureTopics([spec(one, 3), spec(two, 1, { cleanup: "compact", minCompactionLagMs: 1000 })]);
    await log.ensureTopics([spec(two, 1, { cleanup: "compact", minCompactionLagMs: 1000 })]);
    expect(await log.positions(one)).toHaveLength(3);
    expect(await valuesOf(log, one, 2)).toEqual(["kept"]);
    await expect(log.ensureTopics([spec(one, 4)])).rejects.toBeInstanceOf(TopicMismatchError);
    await expect(log.ensureTopics([spec(one, 4)])).rejects.toThrow(/3 partitions, not 4/);
    await log.close();
  });
}
