import { numberField, type SeriesRow, textField, type Window, windowsOf } from "@headwater/time-series";
import type { DeviceSeries, SeriesOwner } from "../telemetry/device-series.ts";
import type { StateInterval } from "./intervals.ts";

export interface StateRange {
  readonly from: number;
  readonly to: number;
  /** Cuts intervals where windows begin. */
  readonly window?: Window | undefined;
  /** Intervals at most; one more shows that there are more. */
  readonly limit: number;
}

/** The states that the values of a metric say, each until the next value that differs. */
export async function metricStates(
  series: DeviceSeries,
  owner: SeriesOwner,
  metric: string,
  range: StateRange,
): Promise<readonly StateInterval[]> {
  for (const field of [textField(metric), numberField(metric)]) {
    const found = await statesOfField(series, owner, field, range);
    if (found.length > 0) return found;
  }
  return [];
}

async function statesOfField(
  series: DeviceSeries,
  owner: SeriesOwner,
  field: string,
  { from, to, window, limit }: StateRange,
): Promise<StateInterval[]> {
  const states = new OpenState(window, to);
  const earlier = { field, from: Number.MIN_SAFE_INTEGER, to: from, order: "desc", limit: 1 } as const;
  for await (const [row] of series.query(owner, earlier)) if (row !== undefined) states.begin(row[1], from);
  for await (const rows of series.query(owner, { field, from, to })) {
    for (const row of rows) states.take(row);
    if (states.found.length > limit) return states.found.slice(0, limit + 1);
  }
  states.end(to, true);
  return states.found.slice(0, limit + 1);
}

/** Values one after the other as intervals of the same one. */
class OpenState {
  readonly found: StateInterval[] = [];
  readonly #windows: ReturnType<typeof windowsOf> | undefined;
  readonly #to: number;
  #state: string | number | undefined;
  #from = 0;
  #count = 0;

  constructor(window: Window | undefined, to: number) {
    this.#windows = window === undefined ? undefined : windowsOf(window);
    this.#to = to;
  }

  /** As of a value from before the range. */
  begin(state: string | number, from: number): void {
    this.#state = state;
    this.#from = from;
    this.#count = 0;
  }

  take([time, value]: SeriesRow): void {
    this.#cutAt(time);
    if (value !== this.#state) {
      this.end(time, false);
      this.begin(value, time);
    }
    this.#count += 1;
  }

  end(time: number, open: boolean): void {
    this.#cutAt(time);
    if (this.#state === undefined || (time <= this.#from && this.#count === 0)) return;
    this.found.push({ state: this.#state, from: this.#from, to: time, open, count: this.#count });
  }

  #cutAt(time: number): void {
    if (this.#windows === undefined || this.#state === undefined) return;
    for (let { end } = this.#windows.at(this.#from); end < Math.min(time + 1, this.#to);) {
      this.found.push({ state: this.#state, from: this.#from, to: end, open: false, count: this.#count });
      this.begin(this.#state, end);
      ({ end } = this.#windows.at(end));
      if (this.found.length > mostCuts) return;
    }
  }
}

/** Beyond any limit of an answer. */
const mostCuts = 200_000;
