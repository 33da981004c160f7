import { expect, it } from "vitest";
import { whyText } from "./why-text.ts";

const at = "2026-11-27T09:00:00.000000Z";

it("names no metric where any would do", () => {
  const alert = {
    ...{ id: "a", rule: "silent", revision: 1, device: "d", state: "active", severity: "warning", metric: "" },
    ...{ value: 0, threshold: 0, raisedAt: at, comments: [], mutedBy: [], flapping: false, amended: false },
    shadow: false,
  };
  const position = { topic: "telemetry.v1", partition: 0, offset: 7 };
  const identity = { gateway: "g", epoch: 1, partition: 0, n: 3 };
  const record = { device: "d", appendedAt: at, receivedAt: at, eventTime: at, readings: [{ metric: "t", value: 1 }] };
  const held = { role: "held", metric: "*", value: 0, eventTime: at, identity, position, record };
  const transition = {
    ...{ transition: 1, kind: "raised", at, severity: "warning", metric: "", value: 0, threshold: 0, amended: false },
    ...{ cause: "condition", by: "", comment: "", assignee: "", mutedBy: [], flapping: false },
    ...{ position: "alerts.v1/0/1", evidence: [held] },
  };
  const rule = { id: "silent", revision: null };
  const lines = whyText({ alert, rule, transitions: [transition] }).split("\n");
  expect(lines.at(-1)).toBe(`  It held since what came at ${at} (received ${at}, written ${at} as telemetry.v1/0/7).`);
  const own = { ...held, record: { ...record, readings: [{ metric: "*", value: 4 }] } };
  const named = whyText({ alert, rule, transitions: [{ ...transition, evidence: [own] }] });
  expect(named).toContain(`  It held since * = 4 of ${at} (`);
});
