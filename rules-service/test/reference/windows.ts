import { calendarPanes, type Panes } from "./calendar.ts";
import type { Comparison, Value } from "./grades.ts";
import { compare, isRaised } from "./grades.ts";
import { duration, hasPassed, paneLength } from "./life.ts";
import type { Life, Moment, Sample, Timer } from "./life.ts";

export interface WindowDefinition {
  readonly over?: string;
  readonly every?: string;
  readonly session?: string;
  readonly timeZone?: string;
  readonly readings?: number;
}

/** What a condition compares, where that is worked out; asked for a point by its number. */
export interface Measured {
  value(point: number): Value | undefined;
  timers(point: number): readonly Timer[];
}

interface Taken {
  readonly value: Value;
  readonly sample: Sample;
}

export function windowed(
  condition: {
    readonly metric?: string;
    readonly window?: WindowDefinition;
    readonly aggregate?: string;
    readonly where?: Comparison;
    readonly rate?: { readonly over: string; readonly per?: string };
  },
  life: Life,
): Measured {
  const { metric, window, aggregate, where, rate } = condition;
  const takesText = ["count", "first", "last", "distinct"].includes(aggregate ?? "rate");
  const taken = (point: number): readonly Taken[] =>
    life.samples.slice(0, life.points[point]!.samples).flatMap((sample) =>
      sample.readings
        .filter((each) => each.metric === metric && (takesText || typeof each.value === "number"))
        .filter(({ value }) => where === undefined || isRaised(compare(where, value)))
        .map(({ value }) => ({ value, sample })),
    );
  if (rate !== undefined) {
    const per = duration(rate.per ?? "1s");
    return sliding(life, taken, duration(rate.over), (list) => rateOf(list, per, duration(rate.over) / 2));
  }
  const fold = (list: readonly Taken[]): Value | undefined =>
    aggregated(
      aggregate!,
      list.map(({ value }) => value),
    );
  if (window!.session !== undefined) return session(life, taken, duration(window!.session), fold);
  if (window!.readings !== undefined) {
    const count = window!.readings;
    return {
      value: (point) => (taken(point).length < count ? undefined : fold(taken(point).slice(-count))),
      timers: () => [],
    };
  }
  const { over, every, timeZone } = window!;
  if (every === undefined) return sliding(life, taken, duration(over!), fold);
  if (timeZone !== undefined) {
    return hopping(life, taken, Number.parseInt(over!, 10), calendarPanes(every, timeZone), fold);
  }
  const length = duration(every);
  const panes = { at: (time: number) => Math.floor(time / length), begins: (pane: number) => pane * length };
  return hopping(life, taken, duration(over!) / length, panes, fold);
}

function sliding(
  { points }: Life,
  taken: (point: number) => readonly Taken[],
  over: number,
  fold: (list: readonly Taken[]) => Value | undefined,
): Measured {
  const length = paneLength(over);
  const panes = Math.ceil(over / length);
  const paneOf = (time: number): number => Math.floor(time / length);
  const inside = (point: number): readonly Taken[] =>
    taken(point).filter(({ sample }) => paneOf(sample.time) > paneOf(points[point]!.time) - panes);
  return {
    value: (point) => fold(inside(point)),
    timers(point) {
      const list = inside(point);
      if (list.length === 0) return [];
      return [{ time: (paneOf(list[0]!.sample.time) + panes) * length, from: list.at(-1)!.sample }];
    },
  };
}

function hopping(
  { points }: Life,
  taken: (point: number) => readonly Taken[],
  panes: number,
  { at: paneOf, begins }: Panes,
  fold: (list: readonly Taken[]) => Value | undefined,
): Measured {
  /** The edge that has passed last: that at which the pane of this number begins. */
  const lastEdge = (point: number): number => {
    const edge = paneOf(points[point]!.time);
    return hasPassed(points[point]!, begins(edge)) ? edge : edge - 1;
  };
  return {
    value(point) {
      const edge = lastEdge(point);
      return fold(
        taken(point).filter(({ sample }) => paneOf(sample.time) >= edge - panes && paneOf(sample.time) < edge),
      );
    },
    timers(point) {
      const list = taken(point);
      const edge = lastEdge(point);
      // A pane comes in at its end, and leaves so many panes later.
      const changes = list
        .map(({ sample }) => paneOf(sample.time) + 1)
        .flatMap((end) => [end, end + panes])
        .filter((each) => each > edge);
      if (changes.length === 0) return [];
      return [{ time: begins(Math.min(...changes)), from: list.at(-1)!.sample }];
    },
  };
}

/** A session ends so long after its last reading. */
function session(
  { points }: Life,
  taken: (point: number) => readonly Taken[],
  gap: number,
  fold: (list: readonly Taken[]) => Value | undefined,
): Measured {
  const pointOf = (sample: Sample) => points.find((point) => point.sample === sample)!;
  const present = (point: number): readonly Taken[] => {
    const list = taken(point);
    const last = list.at(-1);
    if (last === undefined || hasPassed(points[point]!, last.sample.time + gap)) return [];
    let first = list.length - 1;
    while (first > 0 && !hasPassed(pointOf(list[first]!.sample), list[first - 1]!.sample.time + gap)) first--;
    return list.slice(first);
  };
  return {
    value: (point) => fold(present(point)),
    timers(point) {
      const last: Moment | undefined = present(point).at(-1)?.sample;
      return last === undefined ? [] : [{ time: last.time + gap, from: last }];
    },
  };
}

/** (last - first) / (their time), unknown below so much of it. */
function rateOf(list: readonly Taken[], per: number, least: number): number | undefined {
  const [first, last] = [list[0], list.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const time = last.sample.time - first.sample.time;
  return time < least ? undefined : ((Number(last.value) - Number(first.value)) / time) * per;
}

export function aggregated(aggregate: string, values: readonly Value[]): Value | undefined {
  const numbers = values.map(Number);
  const sum = numbers.reduce((all, each) => all + each, 0);
  if (aggregate === "count") return values.length;
  if (aggregate === "sum") return sum;
  if (aggregate === "distinct") return new Set(values).size;
  // Empty: count and sum are 0, all else is unknown.
  if (values.length === 0) return undefined;
  const mean = sum / values.length;
  const sorted = numbers.toSorted((a, b) => a - b);
  if (aggregate === "first") return values[0];
  if (aggregate === "last") return values.at(-1);
  if (aggregate === "mean") return mean;
  if (aggregate === "min") return sorted[0];
  if (aggregate === "max") return sorted.at(-1);
  if (aggregate === "stddev") {
    return Math.sqrt(numbers.reduce((all, each) => all + (each - mean) ** 2, 0) / values.length);
  }
  // Nearest rank.
  return sorted[Math.max(1, Math.ceil((Number(aggregate.slice(1)) / 100) * values.length)) - 1];
}
