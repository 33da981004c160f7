import { spawn } from "node:child_process";
import { once } from "node:events";
import { eventually } from "@headwater/testkit/eventually";
import type { ReadModel } from "../../src/read-model/index.ts";
import { sleep, ResourceError } from "@headwater/core";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyCounting, contents, countingModel, topic } from "./counting-model.ts";
import { FlakyLog } from "./flaky-log.ts";
import { put, ReadModelScene } from "./read-model-scene.ts";

let scene: ReadModelScene;
beforeEach(() => {
  scene = new ReadModelScene();
});
afterEach(() => scene.close());

describe("a read model", () => {
  it("has applied all that was in the log when it has started, and follows from there", async () => {
    const log = await scene.log();
    await put(log, "a=1", "b=1", "c=1", "a=2");
    const model = scene.model(log, scene.file);
    expect(model.caughtUp).toBe(false);
    await model.start();
    expect(model.caughtUp).toBe(true);
    expect(contents(model)).toEqual({ values: { a: "2", b: "1", c: "1" }, applied: 4 });

    await model.waitFor(await put(log, "d=1"), 60_000);
    expect(contents(model).values).toHaveProperty("d", "1");
    const total = model.positions().reduce((sum, position) => sum + position.offset, 0);
    expect(total).toBe(5);
  });

  it("works in memory too", async () => {
    const log = await scene.log();
    await put(log, "a=1");
    const model = scene.model(log, ":memory:");
    await model.start();
    expect(contents(model).applied).toBe(1);
  });

  it("continues after a restart where it was, each record applied once", async () => {
    const log = await scene.log();
    await put(log, "a=1", "b=1");
    const first = scene.model(log, scene.file);
    await first.start();
    await first.stop();
    await put(log, "a=2", "c=1");

    const keys: number[] = [];
    const second = scene.model(log, scene.file, {
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
    const log = await scene.log();
    const seen: number[] = [];
    const model: ReadModel = scene.model(log, scene.file, { onApplied: () => seen.push(contents(model).applied) });
    await model.start();
    await model.waitFor(await put(log, "a=1"), 60_000);
    expect(seen).toEqual([1]);
  });

  it("keeps its file to its user, and from a second process", async () => {
    const log = await scene.log();
    await put(log, "a=1");
    const model = scene.model(log, scene.file);
    await model.start();
    const parts = ["", "-wal", "-shm", "-lock"].map((each) => scene.file + each);
    for (const part of parts) expect(statSync(part).mode & 0o777, part).toBe(0o600);
    expect(() => countingModel(log, scene.file)).toThrow(
      new ResourceError(`Another process uses ${scene.file}; stop it, or set another data folder`),
    );
  });

  it("says which file the machine does not let it open", async () => {
    const log = await scene.log();
    mkdirSync(`${scene.file}-lock`, { recursive: true });
    expect(() => countingModel(log, scene.file)).toThrow(ResourceError);
    expect(() => countingModel(log, scene.file)).toThrow(`The read model ${scene.file} cannot be opened`);
  });

  it("says which folder cannot be written", async () => {
    const log = await scene.log();
    writeFileSync(join(scene.folder, "in-the-way"), "");
    expect(() => countingModel(log, join(scene.folder, "in-the-way", "things.db"))).toThrow(
      /cannot be written \((?:EEXIST|ENOTDIR)\)/,
    );
  });

  it("killed at any moment, counts each record once all the same", async () => {
    for (const afterMs of [5, 40, 120]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "endless-model.ts"), scene.folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await sleep(afterMs);
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const log = await scene.log("log", { partitions: 1 });
    const model = scene.model(log, scene.file);
    const before = contents(model).applied;
    expect(before).toBeGreaterThan(0);
    expect(model.positions()).toEqual([{ topic, partition: 0, offset: before }]);
    await model.start();
    expect(contents(model).applied).toBe((await log.positions(topic))[0]!.end);
  });
});

it("lets others have the event loop where thousands of records come at once", async () => {
  const log = await scene.log("log", { partitions: 1 });
  await put(log, ...Array.from({ length: 2000 }, (_, n) => `k${n % 50}=${n}`));
  let turns = 0;
  let applied = 0;
  let isOver = false;
  const take = (): void => {
    turns += 1;
    if (!isOver) setImmediate(take);
  };
  const model = scene.model(log, scene.file, {
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
  const { file } = scene;
  const log = await scene.log("log", { partitions: 1 });
  const model = scene.model(log, file);
  await model.start();
  const empty = statSync(file).size;
  const value = "v".repeat(1000);
  for (let round = 0; round < 4; round++) {
    await model.waitFor(await put(log, ...Array.from({ length: 700 }, (_, n) => `k${round}-${n}=${value}`)), 60_000);
  }
  // Far less than what a commit of its own would fold back.
  await eventually(() => expect(statSync(file).size).toBeGreaterThan(empty + 1_000_000));
  expect(contents(model).applied).toBe(2800);
  await model.stop();
  expect(existsSync(`${file}-wal`)).toBe(false);
});

describe("waiting for a position", () => {
  it("resolves at once for what is applied, also after a restart with the log away", async () => {
    const log = await scene.log();
    const flaky = new FlakyLog(log);
    const position = await put(log, "a=1");
    const first = scene.model(flaky, scene.file);
    await first.start();
    await first.waitFor(position, 0);
    await first.stop();
    flaky.goAway();
    const second = scene.model(flaky, scene.file);
    await second.waitFor(position, 0);
  });

  it("says of a position that was claimed what the log says of it, and 503 if that says nothing", async () => {
    const log = await scene.log();
    const flaky = new FlakyLog(log);
    const there = await put(log, "a=1");
    const model = scene.model(flaky, scene.file);
    await model.start();
    const far = { ...there, offset: 1000 };
    await model.waitForClaimed(there, 60_000);
    await expect(model.waitForClaimed(far, 20_000)).rejects.toMatchObject({ status: 400, code: "unknown-position" });
    flaky.goAway();
    const missed = await put(log, "a=2");
    for (const position of [far, missed]) {
      await expect(model.waitForClaimed(position, 500)).rejects.toMatchObject({ code: "log-unavailable" });
    }
    await model.waitForClaimed(there, 60_000);
  });

  it("ends with 504 when the time is over, 400 for a topic of others, 503 on stop", async () => {
    const log = await scene.log();
    const model = scene.model(log, scene.file);
    await model.start();
    const far = { topic, partition: 0, offset: 1000 };
    await expect(model.waitFor(far, 20)).rejects.toMatchObject({ status: 504, code: "read-model-behind" });
    await expect(model.waitFor({ ...far, topic: "others.v1" }, 20)).rejects.toMatchObject({ status: 400 });
    const waiting = expect(model.waitFor(far, 60_000)).rejects.toMatchObject({ status: 503 });
    await model.stop();
    await waiting;
    await expect(model.waitFor(far, 20)).rejects.toMatchObject({ status: 503 });
    expect(existsSync(scene.file)).toBe(true);
  });
});
