import { spawn } from "node:child_process";
import { LogUnusableError } from "../src/errors.ts";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type HeadwaterError, InvariantError, ResourceError } from "@headwater/core";
import { afterEach, describe, expect, it } from "vitest";
import { childAppender } from "../src/contract/index.ts";
import { numbered, record, spec, valuesOf } from "../src/contract/harness.ts";
import { openEmbeddedLog, type EmbeddedEventLog } from "../src/embedded/open-embedded-log.ts";

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "headwater-damage-"));
  folders.push(made);
  return made;
};

afterEach(() => {
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
});

const topic = "t";
const failureOf = (work: Promise<unknown>): Promise<HeadwaterError> =>
  work.then(
    () => {
      throw new InvariantError("it should have been refused");
    },
    (error: HeadwaterError) => error,
  );

/** A folder as a process leaves it that was killed while it appended: a WAL that was not folded in. */
async function killedWhileAppending(): Promise<{ dataDir: string; acked: number }> {
  const root = folder();
  const dataDir = join(root, "event-log");
  const log = await openEmbeddedLog({ dataDir });
  await log.ensureTopics([spec(topic, 2)]);
  await log.close();
  const appender = await childAppender(topic, { APPEND_DATA_DIR: root, HEADWATER_EVENT_LOG: "embedded" });
  await appender.acked(500);
  const acked = await appender.kill();
  expect(statSync(join(dataDir, "event-log.db-wal")).size).toBeGreaterThan(10_000);
  return { dataDir, acked: acked.length };
}

async function countOf(dataDir: string): Promise<number> {
  const log = await openEmbeddedLog({ dataDir });
  const count = (await log.positions(topic)).reduce((sum, { end }) => sum + end, 0);
  await log.close();
  return count;
}

