import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignalSpec } from "./signal-schema.ts";
import { millisOf, shareOf } from "../fleet/units.ts";
import { Random } from "./random.ts";
import { readRecordedColumn } from "./recorded.ts";
import { signalMaker } from "./shapes.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "headwater-signals-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const parts = {
  millis: (text: string) => millisOf(text)!,
  share: (value: string | number) => shareOf(value)!,
  column: (file: string, column: string | undefined, needsTimes: boolean) =>
    readRecordedColumn(join(folder, file), column, needsTimes),
};

function values(spec: SignalSpec, { count = 100, every = 1_000, seed = 1, from = 0 } = {}) {
  const signal = signalMaker(spec, parts)(new Random(seed, "device", "metric"));
  return Array.from({ length: count }, (_, i) => signal.next(i * every, from + i * every));
}

describe("a random number", () => {
  it("is the same for the same seed and names, and another for others", () => {
    const first = (seed: number, name: string): number => new Random(seed, name).next();
    expect(first(7, "a")).toBe(first(7, "a"));
    expect(new Set([first(7, "a"), first(7, "b"), first(8, "a")]).size).toBe(3);
  });

  it("lies even between 0 and 1, and around 0 where it is normal", () => {
    const random = new Random(3);
    const even = Array.from({ length: 20_000 }, () => random.next());
    const normal = Array.from({ length: 20_000 }, () => random.normal());
    const mean = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0) / all.length;
    expect(Math.min(...even)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...even)).toBeLessThan(1);
    expect(mean(even)).toBeCloseTo(0.5, 1);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(Math.sqrt(mean(normal.map((each) => each ** 2)))).toBeCloseTo(1, 1);
  });
});

describe("a signal", () => {
  it.each<SignalSpec>([
    { shape: "sine", mean: 10, amplitude: 5, period: "10s", noise: 1 },
    { shape: "walk", start: 3, step: 0.5, min: 2, max: 4 },
    { shape: "spikes", base: 1, height: 9, every: "10s", for: "2s" },
    { shape: "daily", low: 5, high: 25, noise: 0.1 },
    { shape: "steps", values: ["a", "b", true], every: "3s" },
  ])("of $shape can be made again, and is another for another seed", (spec) => {
    expect(values(spec)).toEqual(values(spec));
    if (spec.shape !== "daily") expect(values(spec, { count: 500 })).not.toEqual(values(spec, { seed: 9, count: 500 }));
  });

  it("of a sine swings around its mean", () => {
    const all = values({ shape: "sine", mean: 10, amplitude: 5, period: "10s" }) as number[];
    expect([Math.min(...all), Math.max(...all)].map(Math.round)).toEqual([5, 15]);
  });

  it("of a walk stays within its bounds, and moves", () => {
    const all = values({ shape: "walk", start: 3, step: 0.5, min: 2, max: 4 }, { count: 5_000 }) as number[];
    expect(Math.min(...all)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...all)).toBeLessThanOrEqual(4);
    expect(new Set(all).size).toBeGreaterThan(50);
  });

  it("of a day is highest at its peak, by UTC", () => {
    const from = Date.UTC(2026, 2, 29);
    const hours = values({ shape: "daily", low: 5, high: 25, peak: "14h" }, { count: 24, every: 3_600_000, from });
    expect([hours.indexOf(25), hours.indexOf(5)]).toEqual([14, 2]);
  });

  it("leaves readings out, and is stuck for a while", () => {
    const out = values({ shape: "constant", value: 1, dropout: "30%" }, { count: 2_000 });
    const share = out.filter((each) => each === undefined).length / 2_000;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
    const spec: SignalSpec = { shape: "walk", start: 0, step: 1, decimals: 9, stuck: { every: "20s", for: "10s" } };
    const all = values(spec, { count: 200 });
    const repeated = all.filter((each, i) => i > 0 && each === all[i - 1]).length;
    expect(repeated).toBeGreaterThan(80);
    expect(repeated).toBeLessThan(110);
  });

  it("of a record has its rows one after the other, any column, or at the pace of its times", () => {
    writeFileSync(
      join(folder, "r.csv"),
      "time,a,b\n2026-01-01 00:00:00,1,x\n2026-01-01 00:00:10,2,y\n2026-01-01 00:00:20,3,z\n",
    );
    expect(values({ shape: "recorded", file: "r.csv" }, { count: 4 })).toEqual([1, 2, 3, 1]);
    expect(values({ shape: "recorded", file: "r.csv", column: "b" }, { count: 4 })).toEqual(["x", "y", "z", "x"]);
    const paced = values({ shape: "recorded", file: "r.csv", speed: 2 }, { count: 20 });
    expect([paced[0], paced[4], paced[5], paced[10], paced[15]]).toEqual([1, 1, 2, 3, 1]);
  });

  it("of a record may have cells in quotes, a byte order mark and CRLF, as a spreadsheet writes it", () => {
    const text = '\uFEFF"time","note","a ""b"""\r\n"2026-01-01","x, y", "1.5"\r\n2026-01-02,,"on, ""off"""\r\n';
    writeFileSync(join(folder, "r.csv"), text);
    const column = 'a "b"';
    expect(values({ shape: "recorded", file: "r.csv", column }, { count: 2 })).toEqual([1.5, 'on, "off"']);
  });

  it.each([
    ["backwards", "t,v\n5,1\n1,2\n", undefined, 3],
    ["no times", "t,v\n1,1\nx,2\n", undefined, 3],
    ["a column of values alone", "v\n1\n2\n", "v", 2],
  ])("of a record has no pace of its own with %s", (_what, text, column, line) => {
    writeFileSync(join(folder, "r.csv"), text);
    const spec = { shape: "recorded", file: "r.csv", ...(column !== undefined && { column }) } as const;
    expect(values(spec, { count: 2 })).toEqual([1, 2]);
    expect(() => values({ ...spec, speed: 60 }, { count: 2 })).toThrow(
      `r.csv:${line}: a time that goes on has to be in the first column; leave \`speed\` out`,
    );
  });

  it.each([
    ["t,v\n1,NaN\n", undefined, /r\.csv:2: NaN is no number that a device can send/],
    ["t,v\n1,5\n2,-inf\n", undefined, /r\.csv:3: -inf is no number/],
    ["t,v\n1,1e999\n", undefined, /r\.csv:2: 1e999 is no number/],
    ['t,v\n1,"5\n2,6\n', undefined, /r\.csv:2: a quotation mark stands where no cell begins or ends/],
    ['t,v\n1,5"\n', undefined, /r\.csv:2: a quotation mark/],
    ["t,v\n1,\n", undefined, /r\.csv:2: there is nothing in the column v/],
    ["t,v\n1,2\n", "x", /r\.csv:1: there is no column "x"; it has t, v/],
    ["t,v\n", undefined, /holds no rows/],
  ])("of a record that is not of the form is refused: %j", (text, column, message) => {
    writeFileSync(join(folder, "r.csv"), text);
    expect(() => readRecordedColumn(join(folder, "r.csv"), column)).toThrow(message);
  });
});
