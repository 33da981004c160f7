import { mkdtempSync, rmSync, statSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAll, spec, valuesOf } from "../src/contract/harness.ts";
import type { OutgoingRecord } from "../src/event-log.ts";
import { checkEmbeddedLog, repairEmbeddedLog } from "../src/embedded/offline/index.ts";
import { openEmbeddedLog, type EmbeddedEventLog, type EmbeddedLogOptions } from "../src/embedded/open-embedded-log.ts";

let dataDir: string;
let log: EmbeddedEventLog | undefined;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-compressed-"));
});
afterEach(async () => {
  await log?.close();
  log = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

async function open(
  compression: "none" | "zstd",
  options: Partial<EmbeddedLogOptions> = {},
): Promise<EmbeddedEventLog> {
  await log?.close();
  log = await openEmbeddedLog({ dataDir, compression, ...options });
  return log;
}

const readings = (count: number, from = 0): OutgoingRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ key: `device-${i % 50}`, partition: 0, headers: { schema: "1" } },
    value: Buffer.from(`gateway-1 device-${i % 50} temperature ${from + i} pressure ${1000 + (i % 7)}`),
  }));
const texts = (records: readonly OutgoingRecord[]): string[] =>
  records.map(({ value }) => Buffer.from(value!).toString());

/** The database behind the log's back; it must not be open. */
function inDatabase<R>(work: (database: DatabaseSync, table: string) => R): R {
  const database = new DatabaseSync(join(dataDir, "event-log.db"));
  try {
    const { id } = database.prepare("SELECT id FROM partitions").get() as { id: number };
    return work(database, `batches_${id}`);
  } finally {
    database.close();
  }
}

function storedBatch(base: number): Uint8Array {
  return inDatabase((database, table) => {
    return database.prepare(`SELECT body FROM ${table} WHERE base = ?`).get(base)!["body"] as Uint8Array;
  });
}

function storeBatch(base: number, body: Uint8Array): void {
  inDatabase((database, table) => database.prepare(`UPDATE ${table} SET body = ? WHERE base = ?`).run(body, base));
}

/** Bytes of the batches as they lie in the database. */
function storedBytes(): number {
  return inDatabase((database, table) => {
    return Number(database.prepare(`SELECT sum(length(body)) AS bytes FROM ${table}`).get()!["bytes"]);
  });
}

describe("an embedded log that is compressed", () => {
  it("reads what was written with and without it, whichever way it is opened", async () => {
    const written: string[] = [];
    for (const compression of ["none", "zstd", "none", "zstd"] as const) {
      const opened = await open(compression);
      await opened.ensureTopics([spec("t", 1)]);
      const records = readings(500, written.length);
      await opened.append("t", records);
      await opened.append("t", [{ key: "k", value: randomBytes(10_000), partition: 0 }, ...readings(1)]);
      written.push(...texts(records));
      const read = await valuesOf(opened, "t", 0);
      expect(read.filter((value) => value.startsWith("gateway-1")).length).toBe((written.length / 500) * 501);
      expect(written.every((value) => read.includes(value))).toBe(true);
    }
    const offsets = (await readAll(log!, "t", 0)).map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.map((_, i) => i));
  });

  it("takes a third of the bytes, or less", async () => {
    const opened = await open("zstd");
    await opened.ensureTopics([spec("t", 1)]);
    const records = readings(5000);
    await opened.append("t", records);
    await opened.close();
    log = undefined;
    expect(storedBytes()).toBeLessThan(texts(records).join("").length / 3);
  });

  it("is compacted as any other", async () => {
    const opened = await open("zstd");
    await opened.ensureTopics([spec("t", 1, { cleanup: "compact", minCompactionLagMs: 0 })]);
    for (let round = 0; round < 20; round += 1) await opened.append("t", readings(200, round * 1000));
    await opened.append("t", readings(1, 99_999));
    await opened.housekeep();
    const read = await readAll(opened, "t", 0);
    expect(read.length).toBeLessThan(300);
    expect(new Set(read.map(({ key }) => Buffer.from(key!).toString())).size).toBe(50);
    const again = await open("none");
    expect((await readAll(again, "t", 0)).map(({ offset }) => offset)).toEqual(read.map(({ offset }) => offset));
  });

  it("is read no further where a byte of a batch was changed, and repaired without that batch alone", async () => {
    const opened = await open("zstd");
    await opened.ensureTopics([spec("t", 1)]);
    for (let batch = 0; batch < 3; batch += 1) await opened.append("t", readings(500, batch * 500));
    await opened.close();
    log = undefined;
    const batch = storedBatch(500);
    for (const at of [0, 1, 6, 9, 20, batch.length >>> 1, batch.length - 1]) {
      const damaged = batch.slice();
      damaged[at]! ^= 1;
      storeBatch(500, damaged);
      expect(checkEmbeddedLog(dataDir).damaged).toMatchObject([{ from: 500, to: 999 }]);
    }
    await expect(async () => readAll(await open("zstd"), "t", 0)).rejects.toThrow(/damaged/);
    await log!.close();
    log = undefined;
    repairEmbeddedLog({ dataDir, standIns: () => [] });
    expect(checkEmbeddedLog(dataDir).damaged).toEqual([]);
    const read = await valuesOf(await open("none"), "t", 0);
    expect(read).toEqual([...texts(readings(500)), ...texts(readings(500, 1000))]);
    await log!.close();
    log = undefined;
    expect(statSync(join(dataDir, "event-log.db")).size).toBeLessThan(200_000);
  });

  it("is of another format from then on, which the version before does not take for its own", async () => {
    const format = (): number => {
      const database = new DatabaseSync(join(dataDir, "event-log.db"), { readOnly: true });
      const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
      database.close();
      return version;
    };
    const formats: number[] = [];
    for (const compression of ["none", "zstd", "none"] as const) {
      await open(compression);
      await log!.close();
      log = undefined;
      formats.push(format());
    }
    expect(formats).toEqual([1, 2, 2]);
  });
});
