import { eventually } from "@headwater/testkit/eventually";
import { closeSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contents, topic } from "./counting-model.ts";
import { linesOf, put, ReadModelScene } from "./read-model-scene.ts";

let scene: ReadModelScene;
beforeEach(() => {
  scene = new ReadModelScene();
});
afterEach(() => scene.close());

describe("a file that does not fit is built anew", () => {
  it("for another version of the schema", async () => {
    const log = await scene.log();
    await put(log, "a=1");
    const first = scene.model(log, scene.file);
    await first.start();
    await first.stop();
    const second = scene.model(log, scene.file, {
      schemaVersion: "2",
      migrate: (db) =>
        db.exec("CREATE TABLE things (id TEXT PRIMARY KEY, value TEXT, times INTEGER DEFAULT 0, more TEXT)"),
    });
    expect(contents(second)).toEqual({ values: {}, applied: 0 });
    await second.start();
    expect(contents(second)).toEqual({ values: { a: "1" }, applied: 1 });
  });

  it.each([
    ["it is no database", () => writeFileSync(scene.file, "this is no database, whatever its name says. ".repeat(200))],
    ["its middle is overwritten", () => overwrite(scene.file, 4096 * 3, 4096 * 2)],
    ["its end is cut off", () => truncateSync(scene.file, statSync(scene.file).size - 4096)],
    ["its page of the schema is damaged", () => overwrite(scene.file, 100, 200)],
  ])("when %s", async (_name, damage) => {
    const log = await scene.log();
    await put(log, ...Array.from({ length: 500 }, (_, index) => `key-${index}=${"x".repeat(100)}`));
    const first = scene.model(log, scene.file);
    await first.start();
    await first.stop();
    damage();
    const { logger, said } = linesOf();
    const second = scene.model(log, scene.file, { logger });
    await second.start();
    expect(said("the read model was damaged and is built anew")).toBe(true);
    expect(contents(second).applied).toBe(500);
  });

  it("when the log was wiped", async () => {
    const log = await scene.log();
    await put(log, "a=1", "b=1", "c=1");
    const first = scene.model(log, scene.file);
    await first.start();
    await first.stop();

    const empty = await scene.log("another");
    const { logger, said } = linesOf();
    const second = scene.model(empty, scene.file, { logger });
    await second.start();
    expect(contents(second)).toEqual({ values: {}, applied: 0 });
    expect(said("the read model is built anew")).toBe(true);
    await second.waitFor(await put(empty, "z=1"), 60_000);
    expect(contents(second)).toEqual({ values: { z: "1" }, applied: 1 });
  });

  it("when the log was wiped and has grown as long again: what was prepared before still works", async () => {
    const log = await scene.log("log", { partitions: 1 });
    await put(log, "a=1", "b=1");
    const first = scene.model(log, scene.file);
    await first.start();
    await first.stop();

    const regrown = await scene.log("another", { partitions: 1 });
    await put(regrown, "x=1", "y=1", "z=1");
    const second = scene.model(regrown, scene.file);
    const count = second.db.prepare("SELECT count(*) AS n FROM things WHERE id IN ('a', 'b')");
    expect(count.get()).toEqual({ n: 2 });
    await second.start();
    expect(count.get()).toEqual({ n: 0 });
    expect(contents(second)).toEqual({ values: { x: "1", y: "1", z: "1" }, applied: 3 });
  });

  it("when the log no longer holds what comes next", async () => {
    const log = await scene.log("log", { partitions: 1, retentionMs: 1 });
    await put(log, "a=1");
    const first = scene.model(log, scene.file);
    await first.start();
    await first.stop();
    await put(log, "b=1");
    await eventually(async () => {
      await log.housekeep();
      expect((await log.positions(topic))[0]!.start).toBe(2);
    });
    const second = scene.model(log, scene.file);
    await second.start();
    expect(contents(second)).toEqual({ values: {}, applied: 0 });
  });
});

describe("a file that fits is kept", () => {
  it("when what it was made of has expired since", async () => {
    const log = await scene.log("log", { partitions: 1, retentionMs: 1 });
    await put(log, "a=1", "b=1");
    const first = scene.model(log, scene.file);
    await first.start();
    await first.stop();
    await eventually(async () => {
      await log.housekeep();
      expect((await log.positions(topic))[0]!.start).toBe(2);
    });
    const second = scene.model(log, scene.file);
    await second.start();
    expect(contents(second)).toEqual({ values: { a: "1", b: "1" }, applied: 2 });
    await second.waitFor(await put(log, "c=1"), 60_000);
    expect(contents(second).applied).toBe(3);
  });
});

function overwrite(path: string, from: number, length: number): void {
  const handle = openSync(path, "r+");
  writeSync(handle, Buffer.alloc(length, 0x5a), 0, length, from);
  closeSync(handle);
}
