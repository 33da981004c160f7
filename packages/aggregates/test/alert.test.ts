import { alertTransition as kind, type AlertInput } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { maxComments, maxEvidence } from "../src/index.ts";
import { alertAfter, second, start } from "./given.ts";

const raised: AlertInput = {
  transition: 1,
  kind: kind.raised,
  severity: "warning",
  at: start,
  raisedAt: start,
  metric: "temperature",
  value: 82,
  threshold: 80,
  cause: "condition",
  evidence: [{ gateway: "g", epoch: 1, partition: 0, n: 7, offset: 70, role: "armed", value: 82 }],
};
const acknowledged: AlertInput = {
  kind: kind.acknowledged,
  at: start + 2 * second,
  by: "ann",
  writeId: "h1",
  comment: "on it",
};
const clearedByHand: AlertInput = {
  kind: kind.cleared,
  at: start + 3 * second,
  by: "ann",
  cause: "hand",
  writeId: "h2",
};
const cleared: AlertInput = { transition: 2, kind: kind.cleared, at: start + 9 * second, cause: "condition" };

describe("an alert", () => {
  it("is raised with what raised it", () => {
    expect(alertAfter(raised)).toMatchObject({
      id: "a1",
      rule: "hot",
      revision: 2,
      device: "d1",
      state: "active",
      severity: "warning",
      metric: "temperature",
      value: 82,
      threshold: 80,
      raisedAt: start,
      clearedCause: "",
      amended: false,
      lastTransition: 1,
      evidence: [{ n: 7, role: "armed" }],
    });
  });

  it("escalates and clears", () => {
    const escalated: AlertInput = {
      transition: 2,
      kind: kind.escalated,
      severity: "critical",
      value: 95,
      threshold: 90,
      at: start + second,
    };
    expect(alertAfter(raised, escalated)).toMatchObject({
      severity: "critical",
      value: 95,
      threshold: 90,
      raisedAt: start,
    });
    expect(alertAfter(raised, escalated, { ...cleared, transition: 3 })).toMatchObject({
      state: "cleared",
      severity: "critical",
      clearedAt: start + 9 * second,
      clearedCause: "condition",
      lastTransition: 3,
    });
  });

  it("counts a transition of the engine once, however often it is written", () => {
    expect(alertAfter(raised, cleared, raised, cleared, raised)).toEqual(alertAfter(raised, cleared));
  });

  it("counts what was done by hand once by its write id", () => {
    const once = alertAfter(raised, acknowledged);
    expect(alertAfter(raised, acknowledged, acknowledged)).toEqual(once);
    expect(once).toMatchObject({ state: "acknowledged", acknowledgedBy: "ann", comment: "on it", lastTransition: 1 });
  });

  it("is acknowledged by the first who does, even after it cleared", () => {
    const other = { ...acknowledged, by: "bob", writeId: "h9", at: start + 5 * second };
    expect(alertAfter(raised, acknowledged, other)?.acknowledgedBy).toBe("ann");
    expect(alertAfter(raised, cleared, acknowledged)).toMatchObject({ state: "cleared", acknowledgedBy: "ann" });
  });

  it("is cleared by whoever came first in the log", () => {
    expect(alertAfter(raised, clearedByHand, cleared)).toMatchObject({
      clearedCause: "hand",
      clearedBy: "ann",
      clearedAt: start + 3 * second,
      lastTransition: 2,
    });
    expect(alertAfter(raised, cleared, clearedByHand)?.clearedCause).toBe("condition");
  });

  it("is amended by late data: its raise moves, it is retracted, or it holds after all", () => {
    const amended: AlertInput = { transition: 3, kind: kind.amended, amended: true, at: start + 20 * second };
    expect(alertAfter(raised, { ...amended, transition: 2, raisedAt: start - second })).toMatchObject({
      state: "active",
      raisedAt: start - second,
      amended: true,
      severity: "warning",
      value: 82,
    });
    expect(alertAfter(raised, { ...amended, transition: 2, cause: "retracted" })).toMatchObject({
      state: "cleared",
      clearedCause: "retracted",
    });
    const reopened = alertAfter(raised, acknowledged, cleared, amended);
    expect(reopened).toMatchObject({ state: "acknowledged", clearedCause: "" });
    expect(reopened).not.toHaveProperty("clearedAt");
    expect(alertAfter(raised, clearedByHand, { ...amended, transition: 2 })).toMatchObject({
      state: "cleared",
      clearedCause: "hand",
    });
  });

  it("stays as a hand left it, whatever the engine writes that has not heard of it yet", () => {
    const late: AlertInput = { amended: true, at: start + 20 * second };
    const retracted = { ...late, transition: 2, kind: kind.cleared, cause: "retracted" };
    const ended = { state: "cleared", clearedCause: "hand", clearedAt: start + 3 * second };
    expect(alertAfter(raised, clearedByHand, retracted)).toMatchObject(ended);
    expect(alertAfter(raised, clearedByHand, retracted, { ...late, transition: 3, kind: kind.raised })).toMatchObject({
      ...ended,
      lastTransition: 3,
    });
    const reopened = { ...late, transition: 3, kind: kind.amended };
    expect(alertAfter(raised, cleared, clearedByHand, reopened)).toMatchObject({
      state: "cleared",
      clearedCause: "condition",
      lastTransition: 3,
    });
  });

  it("leaves the shadow when its rule does", () => {
    const live = { ...raised, transition: 2, shadow: false };
    expect(alertAfter({ ...raised, shadow: true }, live)).toMatchObject({ shadow: false, state: "active" });
  });

  it("is unknown while only hands have touched it", () => {
    expect(alertAfter(acknowledged)).toBeUndefined();
  });

  it("passes over a kind that it does not know, and what is written of it for another device", () => {
    const present = alertAfter(raised);
    expect(alertAfter(raised, { transition: 2, kind: 99 as never })).toEqual(present);
    expect(alertAfter({ transition: 1, kind: 99 as never })).toBeUndefined();
    expect(alertAfter(raised, { ...cleared, device: "d2" })).toEqual(present);
  });

  it("keeps a bounded amount of evidence", () => {
    const many = Array.from({ length: 100 }, (_, n) => ({ ...raised, transition: n + 1 }));
    expect(alertAfter(...many)?.evidence).toHaveLength(maxEvidence);
  });

  it("shows a text as its value, and one of 0.1, which has none, as the number that it was", () => {
    const text: AlertInput = { ...raised, metric: "door", value: 0, text: "open", threshold: 0 };
    expect(alertAfter(text)?.value).toBe("open");
    expect(alertAfter({ ...text, text: "" })?.value).toBe("");
    expect(alertAfter({ ...raised, value: 0 })?.value).toBe(0);
    expect(alertAfter(text, { ...text, transition: 2, kind: kind.amended, text: "ajar" })?.value).toBe("ajar");
  });

  it("is somebody's until somebody says otherwise", () => {
    const toBob: AlertInput = { kind: kind.assigned, at: start + 1, by: "ann", assignee: "bob", writeId: "h3" };
    expect(alertAfter(raised, toBob)).toMatchObject({ assignee: "bob", assignedBy: "ann", assignedAt: start + 1 });
    const nobody = alertAfter(raised, toBob, { ...toBob, at: start + 2, by: "bob", assignee: "", writeId: "h4" });
    expect(nobody).toMatchObject({ assignedBy: "bob", assignedAt: start + 2 });
    expect(nobody).not.toHaveProperty("assignee");
  });

  it("keeps what people say with whatever they do, each once", () => {
    const comment: AlertInput = {
      kind: kind.commented,
      at: start + 1,
      by: "bob",
      comment: "a loose wire",
      writeId: "h3",
    };
    const alert = alertAfter(raised, acknowledged, comment, comment, { ...clearedByHand, comment: "fixed" });
    expect(alert?.comments).toEqual([
      { at: start + 2 * second, by: "ann", text: "on it" },
      { at: start + 1, by: "bob", text: "a loose wire" },
      { at: start + 3 * second, by: "ann", text: "fixed" },
    ]);
    const many = Array.from({ length: maxComments + 5 }, (_, n) => ({ ...comment, comment: `${n}`, writeId: `w${n}` }));
    expect(alertAfter(raised, ...many)?.comments.map(({ text }) => text)).toEqual(
      many.slice(5).map(({ comment: text }) => text),
    );
  });

  it("is snoozed until its time has come, or somebody ends it", () => {
    const snoozed: AlertInput = {
      ...{ kind: kind.snoozed, at: start + 1, by: "ann", snoozedUntil: start + 60 * second, writeId: "h3" },
    };
    const muted: AlertInput = { transition: 2, kind: kind.muted, at: start + 1, mutedBy: ["snooze"] };
    const over: AlertInput = { transition: 3, kind: kind.unmuted, at: start + 60 * second };
    const snooze = { until: start + 60 * second, at: start + 1, by: "ann" };
    expect(alertAfter(raised, snoozed)).toMatchObject({ snooze, mutedBy: [] });
    expect(alertAfter(raised, snoozed, muted)).toMatchObject({ state: "active", snooze, mutedBy: ["snooze"] });
    const awake = alertAfter(raised, snoozed, muted, over);
    expect(awake?.mutedBy).toEqual([]);
    expect(awake).not.toHaveProperty("snooze");
    // A window that ends before the snooze is in effect says nothing of it.
    expect(alertAfter(raised, snoozed, { ...over, at: start + 2 })).toHaveProperty("snooze");
    expect(alertAfter(raised, snoozed, { ...snoozed, snoozedUntil: 0, writeId: "h4" })).not.toHaveProperty("snooze");
    expect(alertAfter(raised, snoozed, muted, { ...cleared, transition: 3, mutedBy: ["snooze"] })?.mutedBy).toEqual([]);
  });

  it("is marked while flapping holds it open", () => {
    const flaps: AlertInput = { transition: 2, kind: kind.flapping, at: start + 1, flapping: true };
    expect(alertAfter(raised, flaps)).toMatchObject({ state: "active", flapping: true });
    expect(alertAfter(raised, flaps, { ...flaps, transition: 3, flapping: false })?.flapping).toBe(false);
    expect(alertAfter(raised, flaps, { ...cleared, transition: 3, flapping: true })?.flapping).toBe(false);
  });
});
