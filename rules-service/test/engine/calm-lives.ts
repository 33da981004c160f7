import fc from "fast-check";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { conditions, ruleWith } from "./definitions.ts";
import { steps, type Step } from "./histories.ts";

/** Readings of a device one after the other, most of them of one value, with marks among them. */
const run: fc.Arbitrary<Step[]> = fc
  .record({
    gateway: fc.constantFrom(0, 0, 0, 1),
    device: fc.constantFrom(0, 0, 0, 1),
    value: fc.nat({ max: 6 }),
    others: fc.array(fc.nat({ max: 6 }), { maxLength: 3 }),
    count: fc.integer({ min: 3, max: 40 }),
    seconds: fc.constantFrom(0.25, 1, 1, 2, 5),
    marks: fc.constantFrom(1, 3, 10),
    behind: fc.constantFrom<readonly number[]>([0], [0], [0], [0, 1], [0, 0, 0, 2], [3, 0, 0]),
    alsoU: fc.boolean(),
  })
  .map(({ gateway, device, value, others, count, seconds, marks, behind, alsoU }) => {
    const life: Step[] = [];
    for (let each = 0; each < count; each++) {
      const t = each % 4 === 3 ? (others[(each >> 2) % Math.max(1, others.length)] ?? value) : value;
      life.push({ kind: "pass", seconds });
      const values = [alsoU ? { t, u: value } : { t }];
      life.push({ kind: "readings", gateway, device, behind: behind[each % behind.length]!, kept: 0, values });
      if (each % marks === 0) life.push({ kind: "mark", gateway, kept: 0 });
    }
    return life;
  });

/** Long runs in which little changes, and now and then anything at all. */
export function calmLife(runs = 4): fc.Arbitrary<Step[]> {
  return fc
    .array(fc.oneof({ weight: 2, arbitrary: run }, { weight: 1, arbitrary: steps(6) }), {
      minLength: 1,
      maxLength: runs,
    })
    .map((parts) => parts.flat());
}

const near = [
  { above: 3 },
  { below: 3 },
  { between: [2, 4] },
  { outside: [1, 5], clearWithin: [2, 3] },
  { above: { info: 2, warning: 3.5, critical: 5 }, clearBelow: 1.5 },
];
const sums = [{ above: 9 }, { below: 20 }, { between: [10, 60] }, { above: { info: 12, critical: 48 }, clearBelow: 6 }];
const counts = [{ above: 2 }, { below: 3 }, { above: 11 }, { between: [4, 9] }];

/** A window that most readings change nothing of, compared with what it is about. */
const window: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.constantFrom({ over: "3s" }, { over: "10s" }, { over: "30s" }, { over: "2m" }, { over: "10s", every: "5s" }),
    fc.constantFrom("mean", "mean", "min", "max", "sum", "count"),
    fc.nat(),
    fc.constantFrom(
      {},
      {},
      {},
      {},
      { where: { above: 2 } },
      { for: "3s" },
      { for: "1s" },
      { times: 2 },
      { clearFor: "2s" },
      { noData: "clear" },
    ),
  )
  .map(([span, aggregate, which, rest]) => {
    const list = aggregate === "sum" ? sums : aggregate === "count" ? counts : near;
    return { metric: "t", window: span, aggregate, ...list[which % list.length], ...rest };
  });

/** Rules that may take most readings in later, and now and then another. */
export const calmDefinition: fc.Arbitrary<RuleDefinition> = ruleWith(
  fc.oneof(
    { weight: 8, arbitrary: window },
    { weight: 1, arbitrary: conditions.sliding },
    { weight: 1, arbitrary: conditions.hopping },
    { weight: 1, arbitrary: conditions.types },
  ),
);
