import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { panelsOf, targetsOf, variablesOf } from "./grafana.ts";
import {
  deviceId,
  devices,
  lastMinute,
  minutes,
  oddDevice,
  oddMetric,
  openAtTheEnd,
  openOfStale,
  raisedInTheHour,
  silentBelow,
  temperature,
} from "./fleet-scene.ts";
import {
  answer,
  at,
  boards,
  iso,
  options,
  removeBucket,
  shown,
  start,
  viewingOf,
  writeBucket,
  type Board,
} from "./viewed-boards.ts";

/**
 * Every Flux query of the dashboards, run by a real InfluxDB on an hour of a thousand devices, as Grafana sends it. All
 * of them are read alike in `answers`, which bounds them; what they say is asserted one by one.
 */
beforeAll(writeBucket);
afterAll(removeBucket);

describe("every query", () => {
  const all = Object.entries(boards).flatMap(([name, board]) => [
    ...panelsOf(board).flatMap((panel) =>
      targetsOf(panel).flatMap(({ query, refId }) =>
        query === undefined ? [] : [[name, `${panel.title} ${refId}`, query, panel] as const],
      ),
    ),
    ...variablesOf(board).flatMap(({ name: variable, query, type }) =>
      type === "query" && typeof query === "string" ? [[name, `variable ${variable}`, query, {}] as const] : [],
    ),
  ]);

  it.each(all)(
    "of %s: %s answers in bounds, and with nothing where there is nothing",
    async (name, _title, query, panel) => {
      const { rows, bytes } = await answer(query, viewingOf(name as Board), panel);
      expect(rows.length).toBeGreaterThan(0);
      // Grafana cuts an answer at ten times the points of the panel; a page of them stays below a megabyte.
      expect(rows.length).toBeLessThanOrEqual(2000);
      expect(bytes).toBeLessThanOrEqual(150_000);
      const empty = await answer(query, { ...viewingOf(name as Board), from: at(-14_400), to: at(-14_340) }, panel);
      expect(empty.rows.filter((row) => !Object.values(row).includes("0"))).toEqual([]);
    },
  );
});

describe("the fleet", () => {
  it("offers the metrics that are numbers", async () => {
    expect(await options("fleet", "metric")).toEqual([oddMetric, "pump", "temperature", "window_text_"].toSorted());
    expect(await options("fleet", "metric", { find: "TEMP" })).toEqual(["temperature"]);
    expect(await options("fleet", "metric", { find: "${c}/." })).toEqual([oddMetric]);
  });

  it("counts the devices that were heard, those with nothing but texts too, and those that are silent", async () => {
    expect(await shown("fleet", "Devices heard")).toEqual([{ device: String(devices + 1) }]);
    // And the one that said something an hour ago.
    expect(await shown("fleet", "Silent for 5 minutes")).toEqual([{ device: String(silentBelow + 1) }]);
    const longest = await shown("fleet", "Longest silent");
    expect(longest).toHaveLength(20);
    expect(longest[0]?.["device"]).toBe("only-text");
    expect(longest.slice(1, 1 + silentBelow)).toEqual(
      Array.from({ length: silentBelow }, (_, i) => ({ device: deviceId(i), heard: iso(lastMinute(i)) })),
    );
  });

  it("draws the least, the mean and the greatest of a metric, an interval each", async () => {
    const drawn = await Promise.all([0, 1, 2].map((target) => shown("fleet", "$metric in the fleet", { target })));
    // A point is drawn at the end of its interval, which is a minute.
    const [lowest, mean, highest] = drawn.map((rows) =>
      Number(rows.find(({ _time }) => _time === iso(10))?.["_value"]),
    );
    expect(drawn.map((rows) => new Set(rows.map((row) => row["of"])))).toEqual(
      ["lowest", "mean", "highest"].map((name) => new Set([name])),
    );
    expect(lowest).toBeCloseTo(temperature(0, 9));
    expect(mean).toBeCloseTo(temperature((devices - 1) / 2, 9));
    expect(highest).toBeCloseTo(temperature(devices - 1, 9));
  });

  it("ranks by number, not by text", async () => {
    const high = await shown("fleet", "Highest $metric");
    expect(high.map((row) => [row["device"], Number(row["value"])])).toEqual(
      Array.from({ length: 20 }, (_, i) => [deviceId(devices - 1 - i), temperature(devices - 1 - i, minutes - 1)]),
    );
    const low = await shown("fleet", "Lowest $metric");
    expect(low.map((row) => Number(row["value"]))).toEqual(
      Array.from({ length: 20 }, (_, i) => temperature(i, lastMinute(i))).toSorted((a, b) => a - b),
    );
  });

  it("counts each open alert once", async () => {
    expect(await shown("fleet", "Open alerts by severity")).toEqual(openBySeverity);
  });
});

