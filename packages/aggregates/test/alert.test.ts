import { alertTransition as kind, type AlertInput } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { maxEvidence } from "../src/index.ts";
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
});
