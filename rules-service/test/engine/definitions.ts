import fc from "fast-check";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { ruleOf } from "./harness.ts";

type Written = Record<string, unknown>;

const numeric = fc.constantFrom<Written>(
  { op: ">", threshold: 3 },
  { op: ">=", threshold: 3, clearBelow: 2 },
  { op: "<", threshold: 3, clearAbove: 4 },
  { op: "<=", threshold: 2 },
  { op: "==", threshold: 3 },
  { op: "!=", threshold: 3 },
  { between: [2, 4] },
  { outside: [1, 5] },
  { outside: [1, 5], clearWithin: [2, 3] },
  { above: { info: 1, warning: 3, critical: 4 }, clearBelow: 1 },
  { above: { warning: 2, critical: 4 } },
  { below: { warning: 4, critical: 2 }, clearAbove: 5 },
  { above: 4, severity: "critical" },
  { equals: 3 },
  { in: [1, 3, 5] },
);
const plainly = fc.constantFrom<Written>(
  { above: 3 },
  { below: 2 },
  { above: { info: 2, critical: 4 }, clearBelow: 1 },
);
const hold = fc.constantFrom<Written>(
  {},
  {},
  { for: "1s" },
  { for: "3s" },
  { for: "10s" },
  { times: 2 },
  { times: 3 },
  { clearFor: "2s" },
  { for: "2s", clearFor: "5s" },
  { times: 2, clearFor: "3s" },
);
const noData = fc.constantFrom<Written>({}, {}, { noData: "clear" }, { noData: "raise" });
const severity = fc.constantFrom<Written>({}, {}, { severity: "info" }, { severity: "critical" });
const metric = fc.constantFrom("t", "t", "u");

function made(...parts: readonly fc.Arbitrary<Written>[]): fc.Arbitrary<Written> {
  return fc.tuple(...parts).map((list) => Object.assign({}, ...list) as Written);
}

function of(...list: readonly Written[]): fc.Arbitrary<Written> {
  return fc.constantFrom(...list);
}

const metricOf = metric.map((name): Written => ({ metric: name }));
const aggregates = ["mean", "min", "max", "sum", "count", "stddev", "first", "last", "distinct", "p50", "p90"] as const;
const aggregate = fc.constantFrom(...aggregates).chain((name) => {
  const values = { sum: [{ above: 9 }, { below: 4 }], count: [{ above: 2 }, { below: 2 }], distinct: [{ above: 1 }] };
  // Percentiles are to half a hundredth.
  const rounded = [{ above: 3.3 }, { below: 2.5 }];
  const own: readonly Written[] =
    values[name as "sum"] ?? (name === "stddev" ? [{ above: 1.1 }] : name.startsWith("p") ? rounded : []);
  return fc
    .tuple(own.length > 0 ? of(...own) : plainly)
    .map(([compared]): Written => ({ aggregate: name, ...compared }));
});
const windowed = (...windows: readonly Written[]) =>
  made(
    metricOf,
    of(...windows.map((window) => ({ window }))),
    aggregate,
    of({}, {}, {}, { where: { above: 2 } }, { where: { in: [1, 5] } }),
    hold,
    noData,
  );

