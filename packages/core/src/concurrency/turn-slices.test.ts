import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { TurnSlices } from "./turn-slices.ts";

/** Works that take so long, as the processor has it (milliseconds). */
function spend(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it("lets works go on in one turn until its time is spent, and the others in later ones, in their order", async () => {
  const slices = new TurnSlices();
  const done: number[] = [];
  for (let work = 0; work < 20; work += 1) {
    slices.later(() => {
      spend(4);
      done.push(work);
    });
  }
  const byTurn: number[] = [];
  while (done.length < 20) {
    const before = done.length;
    await turn();
    byTurn.push(done.length - before);
  }
  expect(done).toEqual(Array.from({ length: 20 }, (_, index) => index));
  // Each takes 4 ms of 10: the third begins before they are over.
  expect(Math.max(...byTurn)).toBeLessThanOrEqual(3);
});

it("what follows from a work by promises counts as part of it", async () => {
  const slices = new TurnSlices();
  let done = 0;
  const work = async (): Promise<void> => {
    await slices.next();
    await Promise.resolve();
    await Promise.resolve();
    spend(4);
    done += 1;
  };
  const works = Promise.all(Array.from({ length: 12 }, work));
  const byTurn: number[] = [];
  while (done < 12) {
    const before = done;
    await turn();
    byTurn.push(done - before);
  }
  await works;
  expect(Math.max(...byTurn)).toBeLessThanOrEqual(3);
});

it("has time for works until a turn is spent, and again in the next one", async () => {
  const slices = new TurnSlices();
  expect(slices.hasTime).toBe(true);
  spend(11);
  expect(slices.hasTime).toBe(false);
  await slices.next();
  await turn();
  expect(slices.hasTime).toBe(true);
});

it("has no time for a work while others wait", async () => {
  const slices = new TurnSlices();
  slices.later(() => {});
  expect(slices.hasTime).toBe(false);
  await slices.next();
  await turn();
  expect(slices.hasTime).toBe(true);
});

it("runs a work at once while there is time, and behind those that wait after it", async () => {
  const slices = new TurnSlices();
  const done: string[] = [];
  slices.run(() => {
    spend(11);
    done.push("first");
  });
  slices.run(() => done.push("second"));
  slices.run(() => done.push("third"));
  expect(done).toEqual(["first"]);
  await slices.next();
  expect(done).toEqual(["first", "second", "third"]);
});
