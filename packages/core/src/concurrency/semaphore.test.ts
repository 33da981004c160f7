import { expect, it } from "vitest";
import { Semaphore } from "./semaphore.ts";

it("no more at a time than that, in their order; those for whom there is no room are told so", async () => {
  const semaphore = new Semaphore(2, 3);
  let running = 0;
  let most = 0;
  const began: number[] = [];
  const releases: (() => void)[] = [];
  const outcomes = Array.from({ length: 7 }, (_, i) =>
    semaphore.run(async () => {
      began.push(i);
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => releases.push(resolve));
      running -= 1;
      if (i === 1) throw new RangeError("it failed");
      return i;
    }),
  );
  const settled = Promise.allSettled(outcomes);
  while (began.length < 5 || releases.length > 0) {
    releases.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await settled).map((each) => (each.status === "fulfilled" ? each.value : "failed"))).toEqual([
    0,
    "failed",
    2,
    3,
    4,
    undefined,
    undefined,
  ]);
  expect([most, began]).toEqual([2, [0, 1, 2, 3, 4]]);
});
