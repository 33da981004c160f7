import type { Point, SeriesQuery, SeriesRef, SeriesRow, TimeSeriesStore } from "../time-series-store.ts";

/** How the suite gets at an adapter. Tests keep apart by measurements of their own, so one store serves all of them. */
export interface StoreUnderTest {
  readonly store: TimeSeriesStore;
  /** Another handle on the same data, as after a restart; the one before is closed first. */
  readonly reopen: () => Promise<TimeSeriesStore>;
  /**
   * How another process opens the same data: a module that exports `openStore(argument)`, and the argument, as JSON.
   */
  readonly inOtherProcess: { readonly module: string; readonly argument: unknown };
  /** Closes everything and removes the data. */
  readonly dispose: () => Promise<void>;
}

export type OpenStore = (argument: never) => Promise<TimeSeriesStore>;

let measurements = 0;

/** A measurement that no other test, and no earlier run, has used. */
export function freshMeasurement(): string {
  measurements++;
  return `contract-${process.pid}-${Date.now().toString(36)}-${measurements}`;
}

/** A series of one device that no other test uses. */
export function freshSeries(field = "value"): SeriesRef {
  return { measurement: freshMeasurement(), tags: { device: "d1" }, field };
}

/** 2023-11-14T22:13:20Z: a time that is as plausible as any. */
export const T0 = 1_700_000_000_000_000;

/** Every storable time. */
export const ALWAYS = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER + 1 } as const;

export async function rowsOf(
  store: TimeSeriesStore,
  series: SeriesRef,
  query: Partial<SeriesQuery> = {},
): Promise<SeriesRow[]> {
  const rows: SeriesRow[] = [];
  for await (const chunk of store.query({ ...ALWAYS, ...series, ...query })) {
    for (const row of chunk) rows.push(row);
  }
  return rows;
}

/** Points of one field, as rows. */
export function pointsOf({ measurement, tags, field }: SeriesRef, rows: readonly SeriesRow[]): Point[] {
  return rows.map(([time, value]) => ({ measurement, tags, time, fields: { [field]: value } }));
}
