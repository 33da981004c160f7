import { describe, expect, it } from "vitest";
import { LogUnavailableError, QueueClosedError, QueueFullError } from "../errors.ts";
import { Batcher, sleep } from "./index.ts";

/** A flush that ends when the test says so. */
function gate() {
  const flushed: (readonly number[])[] = [];
  const open: (() => void)[] = [];
  return {
    flushed,
    release: () => open.shift()?.(),
    flush: (items: readonly number[]) => {
      flushed.push([...items]);
      return new Promise<number>((resolve) => {
        open.push(() => resolve(items.length));
      });
    },
  };
}

describe("Batcher", () => {
  it("flushes a full batch at once, and one that is not full when its time has come", async () => {
    const flushed: (readonly number[])[] = [];
    const batcher = new Batcher<number, number>({
      maxItems: 3,
      maxDelayMs: 20,
      flush: async (items) => {
        flushed.push(items);
        return items.length;
      },
    });
    const promises = [1, 2, 3, 4].map((item) => batcher.add(item));
    expect(flushed).toEqual([[1, 2, 3]]);
    expect(await Promise.all(promises)).toEqual([3, 3, 3, 1]);
    expect(flushed).toEqual([[1, 2, 3], [4]]);
  });

  it("has one promise for all items of a batch", () => {
    const batcher = new Batcher<number>({ maxItems: 10, maxDelayMs: 0, flush: async () => {} });
    expect(batcher.add(1)).toBe(batcher.add(2));
  });

  it("cuts by bytes before a batch gets too large", async () => {
    const flushed: (readonly string[])[] = [];
    const batcher = new Batcher<string>({
      maxItems: 100,
      maxBytes: 5,
      sizeOf: (item) => item.length,
      maxDelayMs: 0,
      flush: async (items) => void flushed.push(items),
    });
    for (const item of ["aa", "bb", "cc", "dddddddd", "e"]) void batcher.add(item);
    await batcher.drain();
    expect(flushed).toEqual([["aa", "bb"], ["cc"], ["dddddddd"], ["e"]]);
  });

  it("rejects a whole batch, and goes on with the next", async () => {
    const batcher = new Batcher<number, string>({
      maxItems: 2,
      maxDelayMs: 0,
      flush: async (items) => {
        if (items.includes(1)) throw new LogUnavailableError("away");
        return "done";
      },
    });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => batcher.add(item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
    expect(batcher.pending).toBe(0);
  });

  it("flushes one at a time, and lets the next batch grow meanwhile instead of sending crumbs", async () => {
    const { flushed, release, flush } = gate();
    const batcher = new Batcher<number, number>({ maxItems: 10, maxDelayMs: 1, flush });
    void batcher.add(1);
    await sleep(10);
    expect(flushed).toEqual([[1]]);
    for (const item of [2, 3, 4]) {
      void batcher.add(item);
      await sleep(5);
    }
    expect(flushed).toEqual([[1]]);
    release();
    await sleep(1);
    expect(flushed).toEqual([[1], [2, 3, 4]]);
    release();
    await batcher.drain();
    expect(batcher.pending).toBe(0);
  });

  it("refuses more than may be pending", async () => {
    const { release, flush } = gate();
    const batcher = new Batcher<number, number>({ maxItems: 2, maxPendingItems: 3, maxDelayMs: 1, flush });
    for (const item of [1, 2, 3]) void batcher.add(item);
    expect(() => batcher.add(4)).toThrow(QueueFullError);
    release();
    await sleep(10);
    void batcher.add(5);
    expect(batcher.pending).toBe(2);
    const drained = batcher.drain();
    release();
    await sleep(1);
    release();
    await drained;
  });

  it("on close flushes what there is and takes no more", async () => {
    const flushed: (readonly number[])[] = [];
    const batcher = new Batcher<number>({
      maxItems: 100,
      maxDelayMs: 60_000,
      flush: async (items) => void flushed.push(items),
    });
    const promise = batcher.add(1);
    await batcher.close();
    await promise;
    expect(flushed).toEqual([[1]]);
    expect(() => batcher.add(2)).toThrow(QueueClosedError);
  });
});
