import { describe, expect, it } from "vitest";
import { alertTransition, events, type AlertEvent, type AlertInput } from "@headwater/proto";
import { triggersOf } from "./occasions.ts";

type Step = [kind: keyof typeof alertTransition, more?: AlertInput];

function after(...steps: readonly Step[]): readonly string[] {
  const history = steps.map(([kind, more], index): AlertEvent => {
    const event = { alertId: "a", transition: index + 1, device: "d", kind: alertTransition[kind], ...more };
    return events.alert.decode(events.alert.encode(event));
  });
  return triggersOf(history);
}

const muted = { mutedBy: ["maintenance/m"] };

describe("what a transition sets off", () => {
  it.each([
    ["a raise", [["raised"]], ["raised"]],
    ["a raise of a rule in shadow", [["raised", { shadow: true }]], []],
    ["a raise that late data found, over by now", [["raised", { amended: true }]], []],
    [
      "its end",
      [
        ["raised", { amended: true }],
        ["cleared", { amended: true }],
      ],
      [],
    ],
    ["a graver severity", [["raised"], ["escalated"]], ["escalated"]],
    ["a graver severity by late data", [["raised"], ["escalated", { amended: true }]], []],
    ["a milder severity", [["raised"], ["deescalated"]], ["deescalated"]],
    ["an acknowledgement", [["raised"], ["acknowledged", { transition: 0 }]], ["acknowledged"]],
    ["an acknowledgement of what is over", [["raised"], ["cleared"], ["acknowledged", { transition: 0 }]], []],
    [
      "an acknowledgement of what was held back then",
      [["raised", muted], ["unmuted"], ["acknowledged", { transition: 0, seen: 1 }]],
      [],
    ],
    [
      "an acknowledgement of what was held back before",
      [["raised", muted], ["unmuted"], ["acknowledged", { transition: 0, seen: 2 }]],
      ["acknowledged"],
    ],
    [
      "the end of a mute, told before the engine heard of the end by hand",
      [
        ["raised", muted],
        ["cleared", { transition: 0, cause: "hand", seen: 1 }],
        ["unmuted", { transition: 2 }],
      ],
      [],
    ],
    ["an end by its condition", [["raised"], ["cleared", { cause: "condition" }]], ["cleared"]],
    ["an end by late data", [["raised"], ["cleared", { cause: "condition", amended: true }]], ["cleared"]],
    ["an end by an amendment", [["raised"], ["amended", { clearedAt: 5, amended: true }]], ["cleared"]],
    ["an amendment of what is open", [["raised"], ["amended", { amended: true }]], []],
    ["an end by hand", [["raised"], ["cleared", { cause: "hand", transition: 0 }]], ["cleared"]],
    ["an end by its rule", [["raised"], ["cleared", { cause: "rule-deleted" }]], ["cleared"]],
    ["an end after the one by hand", [["raised"], ["cleared", { cause: "hand" }], ["cleared"]], []],
    ["a retraction", [["raised"], ["cleared", { cause: "retracted", amended: true }]], ["retracted", "cleared"]],
    [
      "a retraction of what was over",
      [["raised"], ["cleared"], ["cleared", { cause: "retracted", amended: true }]],
      ["retracted"],
    ],
    [
      "a second retraction",
      [
        ["raised"],
        ["cleared", { cause: "retracted", amended: true }],
        ["raised", { amended: true }],
        ["cleared", { cause: "retracted", amended: true }],
      ],
      [],
    ],
  ] as [string, Step[], string[]][])("%s", (_name, steps, expected) => {
    expect(after(...steps)).toEqual(expected);
  });
});
