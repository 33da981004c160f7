import { expect, it } from "vitest";
import { parseRule } from "../definition/index.ts";
import { dataflowOf } from "./dataflow.ts";
import { DerivingRules, loopText } from "./deriving-rules.ts";

function flow(input: Record<string, unknown>) {
  const parsed = parseRule({ id: "x", ...input });
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return dataflowOf(parsed.definition);
}

const from = (metric: string, derived: string, rest: object = {}) =>
  flow({ derive: { metric: derived, expression: `metrics.${metric} + 1.0` }, ...rest });
const raising = (condition: object, derived: string) =>
  flow({ condition, actions: [{ derive: { metric: derived, value: 1 } }] });

/** The way round that the last of these rules closes. */
function closed(...flows: readonly (ReturnType<typeof flow> | undefined)[]): string | undefined {
  const rules = new DerivingRules();
  const names = "abcdef";
  for (const [index, each] of flows.entries()) {
    const loop = each && rules.loopThrough(names[index]!, each);
    if (loop !== undefined) return index === flows.length - 1 ? loopText(loop) : `closed by ${names[index]} already`;
    rules.set(names[index]!, each);
  }
  return undefined;
}

it("finds a loop through any number of rules, the shortest first", () => {
  expect(closed(from("t", "k"), from("k", "t"))).toBe("b derives t, from which a derives k, which b takes");
  expect(closed(from("t", "k"), from("k", "r"), from("r", "f"), from("f", "t"))).toBe(
    "d derives t, from which a derives k, from which b derives r, from which c derives f, which d takes",
  );
  expect(closed(from("t", "k"), from("k", "t2"), from("k", "r"), from("t2", "x"), from("r", "t"))).toBe(
    "e derives t, from which a derives k, from which c derives r, which e takes",
  );
});

it("takes chains, also several to one metric", () => {
  expect(closed(from("t", "k"), from("k", "r"), from("t", "r"), from("r", "f"), from("u", "k"))).toBeUndefined();
});

it.each([
  [{ metric: "k", above: 3 }],
  [{ absent: "1m", metric: "k" }],
  [{ metric: "u", op: ">", other: "k" }],
  [{ metric: "k", relativeTo: { over: "1h", aggregate: "mean" }, above: 2 }],
  [{ metric: "k", window: { over: "1h" }, aggregate: "mean", above: 2 }],
  [{ metric: "k", op: ">", attribute: "max" }],
  [{ any: [{ metric: "u", above: 1 }, { not: { metric: "k", equals: true } }] }],
  [{ expression: 'metrics["k"] > 3' }],
])("that a condition closes: %j", (condition) => {
  expect(closed(from("t", "k"), raising(condition, "t"))).toMatch(/^b derives t, from which a derives k/);
});

it("through the metrics that an expression names besides the one it derives from", () => {
  const mixed = flow({ derive: { metric: "t", expression: "metrics.u * metrics.k", from: "u" } });
  expect(closed(from("t", "k"), mixed)).toMatch(/^b derives t/);
});

it("does not count the silence of a device, which readings that are derived do not end", () => {
  expect(closed(from("t", "k"), raising({ absent: "1m" }, "t"))).toBeUndefined();
});

it("is none among rules that no device can be selected by together", () => {
  const celsius = { selector: { types: ["european"] } };
  const fahrenheit = { selector: { types: ["american"] } };
  expect(closed(from("c", "f", celsius), from("f", "c", fahrenheit))).toBeUndefined();
  expect(closed(from("c", "f", celsius), from("f", "c", { selector: { ids: ["a-*"] } }))).toMatch(/^b derives c/);
  expect(
    closed(from("c", "f", { selector: { ids: ["a-1"] } }), from("f", "c", { selector: { ids: ["a-*"] } })),
  ).toMatch(/^b derives c/);
  expect(
    closed(
      from("c", "f", { selector: { tags: { site: "n" } } }),
      from("f", "c", { selector: { tags: { site: ["s"] } } }),
    ),
  ).toBeUndefined();
});
