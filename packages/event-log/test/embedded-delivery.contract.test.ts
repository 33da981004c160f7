import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bytes, readAll, spec, text, until } from "../src/contract/harness.ts";
import { LogWorkerClient } from "../src/embedded/log-worker-client.ts";
import { openEmbeddedLog, type EmbeddedEventLog } from "../src/embedded/open-embedded-log.ts";
import type { GroupBatch, LogRecord, OutgoingRecord } from "../src/event-log.ts";

let dataDir: string;
let log: EmbeddedEventLog;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-delivery-"));
  log = await openEmbeddedLog({ dataDir });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What a reader sees of a record; its bytes as they are now, since a log may use them again for another. */
const seen = ({ offset, appendTime, key, value, headers }: LogRecord): unknown => ({
  ...{ offset, appendTime, key: key && text(key), value: text(value) },
  headers: Object.entries(headers).map(([name, each]) => `${name}=${text(each)}`),
});

const outgoing = (value: string, partition: number): OutgoingRecord => ({
  ...{ key: `key ${value.slice(0, 8)}`, partition, value: bytes(value) },
  headers: { number: bytes(value.slice(0, 8)) },
});

describe("a reader of the embedded log", () => {
  it("that is at the end gets what is committed without asking for it", async () => {
    await log.ensureTopics([spec("t", 2)]);
    await log.append("t", [outgoing("before", 0)]);
    const [followed, consumed]: [unknown[], unknown[]] = [[], []];
    const following = await log.follow({
      topics: ["t"],
      otherwise: "earliest",
      onBatch: ({ records }) => void followed.push(...records.map(seen)),
    });
    const consumption = await log.consume({
      ...{ group: "g", topics: ["t"] },
      onBatch: async ({ records }) => void consumed.push(...records.map(seen)),
    });
    await until(() => followed.length === 1 && consumed.length === 1);
    const asked = vi.spyOn(LogWorkerClient.prototype, "request");
    for (let i = 0; i < 20; i++) {
      await log.append("t", [outgoing(`first ${i}`, 0), outgoing(`second ${i}`, 1)]);
      await until(() => followed.length === 3 + 2 * i && consumed.length === 3 + 2 * i);
    }
    expect(asked.mock.calls.map(([name]) => name)).toEqual(Array.from({ length: 20 }, () => "commit"));
    await following.close();
    await consumption.close();
    const stored = (await Promise.all([0, 1].map((partition) => readAll(log, "t", partition)))).map((records) =>
      records.map(seen),
    );
    for (const found of [followed, consumed]) {
      expect(found).toHaveLength(41);
      for (const each of stored.flat()) expect(found).toContainEqual(each);
    }
  });

  it("that is slow, pauses and shares its partitions gets each record once, in order, as it is stored", async () => {
    await log.ensureTopics([spec("t", 3)]);
    const found = new Map<number, unknown[]>([0, 1, 2].map((partition) => [partition, []]));
    const onBatch = async ({ partition, records, commit }: GroupBatch) => {
      for (let turns = records[0]!.offset % 4; turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve));
      // Of one that was given to the other member meanwhile, that one gets it.
      const read = records.map(seen);
      if (await commit()) found.get(partition)!.push(...read);
    };
    const first = await log.consume({ group: "g", topics: ["t"], maxBatchRecords: 7, onBatch });
    let second: Awaited<ReturnType<typeof log.consume>> | undefined;
    let sent = 0;
    for (let round = 0; round < 60; round++) {
      // Some commits are of one record, some of many, some of much more for one partition than for the others.
      const records = [0, 1, 2].flatMap((partition) =>
        Array.from({ length: round % 9 === partition ? 30 : round % (partition + 2) }, (_, i) =>
          outgoing(
            `${round} ${partition} ${i} ${"x".repeat(round % 7 === 0 ? 3_000 * (partition + 1) : 10)}`,
            partition,
          ),
        ),
      );
      sent += records.length;
      const appended = log.append("t", records);
      if (round % 3 === 0) await appended;
      if (round === 10) first.pause([{ topic: "t", partition: 1 }]);
      if (round === 20) second = await log.consume({ group: "g", topics: ["t"], onBatch });
      if (round === 30) first.resume();
      if (round === 45) await second!.close();
    }
    await until(() => [...found.values()].flat().length >= sent);
    await first.close();
    for (const [partition, records] of found) {
      expect(records).toEqual((await readAll(log, "t", partition)).map(seen));
    }
  });
});
