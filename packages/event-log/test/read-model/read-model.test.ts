import { spawn } from "node:child_process";
import { once } from "node:events";
import { eventually } from "@headwater/testkit/eventually";
import type { EventLog } from "../../src/event-log.ts";
import { openEmbeddedLog } from "../../src/embedded/open-embedded-log.ts";
import type { ReadModel } from "../../src/read-model/index.ts";
import { createLogger } from "@headwater/service";
import { RequestError, sleep, InvariantError, ResourceError } from "@headwater/core";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyCounting, contents, countingModel, topic } from "./counting-model.ts";
import { FlakyLog } from "./flaky-log.ts";

let folder: string;
let file: string;
const closers: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "read-model-"));
  file = join(folder, "model", "things.db");
});

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  rmSync(folder, { recursive: true });
});

async function aLog(name = "log", spec: { partitions?: number; retentionMs?: number } = {}) {
  const log = await openEmbeddedLog({ dataDir: join(folder, name) });
  closers.push(() => log.close());
  await log.ensureTopics([
    { name: topic, cleanup: "delete", partitions: spec.partitions ?? 2, retentionMs: spec.retentionMs },
  ]);
  return log;
}

function opened(...parameters: Parameters<typeof countingModel>): ReadModel {
  const model = countingModel(...parameters);
  closers.push(() => model.stop());
  return model;
}

/** Appends records `key=value` and answers with the position of the last one. */
async function put(log: EventLog, ...pairs: string[]) {
  const records = pairs.map((pair) => ({ key: pair.split("=")[0]!, value: Buffer.from(pair.split("=")[1]!) }));
  const range = (await log.append(topic, records)).at(-1)!;
  return { topic, partition: range.partition, offset: range.baseOffset + range.count - 1 };
}

function linesOf() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({ component: "test", destination: { write: (line) => lines.push(JSON.parse(line)) } });
  return { logger, said: (message: string) => lines.some((line) => String(line["msg"]).includes(message)) };
}

