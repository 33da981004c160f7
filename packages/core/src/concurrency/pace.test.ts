import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

/** Works that takes so long, as the processor has it (milliseconds). */
function spend(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** How many steps there were in each turn until all works were done. */
async function stepsByTurn(works: readonly Promise<void>[], done: () => number): Promise<number[]> {
  let isOver = false;
  void Promise.all(works).then(() => (isOver = true));
  const byTurn = [done()];
  while (!isOver) {
    const before = done();
    await turn();
    byTurn.push(done() - before);
  }
  return byTurn;
}

it("works that begin in one turn have its time together", async () => {
  let done = 0;
  const work = async (): Promise<void> => {
    const pace = new Pace();
    for (let step = 0; step < 3; step++) {
      if (pace.isDue) await pace.rest();
      spend(4);
      done += 1;
    }
  };
  const byTurn = await stepsByTurn(
    Array.from({ length: 12 }, () => work()),
    () => done,
  );
  expect(done).toBe(36);
  // Each takes 4 ms of 10: the third begins before they are over.
  expect(Math.max(...byTurn)).toBeLessThanOrEqual(3);
});
