import { expect, it } from "vitest";
import { parseRule } from "../definition/index.ts";
import { conditionText } from "./condition-text.ts";

it.each([
  [
    { metric: "t", above: { warning: 80, critical: 90 }, clearBelow: 75, for: "30s" },
    "t is above 80 (warning) or 90 (critical), for 30s, and ends below 75",
  ],
  [{ metric: "t", op: ">=", threshold: 3, times: 3 }, "t is at least 3, 3 times in a row"],
  [
    { metric: "t", outside: [2, 8], clearWithin: [3, 7], clearFor: "5m" },
    "t is outside of 2 to 8, and ends within 3 to 7 after it was clear for 5m",
  ],
  [{ metric: "t", between: [2, 8], noData: "clear" }, "t is from 2 to 8; without data it is clear"],
  [{ metric: "t", above: 8, noData: "raise" }, "t is above 8; without data it is raised"],
  [{ metric: "door", equals: "open" }, 'door is "open"'],
  [{ metric: "door", in: ["open", true] }, 'door is one of "open", true'],
  [{ metric: "door", changesTo: "open" }, 'door changes to "open"'],
  [
    { metric: "t", window: { over: "1h", every: "10m" }, aggregate: "p95", above: 8 },
    "the p95 of t over 1h (every 10m) is above 8",
  ],
  [
    { metric: "t", window: { session: "2m" }, aggregate: "max", below: 8 },
    "the max of t since the last gap of 2m is below 8",
  ],
  [
    { metric: "t", window: { readings: 20 }, aggregate: "stddev", above: 8 },
    "the stddev of t over the last 20 readings is above 8",
  ],
  [
    { metric: "door", window: { over: "1h" }, aggregate: "count", where: { equals: "open" }, above: 10 },
    'the count of door that are "open" over 1h is above 10',
  ],
  [{ metric: "l", rate: { over: "5m", per: "1m" }, below: -2 }, "the rate of l over 5m (per 1m) is below -2"],
  [{ metric: "l", change: { since: "1d" }, below: -5 }, "the change of l since 1d before is below -5"],
  [
    { metric: "p", relativeTo: { over: "1d", aggregate: "mean" }, above: 1.5 },
    "p divided by its mean over the 1d before is above 1.5",
  ],
  [{ absent: "10m" }, "nothing is heard of the device for 10m"],
  [{ absent: "10m", metric: "t" }, "nothing is heard of t for 10m"],
  [{ metric: "in", op: ">", other: "out", within: "10m" }, "in is above out of the last 10m"],
  [
    { metric: "t", op: ">", attribute: "limits.max", default: 80 },
    "t is above the device's limits.max (80 without one)",
  ],
  [
    { all: [{ metric: "t", above: 80 }, { not: { metric: "fan", equals: true } }], for: "30s" },
    "all of (t is above 80; not (fan is true)), for 30s",
  ],
  [
    { any: [{ metric: "t", above: 80 }, { absent: "5m" }] },
    "any of (t is above 80; nothing is heard of the device for 5m)",
  ],
  [{ expression: "metrics.t > 80" }, 'the expression "metrics.t > 80" is true'],
])("%j is said as it is", (condition, text) => {
  expect(parseRule({ id: "x", condition })).toMatchObject({ ok: true });
  expect(conditionText(condition)).toBe(text);
});
