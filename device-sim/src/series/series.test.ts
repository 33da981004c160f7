import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SimulationError } from "../errors.ts";
import { readCsvSeries } from "./csv.ts";
import { lastByTime, shiftToEnd } from "./series.ts";
import { boilerSeries } from "./shapes.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "headwater-series-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function csv(text: string): string {
  const file = join(folder, "series.csv");
  writeFileSync(file, text);
  return file;
}

describe("a recorded series", () => {
  it("is read with times in UTC microseconds", () => {
    const samples = readCsvSeries(csv("timestamp,value\n2013-12-02 21:15:00,73.96732207\n2013-12-02 21:20:00,-1e3\n"));
    expect(samples).toEqual([
      { time: Date.UTC(2013, 11, 2, 21, 15) * 1000, value: 73.96732207 },
      { time: Date.UTC(2013, 11, 2, 21, 20) * 1000, value: -1000 },
    ]);
  });

  it.each(["2013-12-02 21:15:00", "2013-12-02 21:15:00,", "yesterday,3", "2013-12-02 21:15:00,1,2", "2013-12-02,NaN"])(
    "names the line that is not of the form: %s",
    (line) => {
      expect(() => readCsvSeries(csv(`timestamp,value\n2013-12-02 21:10:00,1\n${line}\n`))).toThrow(/series\.csv:3/);
    },
  );

  it("that is absent or empty is refused with its name", () => {
    expect(() => readCsvSeries(join(folder, "absent.csv"))).toThrow(SimulationError);
    expect(() => readCsvSeries(csv("timestamp,value\n"))).toThrow(/no samples/);
  });

  it("ends where it is shifted to and keeps its spacing, whatever its order", () => {
    const shifted = shiftToEnd(
      [30, 10, 20].map((time) => ({ time, value: time })),
      1000,
    );
    expect(shifted.map(({ time }) => time)).toEqual([1000, 980, 990]);
  });

  it("leaves the last value of a repeated time in the store", () => {
    const held = lastByTime([
      { time: 1, value: 1 },
      { time: 2, value: 2 },
      { time: 1, value: 3 },
    ]);
    expect([...held]).toEqual([
      [1, 3],
      [2, 2],
    ]);
  });
});

describe("the built-in boiler", () => {
  it("has excursions above 90 that last, and calm between", () => {
    const samples = boilerSeries(600, 1_000_000_000, 1_000_000);
    expect(samples.at(-1)!.time).toBe(1_000_000_000);
    const hot = samples.filter(({ value }) => value > 85).length;
    expect(hot).toBeGreaterThan(30);
    expect(hot).toBeLessThan(100);
  });
});
