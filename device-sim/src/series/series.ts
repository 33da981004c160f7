/** One value of a series; `time` in microseconds since the epoch. */
export interface Sample {
  readonly time: number;
  readonly value: number;
}

/** Shifts a series so that its newest sample lies at `end`, its spacing kept. */
export function shiftToEnd(samples: readonly Sample[], end: number): Sample[] {
  const newest = samples.reduce((latest, sample) => Math.max(latest, sample.time), Number.NEGATIVE_INFINITY);
  return samples.map((sample) => ({ time: sample.time - newest + end, value: sample.value }));
}

/** The points that a store must hold of the series: a second value at the same time replaces the first. */
export function lastByTime(samples: readonly Sample[]): Map<number, number> {
  return new Map(samples.map((sample) => [sample.time, sample.value]));
}
