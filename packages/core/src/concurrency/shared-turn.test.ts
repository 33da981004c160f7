import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { sharedTurn } from "./shared-turn.ts";

it("lets one of many works go on in a turn of the event loop", async () => {
  let slices = 0;
  const slicesByTurn: number[] = [];
  const work = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      await sharedTurn();
      slices += 1;
    }
  };
  let isDone = false;
  const works = Promise.all([work(), work(), work(), work()]).then(() => (isDone = true));
  while (!isDone) {
    const before = slices;
    await turn();
    slicesByTurn.push(slices - before);
  }
  await works;
  expect(slices).toBe(20);
  expect(Math.max(...slicesByTurn)).toBe(1);
});

it("lets those who wait go on one after the other, and works again afterwards", async () => {
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((each) => sharedTurn().then(() => order.push(each))));
  await sharedTurn();
  expect(order).toEqual([1, 2, 3]);
});
