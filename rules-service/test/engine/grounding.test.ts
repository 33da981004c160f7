import { expect, it } from "vitest";
import { taken } from "./harness.ts";
import { Partition } from "./partition.ts";

const hot = { above: 80 };

/** The ids of alerts after something has happened to one that was open, and its condition has long been clear. */
function idsAfter(happen: (p: Partition, alertId: string) => void, isWritten: boolean): unknown[] {
  const p = new Partition();
  p.rule(hot);
  p.read(1, 81);
  happen(p, p.alerts()[0]!.alertId!);
  p.read(2, 10);
  p.read(20, 10);
  p.alerts();
  if (isWritten) taken(p.engine, false);
  p.read(21, 81);
  return p.alerts().map(({ alertId }) => alertId);
}

it.each(
  Object.entries({
    "nobody did anything": () => {},
    "somebody cleared it": (p: Partition, alertId: string) => p.hand(alertId, 1.5),
    "another revision went on with it": (p: Partition) => void p.rule({ above: 70 }, {}, "live", 2),
    "the rule went into the shadow": (p: Partition) => void p.rule(hot, {}, "shadow", 2),
  }),
)("the next alert has one id, whether or not the state was written while it was clear: %s", (_what, happen) => {
  const ids = idsAfter(happen, false);
  expect(ids).toHaveLength(1);
  expect(idsAfter(happen, true)).toEqual(ids);
});
