import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Occasion } from "../action-kinds/delivery.ts";
import type { GroupedAction } from "../actions/grouped-actions.ts";
import { contentOf, digestOf, messageIdOf } from "./group-digest.ts";

const action = (id: string, more: Partial<GroupedAction> = {}): GroupedAction => ({
  ...{ id, alert: id, trigger: "raised", severity: "warning", at: 1, deadline: 100 },
  ...more,
});
const occasion = (id: string, text = ""): Occasion => ({ alert: id, comment: text }) as Occasion;

const actions = fc.array(
  fc.record({
    alert: fc.constantFrom("a", "b", "c", "d"),
    trigger: fc.constantFrom("raised", "escalated", "cleared", "retracted"),
    severity: fc.constantFrom("info", "warning", "critical", "unheard"),
    at: fc.nat(50),
    deadline: fc.nat(100),
  }),
  { minLength: 1, maxLength: 200 },
);

describe("a message of a group", () => {
  it("every action is told or left out with a reason, and every alert of those told is counted once", () => {
    fc.assert(
      fc.property(actions, fc.nat(100), fc.subarray(["a", "b", "c", "d"]), (made, now, over) => {
        const waiting = made.map((each, index) => action(String(index), each));
        const { told, withdrawn } = contentOf(waiting, now, (alert) => over.includes(alert));
        const ids = [...told.map(({ id }) => id), ...withdrawn.map((each) => each.action)];
        expect(ids.toSorted()).toEqual(waiting.map(({ id }) => id).toSorted());
        expect(told.some(({ alert, deadline }) => over.includes(alert) || deadline <= now)).toBe(false);
        const digest = digestOf({}, told, (id) => occasion(id));
        expect(digest.count).toBe(new Set(told.map(({ alert }) => alert)).size);
        expect(digest.named).toHaveLength(digest.count);
        // Of each alert its last word.
        for (const { alert: id } of digest.named) {
          const own = told.find((each) => each.id === id)!;
          expect(told.findLast(({ alert }) => alert === own.alert)).toBe(own);
        }
      }),
    );
  });

  it("names the gravest first, and what is over last", () => {
    const told = [
      action("over", { trigger: "cleared", severity: "critical" }),
      action("mild", { severity: "info" }),
      action("later", { severity: "critical", at: 5 }),
      action("sooner", { severity: "critical", at: 3 }),
    ];
    const { named, severity, ended, at } = digestOf({}, told, (id) => occasion(id));
    expect(named.map(({ alert }) => alert)).toEqual(["sooner", "later", "mild", "over"]);
    expect({ severity, ended, at }).toEqual({ severity: "critical", ended: 1, at: 5 });
  });

  it("has the severity of the gravest that ended where all have", () => {
    const told = [
      action("mild", { trigger: "cleared", severity: "info", at: 9 }),
      action("grave", { trigger: "retracted", severity: "critical" }),
    ];
    const { severity, ended, count } = digestOf({}, told, (id) => occasion(id));
    expect({ severity, ended, count }).toEqual({ severity: "critical", ended: 2, count: 2 });
    expect(digestOf({}, [], () => undefined).severity).toBe("");
  });

  it("says so much and no more, whatever is said of each", () => {
    const told = Array.from({ length: 40 }, (_, index) => action(String(index)));
    const { named, count } = digestOf({}, told, (id) => occasion(id, "x".repeat(50_000)));
    expect(count).toBe(40);
    expect(named.length).toBeGreaterThan(0);
    expect(JSON.stringify(named).length).toBeLessThan(250_000);
  });

  it("has an id of its content alone", () => {
    const told = [action("1"), action("2")];
    const id = messageIdOf("k", { told, withdrawn: [] });
    expect(messageIdOf("k", { told: structuredClone(told), withdrawn: [] })).toBe(id);
    expect(messageIdOf("k", { told: told.slice(1), withdrawn: [] })).not.toBe(id);
    expect(messageIdOf("other", { told, withdrawn: [] })).not.toBe(id);
  });
});
