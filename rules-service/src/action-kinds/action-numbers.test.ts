import { describe, expect, it } from "vitest";
import { actionNumbers } from "./action-numbers.ts";
import { normaliseAction, type ActionDefinition } from "./kinds.ts";

function numbersOf(...actions: ActionDefinition[]): readonly number[] {
  return actionNumbers(actions.map(normaliseAction));
}

const open: ActionDefinition = { command: { name: "open" } };
const shut: ActionDefinition = { command: { name: "shut", params: { valve: 1, fast: true } } };
const mail: ActionDefinition = { email: { to: ["ops@example.org"] }, on: ["raised", "cleared"] };

describe("what an action is called in ids", () => {
  it("comes from what it does and answers, not from where it stands or what stands beside it", () => {
    const [a, b] = numbersOf(open, mail);
    expect(numbersOf(mail, open)).toEqual([b, a]);
    expect(numbersOf(shut, open, shut, mail)).toEqual([expect.any(Number), a, expect.any(Number), b]);
    expect(numbersOf({ ...open, on: ["cleared"] })).not.toEqual([a]);
  });

  it("is the same for another way to write it, and for another pace", () => {
    const same: ActionDefinition = { command: { name: "shut", params: { fast: true, valve: 1 }, ttl: "60s" } };
    expect(numbersOf(same)).toEqual(numbersOf(shut));
    expect(numbersOf({ ...shut, repeat: "5m" })).toEqual(numbersOf(shut));
  });

  it("tells those apart that do just the same, in whichever order they stand", () => {
    const [first, second] = numbersOf(shut, shut);
    expect(first).not.toBe(second);
    const often: ActionDefinition = { ...shut, repeat: "5m" };
    expect(numbersOf(often, shut)).toEqual([...numbersOf(shut, often)].toReversed());
  });

  it("is for ever", () => {
    expect(numbersOf(open, shut, mail, { webhook: { urlSecret: "ops" } })).toEqual([
      2301030185, 3072236723, 2457774506, 3016682883,
    ]);
  });

  it("is its place where a revision of 0.1 has it, which no content gives", () => {
    expect(actionNumbers([open, shut].map(normaliseAction), true)).toEqual([0, 1]);
    for (const number of numbersOf(open, shut, mail)) expect(number).toBeGreaterThanOrEqual(16);
  });
});
