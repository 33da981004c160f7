import type { TelemetryRecord } from "@headwater/proto";
import type { Metric, RuleIndex } from "./rule-index.ts";
import type { Series } from "./series.ts";

/** Places of a record whose metrics are kept for the next one. */
const mostPlaces = 256;

/** Finds the series of a record's readings that rules judge. */
export class RecordSeries {
  /** Of the present record, for the rules that take every metric. */
  every: Series | undefined;
  readonly #index: RuleIndex;
  /** By the places of the present record's readings; undefined: no rule judges that. */
  readonly #series: (Series | undefined)[] = [];
  /** The last that was found in each place: devices send the same metrics in the same places over and over. */
  readonly #metrics: (Metric | undefined)[] = [];
  /** A metric that no rule takes, as long as there are so many that some rule has taken. */
  #unknown = "";
  #known = -1;

  constructor(index: RuleIndex) {
    this.#index = index;
  }

  /** False: no rule judges any of them. */
  find({ readings, device, derived }: TelemetryRecord, offset: number): boolean {
    const index = this.#index;
    if (index.metrics.size === 0) return false;
    if (this.#series.length > mostPlaces) this.#series.length = 0;
    let isAny = false;
    for (let place = 0; place < readings.length; place++) {
      const series = judgedSeries(index, this.#metricAt(place, readings[place]!.metric), device, offset);
      if (series !== undefined) isAny = true;
      this.#series[place] = series;
    }
    this.every = derived === null ? judgedSeries(index, index.every, device, offset) : undefined;
    return isAny || this.every !== undefined;
  }

  /** Of the reading in a place of the record that was looked for last. */
  at(place: number): Series | undefined {
    return this.#series[place];
  }

  #metricAt(place: number, name: string): Metric | undefined {
    const last = this.#metrics[place];
    if (last !== undefined && last.name === name) return last;
    const { metrics } = this.#index;
    // None goes away again.
    if (name === this.#unknown && metrics.size === this.#known) return undefined;
    const metric = metrics.get(name);
    if (metric === undefined) {
      this.#unknown = name;
      this.#known = metrics.size;
    } else if (place < mostPlaces) this.#metrics[place] = metric;
    return metric;
  }
}

/** undefined: no rule judges it, or a restored state has it already. */
export function judgedSeries(
  index: RuleIndex,
  metric: Metric | undefined,
  device: string,
  offset: number,
): Series | undefined {
  if (metric === undefined || metric.rules.length === 0) return undefined;
  const series = metric.series.get(device) ?? index.newSeries(metric, device);
  if (series.version !== metric.version) index.bringUpToDate(metric, series);
  return series.isTaken && series.covers <= offset ? series : undefined;
}