describe("a read model", () => {
  it("has applied all that was in the log when it has started, and follows from there", async () => {
    const log = await aLog();
    await put(log, "a=1", "b=1", "c=1", "a=2");
    const model = opened(log, file);
    expect(model.caughtUp).toBe(false);
    await model.start();
    expect(model.caughtUp).toBe(true);
    expect(contents(model)).toEqual({ values: { a: "2", b: "1", c: "1" }, applied: 4 });

    await model.waitFor(await put(log, "d=1"), 20_000);
    expect(contents(model).values).toHaveProperty("d", "1");
    const total = model.positions().reduce((sum, position) => sum + position.offset, 0);
    expect(total).toBe(5);
  });

  it("works in memory too", async () => {
    const log = await aLog();
    await put(log, "a=1");
    const model = opened(log, ":memory:");
    await model.start();
    expect(contents(model).applied).toBe(1);
  });

  it("continues after a restart where it was, each record applied once", async () => {
    const log = await aLog();
    await put(log, "a=1", "b=1");
    const first = opened(log, file);
    await first.start();
    await first.stop();
    await put(log, "a=2", "c=1");

    const keys: number[] = [];
    const second = opened(log, file, {
      apply(db, batch) {
        keys.push(batch.records.length);
        applyCounting(db, batch);
      },
    });
    expect(contents(second)).toEqual({ values: { a: "1", b: "1" }, applied: 2 });
    await second.start();
    expect(keys.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(contents(second)).toEqual({ values: { a: "2", b: "1", c: "1" }, applied: 4 });
  });

  it("tells of a batch after it can be read", async () => {
    const log = await aLog();
    const seen: number[] = [];
    const model: ReadModel = opened(log, file, { onApplied: () => seen.push(contents(model).applied) });
    await model.start();
    await model.waitFor(await put(log, "a=1"), 20_000);
    expect(seen).toEqual([1]);
  });

  it("keeps its file to its user, and from a second process", async () => {
    const log = await aLog();
    await put(log, "a=1");
    const model = opened(log, file);
    await model.start();
    for (const part of ["", "-wal", "-shm", "-lock"].map((each) => file + each)) expect(statSync(part).mode & 0o777, part).toBe(0o600);
    expect(() => countingModel(log, file)).toThrow(
      new ResourceError(`Another process uses ${file}; stop it, or set another data folder`),
    );
  });

  it("says which folder cannot be written", async () => {
    const log = await aLog();
    writeFileSync(join(folder, "in-the-way"), "");
    expect(() => countingModel(log, join(folder, "in-the-way", "things.db"))).toThrow(
      /cannot be written \((?:EEXIST|ENOTDIR)\)/,
    );
  });

  it("killed at any moment, counts each record once all the same", async () => {
    for (const afterMs of [5, 40, 120]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "endless-model.ts"), folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await sleep(afterMs);
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const log = await aLog("log", { partitions: 1 });
    const model = opened(log, file);
    const before = contents(model).applied;
    expect(before).toBeGreaterThan(0);
    expect(model.positions()).toEqual([{ topic, partition: 0, offset: before }]);
    await model.start();
    expect(contents(model).applied).toBe((await log.positions(topic))[0]!.end);
  });
});

describe("a file that does not fit is built anew", () => {
  it("for another version of the schema", async () => {
    const log = await aLog();
    await put(log, "a=1");
    const first = opened(log, file);
    await first.start();
    await first.stop();
    const second = opened(log, file, {
      schemaVersion: "2",
      migrate: (db) =>
        db.exec("CREATE TABLE things (id TEXT PRIMARY KEY, value TEXT, times INTEGER DEFAULT 0, more TEXT)"),
    });
    expect(contents(second)).toEqual({ values: {}, applied: 0 });
    await second.start();
    expect(contents(second)).toEqual({ values: { a: "1" }, applied: 1 });
  });

  it.each([
    ["it is no database", () => writeFileSync(file, "this is no database, whatever its name says. ".repeat(200))],
    ["its middle is overwritten", () => overwrite(file, 4096 * 3, 4096 * 2)],
    ["its end is cut off", () => truncateSync(file, statSync(file).size - 4096)],
    ["its page of the schema is damaged", () => overwrite(file, 100, 200)],
  ])("when %s", async (_name, damage) => {
    const log = await aLog();
    await put(log, ...Array.from({ length: 500 }, (_, index) => `key-${index}=${"x".repeat(100)}`));
    const first = opened(log, file);
    await first.start();
    await first.stop();
    damage();
    const { logger, said } = linesOf();
    const second = opened(log, file, { logger });
    await second.start();
    expect(said("the read model was damaged and is built anew")).toBe(true);
    expect(contents(second).applied).toBe(500);
  });

  it("when the log was wiped", async () => {
    const log = await aLog();
    await put(log, "a=1", "b=1", "c=1");
    const first = opened(log, file);
    await first.start();
    await first.stop();

    const empty = await aLog("another");
    const { logger, said } = linesOf();
    const second = opened(empty, file, { logger });
    await second.start();
    expect(contents(second)).toEqual({ values: {}, applied: 0 });
    expect(said("the read model is built anew")).toBe(true);
    await second.waitFor(await put(empty, "z=1"), 20_000);
    expect(contents(second)).toEqual({ values: { z: "1" }, applied: 1 });
  });

  it("when the log was wiped and has grown as long again: what was prepared before still works", async () => {
    const log = await aLog("log", { partitions: 1 });
    await put(log, "a=1", "b=1");
    const first = opened(log, file);
    await first.start();
    await first.stop();

    const regrown = await aLog("another", { partitions: 1 });
    await put(regrown, "x=1", "y=1", "z=1");
    const second = opened(regrown, file);
    const count = second.db.prepare("SELECT count(*) AS n FROM things WHERE id IN ('a', 'b')");
    expect(count.get()).toEqual({ n: 2 });
    await second.start();
    expect(count.get()).toEqual({ n: 0 });
    expect(contents(second)).toEqual({ values: { x: "1", y: "1", z: "1" }, applied: 3 });
  });

  it("when the log no longer holds what comes next", async () => {
    const log = await aLog("log", { partitions: 1, retentionMs: 1 });
    await put(log, "a=1");
    const first = opened(log, file);
    await first.start();
    await first.stop();
    await put(log, "b=1");
    await eventually(async () => {
      await log.housekeep();
      expect((await log.positions(topic))[0]!.start).toBe(2);
    });
    const second = opened(log, file);
    await second.start();
    expect(contents(second)).toEqual({ values: {}, applied: 0 });
  });
});

describe("a file that fits is kept", () => {
  it("when what it was made of has expired since", async () => {
    const log = await aLog("log", { partitions: 1, retentionMs: 1 });
    await put(log, "a=1", "b=1");
    const first = opened(log, file);
    await first.start();
    await first.stop();
    await eventually(async () => {
      await log.housekeep();
      expect((await log.positions(topic))[0]!.start).toBe(2);
    });
    const second = opened(log, file);
    await second.start();
    expect(contents(second)).toEqual({ values: { a: "1", b: "1" }, applied: 2 });
    await second.waitFor(await put(log, "c=1"), 20_000);
    expect(contents(second).applied).toBe(3);
  });
});

describe("when the log is away", () => {
  it("starts with what is on disk within its bound, and catches up when the log is back", async () => {
    const log = await aLog();
    const flaky = new FlakyLog(log);
    await put(log, "a=1");
    const first = opened(flaky, file);
    await first.start();
    await first.stop();
    flaky.goAway();
    await put(log, "b=1");

    const { logger, said } = linesOf();
    const second = opened(flaky, file, { logger });
    // A start without a bound would wait for ever.
    await second.start({ allowStale: true, withinMs: 200 });
    expect(second.caughtUp).toBe(false);
    expect(contents(second).values).toEqual({ a: "1" });
    await eventually(() => expect(said("cannot follow the log")).toBe(true));

    flaky.comeBack();
    await eventually(() => expect(second.caughtUp).toBe(true));
    expect(contents(second)).toEqual({ values: { a: "1", b: "1" }, applied: 2 });
  });

  it("waits for it unless stale answers are allowed", async () => {
    const flaky = new FlakyLog(await aLog());
    flaky.goAway();
    const model = opened(flaky, file);
    let started = false;
    const starting = model.start().then(() => (started = true));
    await sleep(150);
    expect(started).toBe(false);
    flaky.comeBack();
    await starting;
    expect(model.caughtUp).toBe(true);
  });

  it("goes on after every cut in mid-stream, each record applied once", async () => {
    const log = await aLog();
    const flaky = new FlakyLog(log);
    const model = opened(flaky, file);
    await model.start();
    let last = await put(log, "first=0");
    for (let round = 0; round < 4; round += 1) {
      for (let index = 0; index < 20; index += 1) last = await put(log, `${round}-${index}=x`);
      flaky.goAway();
      await put(log, `${round}-away=x`);
      await eventually(() => expect(model.caughtUp).toBe(false));
      flaky.comeBack();
    }
    await model.waitFor(last, 20_000);
    await eventually(() => expect(model.caughtUp).toBe(true));
    expect(contents(model).applied).toBe(1 + 4 * 21);
    expect(Object.keys(contents(model).values)).toHaveLength(1 + 4 * 21);
  });
});

it("lets others have the event loop where thousands of records come at once", async () => {
  const log = await aLog("log", { partitions: 1 });
  await put(log, ...Array.from({ length: 2000 }, (_, n) => `k${n % 50}=${n}`));
  let turns = 0;
  let applied = 0;
  let isOver = false;
  const take = (): void => {
    turns += 1;
    if (!isOver) setImmediate(take);
  };
  const model = opened(log, file, {
    apply(db, batch) {
      applyCounting(db, batch);
      if (applied === 0) take();
      applied += batch.records.length;
      // As long as it takes to put some indexes in order.
      for (const began = performance.now(); performance.now() - began < 0.2 * batch.records.length;);
    },
  });
  await model.start();
  isOver = true;
  expect(applied).toBe(2000);
  expect(contents(model).applied).toBe(2000);
  // 400 ms in all.
  expect(turns).toBeGreaterThan(10);
});

it("folds its write-ahead log back into its file while it goes on", async () => {
  const log = await aLog("log", { partitions: 1 });
  const model = opened(log, file);
  await model.start();
  const empty = statSync(file).size;
  const value = "v".repeat(1000);
  for (let round = 0; round < 4; round++) {
    await model.waitFor(await put(log, ...Array.from({ length: 700 }, (_, n) => `k${round}-${n}=${value}`)), 20_000);
  }
  // Far less than what a commit of its own would fold back.
  await eventually(() => expect(statSync(file).size).toBeGreaterThan(empty + 1_000_000));
  expect(contents(model).applied).toBe(2800);
  await model.stop();
  expect(existsSync(`${file}-wal`)).toBe(false);
});

describe("what cannot be applied", () => {
  it("ends the model loudly and leaves nothing half done", async () => {
    const log = await aLog("log", { partitions: 1 });
    await put(log, "a=1");
    const model = opened(log, file, {
      apply(db, batch) {
        applyCounting(db, batch);
        if (batch.records.some((record) => Buffer.from(record.key!).toString() === "poison"))
          throw new TypeError("a bug");
      },
    });
    await model.start();
    const waiting = expect(model.waitFor({ topic, partition: 0, offset: 5 }, 60_000)).rejects.toThrow(RequestError);
    await put(log, "poison=1");
    await expect(model.died).rejects.toThrow(InvariantError);
    await waiting;
    await expect(model.waitFor({ topic, partition: 0, offset: 1 }, 60_000)).rejects.toThrow("has stopped");
    expect(contents(model)).toEqual({ values: { a: "1" }, applied: 1 });
    expect(model.positions()).toEqual([{ topic, partition: 0, offset: 1 }]);
  });

  it("takes back what came before it in its transaction, where thousands come at once", async () => {
    const log = await aLog("log", { partitions: 1 });
    await put(log, ...Array.from({ length: 1500 }, (_, n) => `k${n}=1`), "poison=1");
    const model = opened(log, file, {
      apply(db, batch) {
        applyCounting(db, batch);
        if (batch.records.some((record) => Buffer.from(record.key!).toString() === "poison"))
          throw new TypeError("a bug");
      },
    });
    await expect(model.start()).rejects.toThrow("cannot go on");
    // Whole transactions alone.
    const { applied } = contents(model);
    expect(applied).toBeLessThan(1500);
    expect(model.positions()).toEqual(applied === 0 ? [] : [{ topic, partition: 0, offset: applied }]);
  });

  it("at the start fails the start", async () => {
    const log = await aLog();
    await put(log, "a=1");
    const model = opened(log, file, {
      apply() {
        throw new TypeError("a bug");
      },
    });
    await expect(model.start({ allowStale: true })).rejects.toThrow("cannot go on");
  });
});

describe("waiting for a position", () => {
  it("resolves at once for what is applied, also after a restart with the log away", async () => {
    const log = await aLog();
    const flaky = new FlakyLog(log);
    const position = await put(log, "a=1");
    const first = opened(flaky, file);
    await first.start();
    await first.waitFor(position, 0);
    await first.stop();
    flaky.goAway();
    const second = opened(flaky, file);
    await second.waitFor(position, 0);
  });

  it("says of a position that was claimed what the log says of it, and 503 if that says nothing", async () => {
    const log = await aLog();
    const flaky = new FlakyLog(log);
    const there = await put(log, "a=1");
    const model = opened(flaky, file);
    await model.start();
    const far = { ...there, offset: 1000 };
    await model.waitForClaimed(there, 20_000);
    await expect(model.waitForClaimed(far, 20_000)).rejects.toMatchObject({ status: 400, code: "unknown-position" });
    flaky.goAway();
    const missed = await put(log, "a=2");
    for (const position of [far, missed]) {
      await expect(model.waitForClaimed(position, 500)).rejects.toMatchObject({ code: "log-unavailable" });
    }
    await model.waitForClaimed(there, 20_000);
  });

  it("ends with 504 when the time is over, 400 for a topic of others, 503 on stop", async () => {
    const log = await aLog();
    const model = opened(log, file);
    await model.start();
    const far = { topic, partition: 0, offset: 1000 };
    await expect(model.waitFor(far, 20)).rejects.toMatchObject({ status: 504, code: "read-model-behind" });
    await expect(model.waitFor({ ...far, topic: "others.v1" }, 20)).rejects.toMatchObject({ status: 400 });
    const waiting = expect(model.waitFor(far, 60_000)).rejects.toMatchObject({ status: 503 });
    await model.stop();
    await waiting;
    await expect(model.waitFor(far, 20)).rejects.toMatchObject({ status: 503 });
    expect(existsSync(file)).toBe(true);
  });
});

function overwrite(path: string, from: number, length: number): void {
  const handle = openSync(path, "r+");
  writeSync(handle, Buffer.alloc(length, 0x5a), 0, length, from);
  closeSync(handle);
}