describe("a device", () => {
  it("is found by a part of its id, and so are its metrics", async () => {
    expect(await options("device", "device")).toHaveLength(1000);
    expect(await options("device", "device", { find: 'C"D$' })).toEqual([oddDevice]);
    expect(await options("device", "metric")).toEqual([oddMetric, "pump", "temperature", "window_text_"].toSorted());
    expect(await options("device", "metric", { findMetric: "(m³" })).toEqual([oddMetric]);
  });

  it("has a chart of its own for each metric", async () => {
    for (const [metric, expected] of [
      [oddMetric, 9],
      ["temperature", temperature(devices - 1, 9)],
      ["pump", 0],
      ["window_text_", devices - 1],
    ] as const) {
      const drawn = await shown("device", "$metric", { variables: { metric } });
      expect(new Set(drawn.map((row) => row["_field"]))).toEqual(new Set([metric]));
      const value = drawn.find(({ _time }) => Date.parse(_time!) > at(9).getTime())?.["_value"];
      expect(Number(value), metric).toBeCloseTo(expected);
    }
    const chart = panelsOf(boards.device).find(({ title }) => title === "$metric");
    expect(chart).toMatchObject({ repeat: "metric", maxPerRow: 3 });
  });

  it("lists its newest values, numbers and texts in columns of their own", async () => {
    const newest = await shown("device", "Newest values");
    const time = iso(minutes - 1);
    expect(newest.map((row) => [row["metric"], row["number"], row["text"], row["at"]])).toEqual(
      [
        [oddMetric, String(minutes - 1), "", time],
        ["mode", "", "manual", iso(30)],
        ["pump", "0", "", time],
        ["temperature", String(temperature(devices - 1, minutes - 1)), "", time],
        ["window_text", String(devices - 1), "", time],
      ].toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
    );
  });

  it("draws its texts and lists its alerts", async () => {
    const drawn = await shown("device", "Texts");
    expect(drawn.map((row) => [row["metric"], row["_value"]])).toEqual([
      ["mode", "auto"],
      ["mode", "manual"],
    ]);
    expect(await shown("device", "Alerts", { variables: { device: deviceId(2) } })).toEqual([
      { at: iso(5), rule: "too-hot", severity: "critical", value: "", what: "acknowledged" },
      { at: iso(0), rule: "too-hot", severity: "critical", value: "95", what: "raised" },
    ]);
  });
});

describe("alerts", () => {
  it("are open by what all of their transitions say together", async () => {
    const open = await shown("alerts", "Open now", { variables: { rule: ["former", "too-hot"] } });
    const plain = open.map(({ rule, device, severity, state, value }) => ({ rule, device, severity, state, value }));
    const byDevice = (a: { device?: string; rule?: string }, b: { device?: string; rule?: string }): number =>
      `${a.device} ${a.rule}` < `${b.device} ${b.rule}` ? -1 : 1;
    expect(plain.toSorted(byDevice)).toEqual(
      openAtTheEnd.map((alert) => ({ ...alert, value: String(alert.value) })).toSorted(byDevice),
    );
    const old = open.find(({ device }) => device === deviceId(9));
    expect(Number(old?.["raised"])).toBe(start / 1000 - 2 * 86_400_000);
  });

  it("are counted by state and severity, each once, and listed newest first up to a bound", async () => {
    const acknowledged = openAtTheEnd.filter(({ state }) => state === "acknowledged").length;
    const critical = openAtTheEnd.filter(({ severity }) => severity === "critical").length;
    expect(await shown("alerts", "Open, by severity and state")).toEqual([
      { which: "critical, acknowledged", alerts: String(acknowledged) },
      { which: "critical, active", alerts: String(critical - acknowledged) },
      { which: "info, active", alerts: String(openOfStale) },
      { which: "warning, active", alerts: "1" },
    ]);
    const listed = await shown("alerts", "Open now");
    expect(listed).toHaveLength(500);
    expect(listed[0]).toMatchObject({ rule: "stale", device: deviceId(100 + openOfStale - 1), state: "active" });
  });

  it("are found by rule and by part of a device's id", async () => {
    expect(await options("alerts", "rule")).toEqual(["former", "low", "stale", "too-hot"]);
    const odd = await shown("alerts", "Open now", { variables: { find: "HALL 3/a", rule: ["low", "too-hot"] } });
    expect(odd.map(({ device }) => device)).toEqual([oddDevice]);
  });

  it("that were raised are counted when they are raised, not when they clear", async () => {
    const drawn = await shown("alerts", "Raised, by severity");
    const sums = Object.groupBy(drawn, ({ severity }) => severity!);
    expect(
      Object.fromEntries(
        Object.entries(sums).map(([severity, rows]) => [severity, total(rows!.map((row) => row["_value"]))]),
      ),
    ).toEqual(raisedInTheHour);
    const often = await shown("alerts", "Raised most often");
    expect(often).toHaveLength(20);
    expect(often[0]).toEqual({ rule: "too-hot", device: deviceId(10), raised: "2" });
  });

  it("tell what happened, newest first", async () => {
    const happened = await shown("alerts", "What happened", { variables: { find: deviceId(4), rule: "too-hot" } });
    expect(happened.map(({ what, severity, value, shadow }) => [what, severity, value, shadow])).toEqual([
      ["escalated", "critical", "99", "0"],
      ["raised", "warning", "95", "0"],
    ]);
    expect(await shown("alerts", "What happened")).toHaveLength(200);
  });
});

const openBySeverity = [
  { severity: "critical", alerts: String(openAtTheEnd.filter(({ severity }) => severity === "critical").length) },
  { severity: "info", alerts: String(openOfStale) },
  { severity: "warning", alerts: "1" },
];

function total(values: readonly (string | undefined)[]): number {
  return values.reduce((sum, value) => sum + Number(value), 0);
}