describe("a damaged embedded log", () => {
  it("is refused when a flipped bit cut the tail off its WAL, which SQLite does not notice", async () => {
    const { dataDir, acked } = await killedWhileAppending();
    const wal = join(dataDir, "event-log.db-wal");
    const untouched = join(folder(), "copy");
    cpSync(dataDir, untouched, { recursive: true });
    expect(await countOf(untouched)).toBeGreaterThanOrEqual(acked);

    const bytes = readFileSync(wal);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(wal, bytes);
    const error = await failureOf(openEmbeddedLog({ dataDir }));
    expect(error).toBeInstanceOf(LogUnusableError);
    expect(error.message).toMatch(
      /ends at commit \d+, but commit \d+ was acknowledged.*restore.*or accept the loss of \d+ commits/s,
    );
    expect(error.message).not.toContain("\n");
    // What could be learnt from is kept, and it is refused again.
    expect(readFileSync(`${wal}.damaged`).equals(bytes)).toBe(true);
    expect(await failureOf(openEmbeddedLog({ dataDir }))).toBeInstanceOf(LogUnusableError);

    // The way out that the message names.
    renameSync(join(dataDir, "event-log.mark"), join(dataDir, "old.mark"));
    expect(await countOf(dataDir)).toBeLessThan(acked);
    expect(await countOf(dataDir)).toBeGreaterThan(0);
  });

  it.each([0, 0.3, 0.9])("is refused when its WAL is cut off after %d of its length", async (share) => {
    const { dataDir } = await killedWhileAppending();
    const wal = join(dataDir, "event-log.db-wal");
    truncateSync(wal, Math.floor(statSync(wal).size * share));
    expect((await failureOf(openEmbeddedLog({ dataDir }))).message).toMatch(/was acknowledged/);
  });

  it("is refused when its WAL is gone", async () => {
    const { dataDir } = await killedWhileAppending();
    rmSync(join(dataDir, "event-log.db-wal"));
    expect((await failureOf(openEmbeddedLog({ dataDir }))).message).toMatch(/was acknowledged/);
  });

  it("is refused when an older copy of the database was put in its place", async () => {
    const dataDir = join(folder(), "event-log");
    const database = join(dataDir, "event-log.db");
    let log = await openEmbeddedLog({ dataDir });
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(10));
    await log.close();
    copyFileSync(database, `${database}.old`);
    log = await openEmbeddedLog({ dataDir });
    await log.append(topic, numbered(10));
    await log.close();
    renameSync(`${database}.old`, database);
    expect((await failureOf(openEmbeddedLog({ dataDir }))).message).toMatch(/was acknowledged/);
  });

  it("is refused when its mark cannot be read", async () => {
    const dataDir = join(folder(), "event-log");
    const log = await openEmbeddedLog({ dataDir });
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(10));
    await log.close();
    writeFileSync(join(dataDir, "event-log.mark"), Buffer.alloc(64, 7));
    expect((await failureOf(openEmbeddedLog({ dataDir }))).message).toMatch(/event-log\.mark is damaged/);
  });

  it("survives a mark of which one write was cut short", async () => {
    const dataDir = join(folder(), "event-log");
    const mark = join(dataDir, "event-log.mark");
    const log = await openEmbeddedLog({ dataDir });
    await log.ensureTopics([spec(topic, 1)]);
    for (let i = 0; i < 5; i++) await log.append(topic, numbered(1));
    await log.close();
    for (const slot of [0, 1]) {
      const copy = join(folder(), "event-log");
      cpSync(dataDir, copy, { recursive: true });
      const bytes = readFileSync(mark);
      bytes.fill(0xff, slot * 32, slot * 32 + 20);
      writeFileSync(join(copy, "event-log.mark"), bytes);
      expect(await countOf(copy)).toBe(5);
    }
  });

  it("does not hand out records whose bytes have changed", async () => {
    const dataDir = join(folder(), "event-log");
    let log = await openEmbeddedLog({ dataDir });
    await log.ensureTopics([spec(topic, 1)]);
    const value = Buffer.alloc(100_000, "x");
    value.write("a needle in a haystack", 50_000);
    await log.append(topic, [record("before")]);
    await log.append(topic, [{ key: "k", value }]);
    await log.close();
    const database = join(dataDir, "event-log.db");
    const bytes = readFileSync(database);
    const at = bytes.indexOf("a needle in a haystack");
    expect(at).toBeGreaterThan(0);
    bytes[at] = bytes[at]! ^ 4;
    writeFileSync(database, bytes);

    log = await openEmbeddedLog({ dataDir });
    const error = await failureOf(valuesOf(log, topic, 0));
    expect(error).toBeInstanceOf(LogUnusableError);
    expect(error.message).toMatch(/damaged in t, partition 0: the checksum of offsets 1 to 1 does not match/);
    const followed = await log.follow({ topics: [topic], onBatch() {} });
    expect(await failureOf(followed.done)).toBeInstanceOf(LogUnusableError);
    await log.close();
  });

  it("is refused when it is no database", async () => {
    const dataDir = join(folder(), "event-log");
    await (await openEmbeddedLog({ dataDir })).close();
    writeFileSync(
      join(dataDir, "event-log.db"),
      "something else entirely, and long enough to be looked at".repeat(100),
    );
    const error = await failureOf(openEmbeddedLog({ dataDir }));
    expect(error).toBeInstanceOf(LogUnusableError);
    expect(error.message).toMatch(/damaged.*restore/);
  });
});

describe("the folder of an embedded log", () => {
  it("belongs to one process at a time, in one clear line, until that one has died", async () => {
    const root = folder();
    const dataDir = join(root, "event-log");
    const log = await openEmbeddedLog({ dataDir });
    await log.ensureTopics([spec(topic, 1)]);
    // In this process…
    const here = await failureOf(openEmbeddedLog({ dataDir }));
    expect(here).toBeInstanceOf(ResourceError);
    expect(here.message).toBe(
      `the event log in ${dataDir} is open in process ${process.pid}; stop that one first, or give this one a folder of its own`,
    );
    await log.append(topic, numbered(1));
    await log.close();

    // …and in another, which is then killed.
    const appender = await childAppender(topic, { APPEND_DATA_DIR: root, HEADWATER_EVENT_LOG: "embedded" });
    await appender.acked(10);
    const there = await failureOf(openEmbeddedLog({ dataDir }));
    expect(there.message).toMatch(/is open in process \d+;/);
    expect(there.message).not.toContain(`process ${process.pid};`);
    const acked = await appender.kill();
    expect(await countOf(dataDir)).toBeGreaterThanOrEqual(acked.length + 1);
  });

  it("and its files are for their owner alone", async () => {
    const dataDir = join(folder(), "a", "event-log");
    const log = await openEmbeddedLog({ dataDir });
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(10));
    const mode = (name: string): string => (statSync(join(dataDir, name)).mode & 0o777).toString(8);
    expect(mode(".")).toBe("700");
    for (const name of ["event-log.db", "event-log.db-wal", "event-log.mark", "event-log.pid"])
      expect(mode(name)).toBe("600");
    await log.close();
  });

  it("that cannot be made is one clear line", async () => {
    const file = join(folder(), "file");
    writeFileSync(file, "");
    const error = await failureOf(openEmbeddedLog({ dataDir: join(file, "event-log") }));
    expect(error).toBeInstanceOf(ResourceError);
    expect(error.message).toMatch(/cannot be written/);
  });
});

