import { expect, it } from "vitest";
import { sampleOf, type Reading, type Sample } from "../readings/reading.ts";
import { compileCondition } from "./conditions.ts";
import type { Program } from "./program.ts";
import { isAlike } from "./shared-subject.ts";

const second = 1_000_000;

function sample(seconds: number, value: number): Sample {
  const time = seconds * second;
  const identity = { gateway: "g", epoch: 1, n: seconds, derivedBy: "" };
  const reading: Reading = {
    ...{ time, offset: seconds, index: 0, metric: "t", value, isBoolean: false },
    ...{ eventTime: time, receivedAt: time, logTime: time, ...identity },
  };
  return sampleOf([reading]);
}

function mean(above: number): Program {
  return compileCondition({ metric: "t", window: { over: "1m" }, aggregate: "mean", above }, 2);
}

it("is one for rules that compare the same with other thresholds, and so is the state of a device", () => {
  const [warm, hot] = [mean(60), mean(95)];
  const taken = [sample(1, 70), sample(2, 72), sample(70, 90)];
  const states = [warm, hot].map((each) => each.initial(undefined, undefined));
  for (const each of taken) {
    const next = [warm.step(states[0], each), hot.step(states[1], each)];
    expect(next[0]).toBe(next[1]);
    [states[0], states[1]] = next;
  }
  expect(warm.verdict(states[0])).not.toBe(hot.verdict(states[0]));
  const [elapsed, other] = [warm.elapse(states[0], 131 * second), hot.elapse(states[1], 131 * second)];
  expect(elapsed).toBe(other);
});

it("makes states one again that were read apart", () => {
  const [warm, hot] = [mean(60), mean(95)];
  const first = sample(1, 70);
  const state = warm.step(warm.initial(undefined, undefined), first);
  const next = sample(2, 72);
  expect(warm.step(structuredClone(state), next)).toBe(hot.step(structuredClone(state), next));
});

it("keeps states apart that differ", () => {
  const [warm, hot] = [mean(60), mean(95)];
  const state = warm.step(warm.initial(undefined, undefined), sample(1, 70));
  const next = sample(2, 72);
  const fresh = hot.initial(undefined, undefined);
  expect(warm.step(state, next)).not.toEqual(hot.step(fresh, next));
  expect(warm.step(state, next)).toEqual(warm.step(structuredClone(state), next));
});

it.each([
  [{}, []],
  [[], {}],
  [{ a: undefined }, { b: undefined }],
  [[{ a: 1 }], [{ a: 1, b: undefined }]],
  [[0], [-0]],
])("tells %j and %j apart, of whatever rules they are", (one, other) => {
  expect(isAlike(one, other)).toBe(false);
  expect(isAlike(one, structuredClone(one))).toBe(true);
});
