import { eventually } from "@headwater/testkit/eventually";
import { RequestError, sleep, InvariantError } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyCounting, contents, topic } from "./counting-model.ts";
import { FlakyLog } from "./flaky-log.ts";
import { linesOf, put, ReadModelScene } from "./read-model-scene.ts";

let scene: ReadModelScene;
beforeEach(() => {
  scene = new ReadModelScene();
});
afterEach(() => scene.close());

describe("when the log is away", () => {
  it("starts with what is on disk within its bound, and catches up when the log is back", async () => {
    const log = await scene.log();
    const flaky = new FlakyLog(log);
    await put(log, "a=1");
    const first = scene.model(flaky, scene.file);
    await first.start();
    await first.stop();
    flaky.goAway();
    await put(log, "b=1");

    const { logger, said } = linesOf();
    const second = scene.model(flaky, scene.file, { logger });
    // A start without a bound would wait for ever.
    await second.start({ allowStale: true, withinMs: 200 });
    expect(second.caughtUp).toBe(false);
    expect(said("from what is on disk")).toBe(true);
    expect(contents(second).values).toEqual({ a: "1" });
    await eventually(() => expect(said("cannot follow the log")).toBe(true));

    flaky.comeBack();
    await eventually(() => expect(second.caughtUp).toBe(true));
    expect(contents(second)).toEqual({ values: { a: "1", b: "1" }, applied: 2 });
  });

  it("says nothing of being behind to whoever did not want to wait", async () => {
    const log = await scene.log();
    await put(log, "a=1");
    const { logger, said } = linesOf();
    const model = scene.model(log, scene.file, { logger });
    await model.start({ allowStale: true, withinMs: 0 });
    await eventually(() => expect(model.caughtUp).toBe(true));
    expect(said("from what is on disk")).toBe(false);
  });

  it("waits for it unless stale answers are allowed", async () => {
    const flaky = new FlakyLog(await scene.log());
    flaky.goAway();
    const model = scene.model(flaky, scene.file);
    let started = false;
    const starting = model.start().then(() => (started = true));
    await sleep(150);
    expect(started).toBe(false);
    flaky.comeBack();
    await starting;
    expect(model.caughtUp).toBe(true);
  });

  it("goes on after every cut in mid-stream, each record applied once", async () => {
    const log = await scene.log();
    const flaky = new FlakyLog(log);
    const model = scene.model(flaky, scene.file);
    await model.start();
    let last = await put(log, "first=0");
    for (let round = 0; round < 4; round += 1) {
      for (let index = 0; index < 20; index += 1) last = await put(log, `${round}-${index}=x`);
      flaky.goAway();
      await put(log, `${round}-away=x`);
      await eventually(() => expect(model.caughtUp).toBe(false));
      flaky.comeBack();
    }
    await model.waitFor(last, 60_000);
    await eventually(() => expect(model.caughtUp).toBe(true));
    expect(contents(model).applied).toBe(1 + 4 * 21);
    expect(Object.keys(contents(model).values)).toHaveLength(1 + 4 * 21);
  });
});

describe("what cannot be applied", () => {
  it("ends the model loudly and leaves nothing half done", async () => {
    const log = await scene.log("log", { partitions: 1 });
    await put(log, "a=1");
    const model = scene.model(log, scene.file, {
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
    const log = await scene.log("log", { partitions: 1 });
    await put(log, ...Array.from({ length: 1500 }, (_, n) => `k${n}=1`), "poison=1");
    const model = scene.model(log, scene.file, {
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
    const log = await scene.log();
    await put(log, "a=1");
    const model = scene.model(log, scene.file, {
      apply() {
        throw new TypeError("a bug");
      },
    });
    await expect(model.start({ allowStale: true })).rejects.toThrow("cannot go on");
  });
});
