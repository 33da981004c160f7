import fc from "fast-check";
import { expect, it } from "vitest";
import { QuantileSketch } from "./quantile-sketch.ts";

it("is exact as long as the values have room", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const sketch = new QuantileSketch(512);
        for (const value of values) sketch.add(value);
        const sorted = values.toSorted((a, b) => a - b);
        const rank = q * (sorted.length - 1);
        const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
        expect(sketch.quantile(q)).toBeCloseTo(low + (high - low) * (rank % 1), 9);
      },
    ),
  );
});

it("is off by few ranks of many values, sorted or not", () => {
  const count = 200_000;
  for (const valueOf of [(i: number) => i, (i: number) => count - 1 - i, (i: number) => (i * 99_991) % count]) {
    const sketch = new QuantileSketch(4096);
    for (let i = 0; i < count; i++) sketch.add(valueOf(i));
    for (const q of [0.001, 0.25, 0.5, 0.95, 0.999]) {
      expect(Math.abs(sketch.quantile(q) - q * count) / count).toBeLessThan(0.002);
    }
  }
});

it("takes the greatest numbers", () => {
  const sketch = new QuantileSketch();
  for (const value of [-Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_VALUE]) sketch.add(value);
  expect(sketch.quantile(0.25)).toBe(0);
  expect(sketch.quantile(1)).toBe(Number.MAX_VALUE);
});

it("is the same number whether it is asked for meanwhile or not, also of more values than are sorted at once", () => {
  const [asked, quiet] = [new QuantileSketch(), new QuantileSketch()];
  const values = Array.from({ length: 40_000 }, (_, i) => (i * 7_919) % 40_009);
  for (const [i, value] of values.entries()) {
    asked.add(value);
    quiet.add(value);
    if (i % 9_999 === 0) asked.quantile(0.5);
  }
  const sorted = values.toSorted((a, b) => a - b);
  for (const q of [0, 0.25, 1]) {
    const rank = q * (sorted.length - 1);
    const part = rank - Math.floor(rank);
    const exact = sorted[Math.floor(rank)]! * (1 - part) + sorted[Math.ceil(rank)]! * part;
    expect(asked.quantile(q)).toBeCloseTo(exact, 6);
    expect(quiet.quantile(q)).toBe(asked.quantile(q));
  }
});

it("answers with all values while it still puts earlier ones in order", () => {
  const count = 700_000;
  const sketch = new QuantileSketch();
  for (let i = 0; i < count; i++) {
    sketch.add((i * 7_919) % count);
    if (i < 262_000 || i % 20_000 !== 0) continue;
    // Values of the first so many steps lie evenly, so a rank is told from the value.
    expect(Math.abs(sketch.quantile(0.5) / count - 0.5)).toBeLessThan(0.001);
    expect(Math.abs(sketch.quantile(1) / count - 1)).toBeLessThan(0.001);
  }
  for (const q of [0.001, 0.5, 0.999]) expect(Math.abs(sketch.quantile(q) / count - q)).toBeLessThan(0.000_1);
});
