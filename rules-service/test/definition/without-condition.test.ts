import { describe, expect, it } from "vitest";
import { problems } from "./problems-of.ts";

describe("a rule without a condition", () => {
  const derive = { metric: "kelvin", expression: "metrics.temperature + 273.15", from: "temperature" };

  it.each([
    { derive },
    { actions: [{ derive }] },
    { derive: { metric: "kelvin", expression: "metrics.temperature + 273.15" } },
    { derive: { metric: "alive", value: true, from: "temperature" } },
    { derive: { metric: "limit", expression: "device.attributes.max", from: "temperature" } },
    { derive, actions: [{ derive: { metric: "half", expression: "metrics.temperature / 2" } }], lateness: "1m" },
  ])("is taken as %j", (rest) => {
    expect(problems({ id: "a", ...rest })).toEqual([]);
  });

  it.each([
    [{}, "/condition", "is missing"],
    [{ actions: [{ command: { name: "x" } }] }, "/condition", "is missing"],
    [{ derive: {} }, "/derive/metric", "missing"],
    [{ derive: { metric: "k" } }, "/derive", "needs an expression"],
    [{ derive: { metric: "k", value: 1 } }, "/derive", "needs `from`"],
    [{ derive: { metric: "k", value: 1, expression: "metrics.t", from: "t" } }, "/derive", "remove one"],
    [{ derive: { metric: "k", expression: "metrics.t * metrics.u" } }, "/derive", "t and u"],
    [{ derive: { metric: "k", expression: "1 + 1" } }, "/derive", "no metric"],
    [{ derive: { metric: "k", expression: "[metrics.t]" } }, "/derive/expression", "has to be a number"],
    [{ derive: { metric: "k", expression: "metrics.t +" } }, "/derive/expression", "cannot be read: Unexpected"],
    [{ derive: { ...derive, metric: "temperature" } }, "/derive/metric", "choose another name"],
    [{ derive: { metric: "k", expression: "metrics.t * metrics.k", from: "t" } }, "/derive/metric", "another name"],
    [{ derive: { metric: "*", value: 1, from: "t" } }, "/derive/metric", "no name"],
    [{ derive: { metric: "k", value: 1, from: "*" } }, "/derive/from", "no name"],
    [{ derive, severity: "info" }, "/severity", "add a condition"],
    [{ derive, flapping: { transitions: 3, within: "1m" } }, "/flapping", "add a condition"],
    [{ derive, actions: [{ email: { to: ["a@b.example"] } }] }, "/actions/0/email", "raises none"],
    [{ derive, actions: [{ derive }] }, "/actions/0/derive/metric", "already"],
    [{ actions: [{ derive, on: ["raised"] }] }, "/actions/0/on", "raises none"],
    [{ derive, condition: { metric: "t", above: 1 } }, "/derive", "among the actions"],
    [
      { condition: { metric: "t", above: 1 }, actions: [{ derive }] },
      "/actions/0/derive/expression",
      "without a condition",
    ],
    [
      { condition: { metric: "t", above: 1 }, actions: [{ derive: { metric: "k" } }] },
      "/actions/0/derive",
      "needs a value",
    ],
  ])("is refused as %j, at %s", (rest, pointer, detail) => {
    const found = problems({ id: "a", ...rest });
    expect(found[0]).toMatch(new RegExp(`^${pointer.replaceAll(/[*]/g, "\\*")} .*${detail.replaceAll("`", ".")}`));
  });
});
