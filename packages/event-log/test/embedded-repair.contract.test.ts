import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { nowMicros, ResourceError } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { numbered, readAll, record, spec, valuesOf } from "../src/contract/harness.ts";
import { checkEmbeddedLog, repairEmbeddedLog } from "../src/embedded/offline/index.ts";
import { openEmbeddedLog, type EmbeddedEventLog } from "../src/embedded/open-embedded-log.ts";
import { LogUnusableError } from "../src/errors.ts";
import { writeAt } from "./write-at.ts";

const topic = "t";
const noStandIns = () => [];
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-repair-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

async function opened<R>(work: (log: EmbeddedEventLog) => Promise<R>): Promise<R> {
  const log = await openEmbeddedLog({ dataDir });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** Five batches of ten records. */
const fill = (): Promise<void> =>
  opened(async (log) => {
    await log.ensureTopics([spec(topic, 2), spec("other", 1)]);
    for (let i = 0; i < 5; i += 1) await log.append(topic, numbered(10, 0, i * 10));
    await log.append("other", numbered(3, 0));
  });

function change(sql: string): void {
  const database = new DatabaseSync(join(dataDir, "event-log.db"));
  database.exec(sql);
  database.close();
}

const tableOf = (name: string): string => {
  const database = new DatabaseSync(join(dataDir, "event-log.db"));
  const row = database.prepare("SELECT id FROM partitions WHERE topic = ? AND partition = 0").get(name);
  database.close();
  return `batches_${String(row!["id"])}`;
};

/** Flips a bit of the value in the batch that begins there. */
const flip = (base: number): void =>
  change(
    `UPDATE ${tableOf(topic)} SET body = CAST(substr(body, 1, 40) || x'ff' || substr(body, 42) AS BLOB) WHERE base = ${base}`,
  );

/** Overwrites the page in which a table or index begins. */
function destroy(table: string): void {
  const file = join(dataDir, "event-log.db");
  const database = new DatabaseSync(file);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const row = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table);
  database.close();
  const bytes = readFileSync(file);
  const page = (Number(row!["rootpage"]) - 1) * 8192;
  bytes.fill(0, page, page + 8192);
  writeFileSync(file, bytes);
}

describe("a log beside whose records there is damage", () => {
  it.each(["topics", "offsets"] as const)("in its %s: goes on without them after a repair", async (table) => {
    await fill();
    destroy(table);
    expect(checkEmbeddedLog(dataDir)).toMatchObject({ damaged: [], unreadable: [table] });
    const report = repairEmbeddedLog({ dataDir, standIns: noStandIns });
    expect(report).toMatchObject({ setAside: [], unreadable: [table] });
    expect(report.kept).toBeDefined();
    expect(checkEmbeddedLog(dataDir).unreadable).toEqual([]);
    await opened(async (log) => {
      await log.ensureTopics([spec(topic, 2), spec("other", 1)]);
      await log.append(topic, numbered(1, 0, 50));
      expect(await valuesOf(log, topic, 0)).toEqual(Array.from({ length: 51 }, (_, i) => String(i)));
      expect(await log.committed("g", [topic])).toEqual([]);
    });
  });

  it("in what no log can do without: says that a backup is needed, and not that a repair is", async () => {
    await fill();
    destroy("partitions");
    const repair = () => repairEmbeddedLog({ dataDir, standIns: noStandIns });
    expect(repair).toThrow(LogUnusableError);
    expect(repair).toThrow(/^the log cannot be repaired: .*; restore the data folder from a backup$/);
  });
});

