import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QueueClosedError } from "../errors.ts";
import { BoundedQueue } from "./index.ts";

const bytesOf = (item: string): number => item.length;

describe("BoundedQueue", () => {
  it("refuses by count and by bytes", () => {
    const queue = new BoundedQueue<string>({ maxItems: 3, maxBytes: 5, sizeOf: bytesOf });
    expect([queue.tryPush("aa"), queue.tryPush("bb"), queue.tryPush("cc"), queue.tryPush("d")]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(queue.tryPush("")).toBe(false);
    expect([queue.length, queue.bytes]).toEqual([3, 5]);
    expect(queue.take(2)).toEqual(["aa", "bb"]);
    expect(queue.bytes).toBe(1);
  });

  it("takes an item that is too large for it when it is empty, since it would wait for ever otherwise", () => {
    const queue = new BoundedQueue<string>({ maxItems: 3, maxBytes: 5, sizeOf: bytesOf });
    expect(queue.tryPush("much too large")).toBe(true);
    expect(queue.tryPush("a")).toBe(false);
  });

  it("lets producers wait, in their order, and nobody overtake them", async () => {
    const queue = new BoundedQueue<number>({ maxItems: 1 });
    const entered: number[] = [];
    const pushes = [1, 2, 3].map((item) => queue.push(item).then(() => entered.push(item)));
    expect(queue.waiting).toBe(2);
    expect(queue.take()).toEqual([1]);
    expect(queue.tryPush(9)).toBe(false);
    expect(queue.take()).toEqual([2]);
    expect(queue.take()).toEqual([3]);
    await Promise.all(pushes);
    expect(entered).toEqual([1, 2, 3]);
  });

  it("forgets a producer that gives up, and lets the next in", async () => {
    const queue = new BoundedQueue<string>({ maxItems: 9, maxBytes: 4, sizeOf: bytesOf });
    await queue.push("aaa");
    const giveUp = new AbortController();
    const large = queue.push("bbb", giveUp.signal);
    const small = queue.push("c");
    giveUp.abort(new QueueClosedError("given up"));
    await expect(large).rejects.toThrow("given up");
    await small;
    expect(queue.take()).toEqual(["aaa", "c"]);
  });

  it("lets its consumer wait, and wakes it", async () => {
    const queue = new BoundedQueue<number>({ maxItems: 5 });
    const pulled = queue.pull(10);
    queue.tryPush(1);
    queue.tryPush(2);
    expect(await pulled).toEqual([1, 2]);
    const giveUp = new AbortController();
    const waiting = queue.pull(1, giveUp.signal);
    giveUp.abort(new QueueClosedError("given up"));
    await expect(waiting).rejects.toThrow("given up");
    queue.tryPush(3);
    expect(await queue.pull()).toEqual([3]);
  });

  it("once closed takes nothing, gives what it has, then nothing", async () => {
    const queue = new BoundedQueue<number>({ maxItems: 1 });
    await queue.push(1);
    const waiting = queue.push(2);
    queue.close();
    await expect(waiting).rejects.toThrow(QueueClosedError);
    await expect(queue.push(3)).rejects.toThrow(QueueClosedError);
    expect(queue.tryPush(4)).toBe(false);
    expect(await queue.pull()).toEqual([1]);
    expect(await queue.pull()).toEqual([]);
  });

  it("hands over everything once and in order, never holding more than it may", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 6 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (items, maxItems, portion) => {
          const queue = new BoundedQueue<string>({ maxItems, maxBytes: 8, sizeOf: bytesOf });
          const producing = (async () => {
            for (const item of items) await queue.push(item);
            queue.close();
          })();
          const got: string[] = [];
          for (;;) {
            expect(queue.length).toBeLessThanOrEqual(maxItems);
            expect(queue.bytes).toBeLessThanOrEqual(8);
            const taken = await queue.pull(portion);
            if (taken.length === 0) break;
            got.push(...taken);
          }
          await producing;
          expect(got).toEqual(items);
          expect(queue.bytes).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });
});
