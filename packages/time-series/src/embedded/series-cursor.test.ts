import { expect, it } from "vitest";
import { NO_MARKS } from "../retention.ts";
import { SeriesCursor } from "./series-cursor.ts";

const micros = (year: number): number => Date.UTC(year, 0, 1) * 1_000;

it("looks at the days of a zone over two centuries some at a time, and knows in the end that they are whole hours", () => {
  const window = { unit: "day", count: 1, timeZone: "Europe/Oslo" } as const;
  const cursor = new SeriesCursor({ series: 1, from: micros(1902), to: micros(2100), window, aggregate: "mean" });
  let looks = 1;
  while (!cursor.prepare(0)) looks += 1;
  expect(looks).toBeGreaterThan(19);
  expect(cursor.summaries(() => NO_MARKS)).toMatchObject({ isOfHours: true });
});

it("has nothing to look at for points alone", () => {
  expect(new SeriesCursor({ series: 1, from: micros(1902), to: micros(2100) }).prepare(0)).toBe(true);
});