describe("a log with damage", () => {
  it.each([0, 20, 40])(
    "in the batch at %d: is named, set aside, and all the rest is read where it was",
    async (base) => {
      await fill();
      flip(base);
      await expect(opened((log) => valuesOf(log, topic, 0))).rejects.toThrow(LogUnusableError);
      expect(checkEmbeddedLog(dataDir)).toMatchObject({
        batches: 5,
        damaged: [{ topic, partition: 0, from: base, to: base + 9 }],
        ahead: 0,
      });
      const { setAside, rewritten, kept } = repairEmbeddedLog({ dataDir, standIns: noStandIns });
      expect(rewritten).toBe(0);
      expect(setAside).toMatchObject([{ topic, partition: 0, from: base, to: base + 9 }]);
      expect(readFileSync(setAside[0]!.files[0]!)[40]).toBe(0xff);
      expect(readFileSync(kept!).length).toBeGreaterThan(1000);
      expect(checkEmbeddedLog(dataDir).damaged).toEqual([]);
      await opened(async (log) => {
        const found = await readAll(log, topic, 0);
        const wanted = Array.from({ length: 50 }, (_, i) => i).filter((i) => i < base || i >= base + 10);
        expect(found.map(({ offset }) => offset)).toEqual(wanted);
        expect(await valuesOf(log, "other", 0)).toHaveLength(3);
        const [range] = await log.append(topic, [record("next", 0)]);
        expect(range!.baseOffset).toBe(50);
      });
    },
  );

  it("with a row gone, a wrong time and a wrong end beside sound bytes: what can be read is", async () => {
    await fill();
    const table = tableOf(topic);
    change(`DELETE FROM ${table} WHERE base = 10; UPDATE ${table} SET last = 35 WHERE base = 30`);
    const { setAside } = repairEmbeddedLog({ dataDir, standIns: noStandIns });
    expect(setAside).toMatchObject([
      { from: 10, to: 19, files: [] },
      { from: 30, to: 39, files: [expect.any(String)] },
    ]);
    expect(await opened((log) => valuesOf(log, topic, 0))).toHaveLength(30);
  });

  it("has records in the place of what is gone, from whoever knows what they mean", async () => {
    await fill();
    flip(20);
    repairEmbeddedLog({
      dataDir,
      standIns(range, { before, after }) {
        const [last] = before;
        const [next] = after;
        expect([range.from, range.to, last!.offset, next!.offset]).toEqual([20, 29, 19, 30]);
        return [record("lost", 0)];
      },
    });
    const found = await opened((log) => readAll(log, topic, 0));
    expect(found.filter(({ offset }) => offset >= 20 && offset < 30)).toMatchObject([{ offset: 29 }]);
    expect(Buffer.from(found[20]!.value!).toString()).toBe("lost");
  });

  it("is not touched while another process, or this one, has it open", async () => {
    await fill();
    await opened(async () => {
      expect(() => checkEmbeddedLog(dataDir)).toThrow(ResourceError);
      expect(() => repairEmbeddedLog({ dataDir, standIns: noStandIns })).toThrow(/is open in process/);
    });
  });

  it("that is sound stays as it is", async () => {
    await fill();
    const before = readFileSync(join(dataDir, "event-log.db"));
    expect(repairEmbeddedLog({ dataDir, standIns: noStandIns })).toEqual({
      setAside: [],
      rewritten: 0,
      unreadable: [],
      kept: undefined,
    });
    expect(readFileSync(join(dataDir, "event-log.db")).equals(before)).toBe(true);
  });
});

it("times of 2036 become those of today, in their order, and append time is the clock's again", async () => {
  await fill();
  writeAt(dataDir, Date.UTC(2036, 0, 1) * 1000, "wrong", ["a", "b", "c"]);
  expect(checkEmbeddedLog(dataDir)).toMatchObject({ damaged: [], ahead: 3 });
  const before = nowMicros();
  expect(repairEmbeddedLog({ dataDir, standIns: noStandIns })).toMatchObject({ setAside: [], rewritten: 3 });
  await opened(async (log) => {
    expect(log.warnings!()).toEqual([]);
    await log.append("wrong", [record("d", 0)]);
    const found = await readAll(log, "wrong", 0);
    expect(found.map(({ value }) => Buffer.from(value!).toString())).toEqual(["a", "b", "c", "d"]);
    const times = found.map(({ appendTime }) => appendTime);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]!).toBeGreaterThan(before - 1000);
    expect(times[3]!).toBeLessThanOrEqual(nowMicros());
  });
});