/** Every kind of condition, by its name. */
export const conditions = {
  threshold: made(of({ metric: "t" }), numeric, hold),
  types: made(metricOf, numeric, hold, noData),
  text: made(
    of({ metric: "s" }),
    of(
      { equals: "open" },
      { in: ["open", "shut"] },
      { op: "!=", threshold: "open" },
      { equals: true },
      { in: ["open", 3] },
    ),
    hold,
    severity,
    noData,
  ),
  changesTo: made(
    of({ metric: "s", changesTo: "open" }, { metric: "s", changesTo: true }, { metric: "t", changesTo: 3 }),
    hold,
    severity,
  ),
  sliding: windowed({ over: "3s" }, { over: "10s" }, { over: "2m" }),
  hopping: windowed({ over: "4s", every: "2s" }, { over: "5s", every: "5s" }, { over: "30s", every: "10s" }),
  session: windowed({ session: "3s" }, { session: "8s" }),
  readings: windowed({ readings: 1 }, { readings: 3 }),
  rate: made(
    metricOf,
    of({ rate: { over: "4s" } }, { rate: { over: "10s", per: "1m" } }),
    of({ above: 1 }, { below: -0.5 }, { above: { info: 0, critical: 20 }, clearBelow: -1 }),
    hold,
    noData,
  ),
  change: made(
    metricOf,
    of({ change: { since: "3s" } }, { change: { since: "10s" } }),
    of({ above: 1 }, { below: -1 }, { outside: [-2, 2], clearWithin: [-1, 1] }),
    hold,
    noData,
  ),
  relativeTo: made(
    metricOf,
    fc
      .tuple(
        fc.constantFrom("4s", "10s", "3m"),
        fc.constantFrom("mean", "max", "sum", "count", "min"),
        of({}, { floor: 3 }),
      )
      .map(([over, name, floor]): Written => ({ relativeTo: { over, aggregate: name, ...floor } })),
    of({ above: 1.2 }, { below: 0.6 }, { above: { warning: 1.1, critical: 2.1 }, clearBelow: 0.9 }),
    hold,
    noData,
  ),
  absence: made(
    of({}, {}, { metric: "t" }, { metric: "u" }),
    of({ absent: "2s" }, { absent: "5s" }, { absent: "20s" }),
    severity,
  ),
  other: made(
    of({ metric: "t", other: "u" }, { metric: "u", other: "s" }, { metric: "s", other: "t" }),
    of({ within: "2s" }, { within: "6s" }, {}),
    fc.constantFrom(">", ">=", "<", "<=", "==", "!=").map((op): Written => ({ op })),
    hold,
    severity,
  ),
  attribute: made(
    metricOf,
    fc.constantFrom(">", "<=", "==", "!=").map((op): Written => ({ op })),
    of(
      { attribute: "max" },
      { attribute: "max", default: 4 },
      { attribute: "text" },
      { attribute: "none", default: 2 },
    ),
    hold,
    severity,
  ),
  expression: made(
    of(
      { expression: "metrics.t > 3" },
      { expression: "metrics.t > metrics.u && metrics.s == 'open'" },
      { expression: "metrics.s == true || metrics.t > 4.0" },
      { expression: "has(metrics.u) && metrics.u < metrics.t" },
      { expression: "metrics.t > 2 && device.type == 'a'" },
      { expression: "metrics.t > device.attributes.max" },
    ),
    hold,
    severity,
  ),
} as const;

const leaf = fc.oneof(...Object.values(conditions));

/** Rules allow no more in each other; chance seldom makes more. */
const deepest = 7;

function depthOf({ all, any, not }: Written): number {
  const inner = [...((all ?? any ?? []) as Written[]), ...(not === undefined ? [] : [not as Written])];
  return inner.length === 0 ? 0 : 1 + Math.max(...inner.map(depthOf));
}

export const composition: fc.Arbitrary<Written> = fc
  .letrec<{ any: Written; whole: Written }>((tie) => ({
    any: fc.oneof({ weight: 4, arbitrary: leaf }, { weight: 1, arbitrary: tie("whole") }),
    whole: fc.oneof(
      made(
        fc.array(tie("any"), { minLength: 1, maxLength: 3 }).map((all): Written => ({ all })),
        hold,
      ),
      made(
        fc.array(tie("any"), { minLength: 1, maxLength: 3 }).map((any): Written => ({ any })),
        hold,
      ),
      made(
        tie("any").map((not): Written => ({ not })),
        hold,
      ),
    ),
  }))
  .whole.filter((written) => depthOf(written) <= deepest);

/** A rule with a condition that is written by hand or drawn. */
export function ruleWith(condition: fc.Arbitrary<Written>): fc.Arbitrary<RuleDefinition> {
  return fc
    .tuple(
      condition,
      fc.constantFrom("0s", "3s", "5s", "60s"),
      fc.constantFrom("0s", "2s", "5s", "20s"),
      fc.constantFrom<Written>({}, {}, { severity: "critical" }),
    )
    .map(([written, lateness, wait, rest]) => {
      const own =
        written["severity"] !== undefined ||
        [written["above"], written["below"]].some((each) => typeof each === "object");
      const actions = [{ command: { name: "act" } }];
      return ruleOf({ id: "rule", condition: written, lateness, wait, actions, ...(own ? {} : rest) });
    });
}

