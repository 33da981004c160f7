import { expect, it } from "vitest";
import { inSlices } from "./in-slices.ts";

/** Holds the event loop for so long. */
function busy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

it("does all of it, in several turns, and says so once", async () => {
  let [steps, turns, isOver] = [0, 0, false];
  const counting = (): void => {
    turns += 1;
    if (!isOver) setTimeout(counting);
  };
  setTimeout(counting);
  await new Promise<void>((done) => {
    inSlices(
      () => {
        busy(0.2);
        steps += 1;
        return steps < 400;
      },
      () => {
        isOver = true;
        done();
      },
    );
  });
  expect(steps).toBe(400);
  expect(turns).toBeGreaterThan(3);
});

it("is over at once where there is nothing to do, and does nothing after it was ended", async () => {
  await new Promise<void>((done) => inSlices(() => false, done));
  let steps = 0;
  const end = inSlices(
    () => (steps += 1) < 1_000_000,
    () => {},
  );
  end();
  await new Promise((resume) => setTimeout(resume, 20));
  expect(steps).toBe(0);
});
