import { duration, paneLength, valuesOf } from "./life.ts";
import type { Life, Sample } from "./life.ts";
import { aggregated } from "./windows.ts";
import type { Measured } from "./windows.ts";

type Numbers = (point: number) => readonly { readonly value: number; readonly sample: Sample }[];

interface Past {
  readonly metric?: string;
  readonly change?: { readonly since: string };
  readonly relativeTo?: { readonly over: string; readonly aggregate: string; readonly floor?: number };
}

/** A metric against its own past. */
export function past({ metric, change: difference, relativeTo }: Past, life: Life): Measured {
  const numbers: Numbers = (point) =>
    valuesOf(metric!, life, point, "number").map(({ value, sample }) => ({ value: Number(value), sample }));
  return difference === undefined ? relative(numbers, relativeTo!) : change(life, numbers, duration(difference.since));
}

/** To the last value at or before so long ago, at most one further span old; spans end where panes do. */
function change({ points }: Life, numbers: Numbers, since: number): Measured {
  const length = paneLength(since);
  const span = Math.ceil(since / length);
  const paneOf = (time: number): number => Math.floor(time / length);
  const before = (point: number) => {
    const now = paneOf(points[point]!.time);
    const last = numbers(point).findLast(({ sample }) => paneOf(sample.time) <= now - span);
    return last !== undefined && paneOf(last.sample.time) >= now - 2 * span ? last : undefined;
  };
  return {
    value(point) {
      const [last, then] = [numbers(point).at(-1), before(point)];
      return last === undefined || then === undefined ? undefined : last.value - then.value;
    },
    timers(point) {
      const then = before(point);
      const coming = numbers(point).find(({ sample }) => paneOf(sample.time) > paneOf(points[point]!.time) - span);
      // The next pane comes so far back, or the one that is there becomes too old.
      const changes = [
        ...(coming === undefined ? [] : [paneOf(coming.sample.time) + span]),
        ...(then === undefined ? [] : [paneOf(then.sample.time) + 2 * span + 1]),
      ];
      return changes.length === 0 ? [] : [{ time: Math.min(...changes) * length, from: numbers(point).at(-1)!.sample }];
    },
  };
}

/** The last reading by what came before it; unknown if half empty or below the floor. */
function relative(numbers: Numbers, { over, aggregate, floor }: NonNullable<Past["relativeTo"]>): Measured {
  const length = paneLength(duration(over));
  const panes = Math.ceil(duration(over) / length);
  const paneOf = ({ time }: Sample): number => Math.floor(time / length);
  return {
    value(point) {
      const last = numbers(point).at(-1);
      if (last === undefined) return undefined;
      const before = numbers(point).filter(
        ({ sample }) => sample !== last.sample && paneOf(sample) > paneOf(last.sample) - panes,
      );
      const first = before[0];
      if (first === undefined || paneOf(last.sample) - paneOf(first.sample) < panes / 2) return undefined;
      const value = aggregated(
        aggregate,
        before.map((each) => each.value),
      );
      if (typeof value !== "number" || value === 0 || value < (floor ?? -Infinity)) return undefined;
      return last.value / value;
    },
    timers: () => [],
  };
}
