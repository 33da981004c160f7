import { afterEach, expect, it } from "vitest";
import { EvaluationThreads } from "./evaluation-threads.ts";

let threads: EvaluationThreads;
afterEach(() => threads.close());

it("gives a thread that has done its work to the next backtest", async () => {
  threads = new EvaluationThreads(1);
  const first = threads.take();
  await first.send({ kind: "finish" });
  await first.settled();
  await threads.giveBack(first);
  const second = threads.take();
  expect(second).toBe(first);
  let answers = 0;
  second.onAnswer = () => Promise.resolve(void (answers += 1));
  await second.send({ kind: "finish" });
  await second.settled();
  expect(answers).toBe(1);
  await threads.giveBack(second);
});

it("ends what is more than it keeps, and what has ended by itself", async () => {
  threads = new EvaluationThreads(1);
  const [first, second] = [threads.take(), threads.take()];
  await threads.giveBack(first);
  await threads.giveBack(second);
  expect(second.hasFailed).toBe(true);
  await first.close();
  const third = threads.take();
  expect(third).not.toBe(first);
  await threads.close();
  await threads.giveBack(third);
  expect(third.hasFailed).toBe(true);
});
