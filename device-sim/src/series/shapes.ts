import type { Sample } from "./series.ts";

/**
 * A boiler's day: a slow swing around 65 with a small fast ripple, and every so often a steep excursion to about 95
 * that stays for some samples. Deterministic, so that a run can be repeated.
 */
export function boilerSeries(count: number, end: number, spacingMicros: number): Sample[] {
  const samples: Sample[] = [];
  for (let i = 0; i < count; i++) {
    const swing = 6 * Math.sin((2 * Math.PI * i) / 240);
    const ripple = 1.5 * Math.sin((2 * Math.PI * i) / 7);
    const excursion = i % 120 >= 90 && i % 120 < 104 ? 28 : 0;
    const value = Math.round((65 + swing + ripple + excursion) * 100) / 100;
    samples.push({ time: end - (count - 1 - i) * spacingMicros, value });
  }
  return samples;
}