/** Any condition at all. */
export const definition: fc.Arbitrary<RuleDefinition> = ruleWith(
  fc.oneof(
    { weight: 2, arbitrary: conditions.threshold },
    { weight: 4, arbitrary: leaf },
    { weight: 3, arbitrary: composition },
  ),
);

/** As many rules, with ids of their own. */
export function several(rule: fc.Arbitrary<RuleDefinition>): fc.Arbitrary<RuleDefinition[]> {
  return fc
    .array(rule, { minLength: 1, maxLength: 3 })
    .map((list) => list.map((each, index) => ({ ...each, id: `rule${index}` })));
}

/** A rule that derives each reading of a metric once more, under another name. */
export function copyOf(metric: string, from: string, lateness = "1d"): RuleDefinition {
  return ruleOf({ id: `${from}-to-${metric}`, lateness, derive: { metric, expression: `metrics.${from}`, from } });
}

/** The same rule on what is derived from each metric that it judges: `t` becomes `t2`. */
export function onCopies(rule: RuleDefinition, suffix: string): RuleDefinition {
  const text = JSON.stringify(rule.condition)
    .replaceAll(/"(metric|other)":"([tus])"/g, `"$1":"$2${suffix}"`)
    .replaceAll(/metrics\.([tus])\b/g, `metrics.$1${suffix}`);
  return { ...rule, id: `${rule.id}${suffix}`, condition: JSON.parse(text) as RuleDefinition["condition"] };
}

/** A rule that derives, of several metrics or at every raise, and one that judges what it derives. */
export const chain: fc.Arbitrary<RuleDefinition[]> = fc
  .tuple(
    fc.constantFrom<Written>(
      { derive: { metric: "t2", expression: "metrics.t" } },
      { derive: { metric: "t2", expression: "metrics.t + metrics.u", from: "t" } },
      { derive: { metric: "t2", expression: "metrics.t > device.attributes.max", from: "t" } },
      { derive: { metric: "t2", value: 4, from: "u" } },
      { condition: { metric: "t", above: 2 }, actions: [{ derive: { metric: "t2", value: 5 } }] },
      { condition: { metric: "t", above: 2, for: "3s" }, actions: [{ derive: { metric: "t2", value: 5 } }] },
      { condition: { absent: "5s" }, actions: [{ derive: { metric: "t2", value: 5 } }] },
    ),
    fc.constantFrom("0s", "3s", "60s"),
    leaf,
  )
  .map(([written, lateness, condition]) => [
    ruleOf({ id: "first", lateness, ...written }),
    onCopies(ruleOf({ id: "second", condition }), "2"),
  ]);
/** Schedules with an edge in the first minutes of a history. */
const schedules = [
  { from: "22:15", to: "22:16" },
  { from: "22:00", to: "22:15" },
  { from: "22:15", to: "22:14" },
].flatMap((window) =>
  (["keep", "clear"] as const).map((outside) => {
    const days: NonNullable<RuleDefinition["schedule"]>["weekly"][number]["days"] = ["tue"];
    return { timeZone: "UTC", weekly: [{ days, ...window }], outside };
  }),
);

/** Some of the rules within a schedule, some that may flap. */
export function gated(rule: fc.Arbitrary<RuleDefinition>): fc.Arbitrary<RuleDefinition> {
  return fc
    .tuple(
      rule,
      fc.option(fc.constantFrom(...schedules), { nil: undefined, freq: 3 }),
      fc.option(fc.record({ transitions: fc.integer({ min: 2, max: 4 }), within: fc.constantFrom("4s", "20s") }), {
        nil: undefined,
        freq: 3,
      }),
    )
    .map(([given, schedule, flapping]) => ({
      ...given,
      ...(schedule !== undefined && { schedule }),
      ...(flapping !== undefined && { flapping }),
    }));
}
