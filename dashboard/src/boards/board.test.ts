import { expect, it } from "vitest";
import { acrossOf, deviceIn, levelsOf, queryOf, severityOf, titleOf } from "./board.ts";
import { spanMs, timeShown } from "./time-shown.ts";

it("puts what is chosen in the place of variables, and nothing where nothing is", () => {
  const choices = { device: "boiler-1", group: "north" };
  expect(deviceIn("$device", choices)).toBe("boiler-1");
  expect(deviceIn("$other", choices)).toBeUndefined();
  expect(deviceIn("$5 device", choices)).toBe("$5 device");
  expect(queryOf({ type: "boiler", group: "$group" }, choices)).toEqual({ type: "boiler", group: "north" });
  expect(queryOf({ type: "boiler", group: "$group" }, {})).toEqual({ type: "boiler" });
  expect(titleOf({ kind: "table", device: "$device" }, choices)).toBe("Newest values of boiler-1");
  expect(titleOf({ kind: "alerts", device: "$other" }, choices)).toBe("Alerts of …");
});

it("grades a value by the worst level that it passes", () => {
  const levels = { above: { warning: 80, critical: 90 }, below: { critical: 5 } };
  expect([95, 85, 80, 50, 5, 4].map((value) => severityOf(levels, value))).toEqual([
    ...["critical", "warning", undefined, undefined, undefined, "critical"],
  ]);
  expect(levelsOf(levels).map(({ name, value }) => `${name} ${value}`)).toEqual([
    ...["critical above 90", "warning above 80", "critical below 5"],
  ]);
});

it("makes one value of several devices", () => {
  const all = (["mean", "min", "max", "sum", "count"] as const).map((how) => acrossOf(how, [1, 5, 3]));
  expect(all).toEqual([3, 1, 5, 9, 3]);
  expect([acrossOf("mean", []), acrossOf("count", [])]).toEqual([undefined, 0]);
});

it("reads the time from the address, else from the board", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  const shown = (search: string, board?: string) => timeShown(new URLSearchParams(search), board, now);
  expect(shown("span=15m", "6h")).toEqual({ from: now - 900_000, to: now, isLive: true });
  expect(shown("", "6h").from).toBe(now - 21_600_000);
  expect(shown("span=nonsense").from).toBe(now - 3_600_000);
  expect(shown("from=2026-05-01T10:00:00Z&to=2026-05-01T11:00:00Z")).toEqual({
    ...{ from: now - 7_200_000, to: now - 3_600_000, isLive: false },
  });
  expect(shown("from=2026-05-01T11:00:00Z&to=2026-05-01T10:00:00Z").isLive).toBe(true);
  expect([spanMs("2w"), spanMs("0h"), spanMs("h")]).toEqual([1_209_600_000, undefined, undefined]);
});