describe("a disk that is full", () => {
  const fill = async (log: EmbeddedEventLog): Promise<{ acked: string[]; error: HeadwaterError }> => {
    const acked: string[] = [];
    for (let i = 0; ; i++) {
      const value = `${i} ${"x".repeat(20_000)}`;
      try {
        await log.append(topic, [record(value, 0)]);
        acked.push(value);
      } catch (error) {
        return { acked, error: error as HeadwaterError };
      }
    }
  };

  it("refuses appends, keeps what was acked, and takes more when there is room again", async () => {
    const dataDir = join(folder(), "event-log");
    let log = await openEmbeddedLog({ dataDir, maxDatabasePages: 200 });
    await log.ensureTopics([spec(topic, 1, { retentionMs: 1 })]);
    const { acked, error } = await fill(log);
    expect(error.advice).toBe("retry");
    expect(error.code).toBe("log-unavailable");
    expect(error.message).toMatch(/no space left/);
    expect(acked.length).toBeGreaterThan(20);
    expect(await valuesOf(log, topic, 0)).toEqual(acked);
    await log.housekeep();
    const [range] = await log.append(topic, [record("after", 0)]);
    expect(range!.baseOffset).toBe(acked.length);
    await log.close();
    log = await openEmbeddedLog({ dataDir });
    expect(await valuesOf(log, topic, 0)).toEqual(["after"]);
    await log.close();
  });

  it("lets nothing land that was appended behind what did not", async () => {
    const dataDir = join(folder(), "event-log");
    const log = await openEmbeddedLog({ dataDir, maxDatabasePages: 3000 });
    await log.ensureTopics([spec(topic, 1)]);
    const value = Buffer.alloc(900_000, "x");
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, () => log.append(topic, [{ key: "k", value, partition: 0 }])),
    );
    const firstRefused = outcomes.findIndex(({ status }) => status === "rejected");
    expect(firstRefused).toBeGreaterThan(0);
    expect(outcomes.slice(firstRefused).every(({ status }) => status === "rejected")).toBe(true);
    expect((await log.positions(topic))[0]!.end).toBe(firstRefused);
    await log.close();
  });

  it("may refuse a write at any place: nothing acked is lost, and the log recovers by itself", async () => {
    const root = folder();
    const script = fileURLToPath(new URL("./append-until-refused.ts", import.meta.url));
    // A bound on the size of files is the nearest to a full disk that needs no privileges; writes fail with EFBIG.
    const child = spawn("bash", ["-c", `ulimit -f 1500 && exec "${process.execPath}" "${script}" "${root}"`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    expect(code).toBe(0);
    const { acked, codes } = JSON.parse(output) as { acked: number; codes: string[] };
    expect(acked).toBeGreaterThan(10);
    expect(codes.length).toBeGreaterThan(1);
    expect(codes.every((each) => each === "log-unavailable" || each === "unknown-outcome")).toBe(true);
    const dataDir = join(root, "event-log");
    expect(existsSync(join(dataDir, "event-log.db"))).toBe(true);
    const log = await openEmbeddedLog({ dataDir });
    const stored = await valuesOf(log, topic, 0);
    const numbers = new Set(stored.map((value) => Number.parseInt(value, 10)));
    for (let i = 0; i < acked; i++) expect(numbers.has(i)).toBe(true);
    await log.append(topic, [record("after", 0)]);
    await log.close();
  });
});
