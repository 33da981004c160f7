import { expect, it } from "vitest";
import { AlikeStates } from "./alike-states.ts";
import { noEpisode, type FoldState } from "./episode-machine.ts";
import { footingAt } from "./footings.ts";
import type { InstanceFields } from "./instance.ts";

function state(value: number): FoldState {
  return { program: { closed: [], open: [1, 2, value], gateway: "g" }, episode: noEpisode };
}

/** As it is read of one rule. */
function read(values: readonly number[], ahead?: number): InstanceFields {
  const [base, ...history] = values.map((value, at) => footingAt({ time: at, offset: at, index: 0 }, state(value)));
  const last = history.at(-1)?.state ?? base!.state;
  const rest = { refused: [], from: 0, firedTo: 0, episodes: [], generation: 1, grounding: "", likeness: "rule" };
  return { ...rest, base: base!, history, state: ahead === undefined ? last : state(ahead) };
}

it("makes one of what two rules have alike", () => {
  const alike = new AlikeStates();
  const first = alike.share(read([1, 2, 3]));
  const second = alike.share(read([1, 2, 3]));
  expect(second.base).toBe(first.base);
  expect(second.history).toBe(first.history);
  // The clock has not gone ahead of its readings.
  expect(second.state).toBe(second.history.at(-1)!.state);
});

it("keeps what differs, and whether the clock has gone ahead", () => {
  const alike = new AlikeStates();
  const first = alike.share(read([1, 2], 9));
  const second = alike.share(read([1, 3], 9));
  expect(second.base).toBe(first.base);
  expect(second.history[0]!.state.program).toMatchObject({ open: [1, 2, 3] });
  expect(second.state).toBe(first.state);
  const third = alike.share(read([1, 3]));
  expect(third.state).toBe(third.history[0]!.state);
  expect(third.state).not.toBe(second.state);
});
