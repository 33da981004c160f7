import { nowMicros, silentLogger } from "@headwater/core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import {
  Collected,
  bytes,
  numbered,
  pause,
  readAll,
  record,
  spec,
  text,
  until,
  valuesOf,
} from "../src/contract/harness.ts";
import { openEmbeddedLog, type EmbeddedEventLog } from "../src/embedded/open-embedded-log.ts";
import type { TopicSpec } from "../src/event-log.ts";
import { writeRecordsAt, type PastRecord } from "./write-at.ts";

let dataDir: string;
let log: EmbeddedEventLog;
let topics = 0;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-housekeeping-"));
  log = await openEmbeddedLog({ dataDir, tombstoneRetentionMs: 0 });
});

afterEach(async () => {
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function reopen(tombstoneRetentionMs = 0): Promise<void> {
  await log.close();
  log = await openEmbeddedLog({ dataDir, tombstoneRetentionMs });
}

/** Puts records into the log whose age leaves no doubt, however slow the machine is. Less than a leap of the clock. */
async function writeEarlier(seconds: number, topic: TopicSpec, records: readonly PastRecord[]): Promise<void> {
  await log.close();
  writeRecordsAt(dataDir, nowMicros() - seconds * 1_000_000, topic, records);
  await reopen();
}

const keyed = (key: string, value: string | null): { key: string; value: Uint8Array | null } => ({
  key,
  value: value === null ? null : bytes(value),
});

describe("retention", () => {
  it("removes what is older than the topic keeps it; offsets go on", async () => {
    const topic = "t";
    const old = (count: number, partition: number): PastRecord[] =>
      Array.from({ length: count }, (_, i) => ({ partition, value: String(i) }));
    await writeEarlier(50, spec(topic, 2, { retentionMs: 30_000 }), [...old(10, 0), ...old(5, 1)]);
    await log.append(topic, numbered(3, 0, 10));
    await log.housekeep();
    expect(await log.positions(topic)).toEqual([
      { partition: 0, start: 10, end: 13 },
      { partition: 1, start: 5, end: 5 },
    ]);
    expect(await valuesOf(log, topic, 0)).toEqual(["10", "11", "12"]);
    expect(await valuesOf(log, topic, 1)).toEqual([]);
    await reopen();
    expect((await log.positions(topic))[1]).toEqual({ partition: 1, start: 5, end: 5 });
    const [range] = await log.append(topic, [record("next", 1)]);
    expect(range!.baseOffset).toBe(5);
  });

  it("takes a reader that lags behind to the earliest record, and says so", async () => {
    const topic = "t";
    const said: object[] = [];
    const old = Array.from({ length: 10 }, (_, i) => ({ value: String(i) }));
    await writeEarlier(50, spec(topic, 1, { retentionMs: 30_000 }), old);
    await log.close();
    const logger = { ...silentLogger, warn: (facts: object | string) => void said.push(facts as object) };
    log = await openEmbeddedLog({ dataDir, logger });
    await log.append(topic, numbered(2, 0, 10));
    await log.housekeep();
    const seen = new Collected();
    const followed = await log.follow({
      topics: [topic],
      from: [{ topic, partition: 0, offset: 3 }],
      onBatch: (batch) => seen.add(batch),
    });
    await until(() => seen.records.length === 2);
    expect(seen.records.map(({ offset }) => offset)).toEqual([10, 11]);
    expect(said).toContainEqual({ topic, partition: 0, wanted: 3, start: 10, missed: 7 });
    await followed.close();
  });

  it("runs by itself", async () => {
    await log.close();
    log = await openEmbeddedLog({ dataDir, housekeepingMs: 50 });
    await log.ensureTopics([spec("t", 1, { retentionMs: 100 })]);
    await log.append("t", numbered(10, 0));
    for (;;) {
      const [position] = await log.positions("t");
      if (position!.start === 10) break;
      await pause(20);
    }
  });
});

describe("compaction", () => {
  it("keeps the last record of every key, where it was and as it was", async () => {
    const topic = "t";
    await log.ensureTopics([spec(topic, 1, { cleanup: "compact" })]);
    const headers = { ce_type: "device" };
    await log.append(topic, [{ ...keyed("a", "1"), headers }, keyed("b", "1"), { ...keyed("a", "2"), headers }]);
    await pause(5);
    await log.append(topic, [keyed("c", "1"), keyed("b", null)]);
    await pause(5);
    await log.append(topic, [keyed("d", "1"), keyed("c", "2")]);
    const before = await readAll(log, topic, 0);
    await pause(5);
    await log.housekeep();
    const after = await readAll(log, topic, 0);
    expect(after.map(({ offset, key, value }) => [offset, text(key), text(value)])).toEqual([
      [2, "a", "2"],
      [5, "d", "1"],
      [6, "c", "2"],
    ]);
    expect(after.map(({ appendTime }) => appendTime)).toEqual([2, 5, 6].map((i) => before[i]!.appendTime));
    expect(text(after[0]!.headers["ce_type"]!)).toBe("device");
    expect(after[1]!.headers).toEqual({});
    expect(await log.positions(topic)).toEqual([{ partition: 0, start: 0, end: 7 }]);
    // Positions in a gap are fine to read from, and appends go on behind.
    const rest: number[] = [];
    for await (const batch of log.read(topic, 0, { fromOffset: 3 }))
      rest.push(...batch.records.map(({ offset }) => offset));
    expect(rest).toEqual([5, 6]);
    const [range] = await log.append(topic, [keyed("a", "3")]);
    expect(range!.baseOffset).toBe(7);
  });

  it("leaves alone what is younger than the minimum lag", async () => {
    const topic = "t";
    const lagging = spec(topic, 1, { cleanup: "compact", minCompactionLagMs: 30_000 });
    await writeEarlier(50, lagging, [
      { key: "a", value: "1" },
      { key: "a", value: "2" },
    ]);
    await log.append(topic, [keyed("a", "3")]);
    await log.append(topic, [keyed("a", "4")]);
    await log.housekeep();
    expect(await valuesOf(log, topic, 0)).toEqual(["2", "3", "4"]);
  });

  it("keeps a tombstone for its time, so that readers hear of it", async () => {
    const topic = "t";
    await reopen(60_000);
    await log.ensureTopics([spec(topic, 1, { cleanup: "compact" })]);
    await log.append(topic, [keyed("a", "1"), keyed("a", null)]);
    await pause(5);
    await log.housekeep();
    expect((await readAll(log, topic, 0)).map(({ offset, value }) => [offset, value])).toEqual([[1, null]]);
    await reopen(0);
    await log.append(topic, [keyed("b", "1")]);
    await pause(5);
    await log.housekeep();
    expect(await valuesOf(log, topic, 0)).toEqual(["1"]);
  });

  it("gives the same last values as the whole history, however often and whenever it runs", async () => {
    const operation = fc.oneof(
      { weight: 5, arbitrary: fc.record({ key: fc.integer({ min: 0, max: 6 }), value: fc.option(fc.integer()) }) },
      { weight: 1, arbitrary: fc.constant("housekeep" as const) },
      { weight: 1, arbitrary: fc.constant("reopen" as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        const topic = `t${topics++}`;
        await log.ensureTopics([spec(topic, 1, { cleanup: "compact" })]);
        const last = new Map<string, string | null>();
        let appended = 0;
        for (const each of operations) {
          if (each === "reopen") await reopen();
          else if (each === "housekeep") await log.housekeep();
          else {
            const value = each.value === null ? null : String(each.value);
            await log.append(topic, [keyed(String(each.key), value)]);
            last.set(String(each.key), value);
            appended++;
          }
        }
        await pause(2);
        await log.housekeep();
        const found = new Map<string, string | null>();
        const offsets: number[] = [];
        for (const { offset, key, value } of await readAll(log, topic, 0)) {
          offsets.push(offset);
          found.set(text(key), value === null ? null : text(value));
        }
        const present = (map: Map<string, string | null>): unknown =>
          Object.fromEntries([...map].filter(([, value]) => value !== null));
        expect(present(found)).toEqual(present(last));
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
        expect((await log.positions(topic))[0]!.end).toBe(appended);
      }),
      { numRuns: propertyRuns(25) },
    );
  });

  it("goes on while records are appended and followed", async () => {
    const topic = "t";
    await log.ensureTopics([spec(topic, 1, { cleanup: "compact" })]);
    const folded = new Map<string, string>();
    const offsets: number[] = [];
    const followed = await log.follow({
      topics: [topic],
      onBatch(batch) {
        for (const { offset, key, value } of batch.records) {
          offsets.push(offset);
          folded.set(text(key), text(value));
        }
      },
    });
    let done = false;
    const cleaning = (async () => {
      while (!done) {
        await log.housekeep();
        await pause(3);
      }
    })();
    for (let i = 0; i < 100; i++) {
      await log.append(
        topic,
        Array.from({ length: 50 }, (_, n) => keyed(`k${n}`, `${i}`)),
      );
    }
    done = true;
    await cleaning;
    await until(() => offsets.at(-1) === 4999);
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    expect([...folded.values()].every((value) => value === "99")).toBe(true);
    expect(folded.size).toBe(50);
    await pause(5);
    await log.housekeep();
    expect(await readAll(log, topic, 0)).toHaveLength(50);
    await followed.close();
  });
});
