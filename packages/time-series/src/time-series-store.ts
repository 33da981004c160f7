import type { Aggregate } from "./aggregate.ts";
import type { MetricPage } from "./latest-page.ts";
import type { ClassMarks, ClassSpan } from "./retention.ts";
import type { Window } from "./windows/index.ts";

/**
 * The time-series store port: points in, series out. Times are integers of microseconds since the epoch.
 * A point is identified by (measurement, tags, field, time); writing it again replaces the value, so a
 * rewrite is idempotent.
 */

export interface Point {
  readonly measurement: string;
  /** Share one object per device: adapters cache its escaped form by identity. */
  readonly tags: Readonly<Record<string, string>>;
  readonly time: number;
  /**
   * Numbers are stored as floats, always; text goes to a field of its own. The name says which of both a field holds
   * (`storedField` in field-names.ts makes it); a value of the other kind is refused. At least one field.
   */
  readonly fields: Readonly<Record<string, number | string>>;
}

export interface RefusedPoint {
  /** Index into the array handed to `write`. */
  readonly index: number;
  readonly reason: string;
}

export interface WriteResult {
  /**
   * Points that the store will never take, and why, by index; all others are stored. A point is stored whole or not at
   * all.
   */
  readonly refused: readonly RefusedPoint[];
}

export const orders = ["asc", "desc"] as const;
export type Order = (typeof orders)[number];

export interface SeriesRef {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly field: string;
}

export interface SeriesQuery extends SeriesRef {
  /** Inclusive, µs. */
  readonly from: number;
  /** Exclusive, µs. */
  readonly to: number;
  /**
   * Needs `aggregate`. Windows without points are left out; a row's time is its window's start, also where that lies
   * before `from`. Without a window `aggregate` gives one row, at `from`, or none.
   */
  readonly window?: Window;
  /** Of text there are count, first and last. */
  readonly aggregate?: Aggregate;
  /** The first so many rows in the order that is asked for. */
  readonly limit?: number;
  /** Default: `asc`, oldest first. */
  readonly order?: Order;
}

export type SeriesRow = readonly [time: number, value: number | string];

export interface LatestValue {
  readonly field: string;
  readonly time: number;
  readonly value: number | string;
}

export interface LatestPage {
  readonly values: readonly LatestValue[];
  /** The last metric of this page, if more follow: the `after` of the next one. */
  readonly next: string | undefined;
}

export interface NewestTime {
  readonly tags: Readonly<Record<string, string>>;
  readonly time: number;
}

export interface TagValuePage {
  readonly values: readonly string[];
  /** The last value that was looked at, if more follow: the `after` of the next page. */
  readonly next: string | undefined;
}

/** What a store says of its room, for metrics. */
export interface StoreUsage {
  /** As of a moment ago; undefined where only a server knows. */
  readonly bytes: number | undefined;
  readonly marks: ClassMarks;
}

export interface TimeSeriesStore {
  /**
   * Resolves when the points are stored. Rejects with `StoreUnavailableError` (retry; with `retryAfterMs` if the store
   * said so), `UnknownOutcomeError` (may be stored; repeat before anything newer of its series) or
   * `StoreRejectedCredentialsError` (stop).
   */
  write(points: readonly Point[]): Promise<WriteResult>;

  /**
   * Rows of the series with exactly these tags, in their order, in chunks. Points written meanwhile may or may not be
   * seen. Throws RequestError for a query that cannot be meant so.
   */
  query(query: SeriesQuery): AsyncIterable<readonly SeriesRow[]>;

  /**
   * Which retention class answers which part of a query's range, oldest first; a part that none answers is left out.
   * Where points have ended, roll-ups of minutes or hours stand for them in what can be told of them: aggregates other
   * than these, and queries without one, have points alone.
   */
  classes(query: SeriesQuery): Promise<readonly ClassSpan[]>;

  /** Newest value by event time of every field of the series with exactly these tags. */
  latest(measurement: string, tags: Readonly<Record<string, string>>): Promise<readonly LatestValue[]>;

  /** As `latest`, for a page of their metrics; a page may hold fewer than there is room for although more follow. */
  latestPage(measurement: string, tags: Readonly<Record<string, string>>, page: MetricPage): Promise<LatestPage>;

  /**
   * As `latest` of each of these sets of tags, in their order; of these fields only, if any are named. Made for whole
   * fleets: thousands of sets at once.
   */
  latestOf(
    measurement: string,
    tagSets: readonly Readonly<Record<string, string>>[],
    fields?: readonly string[],
  ): Promise<readonly (readonly LatestValue[])[]>;

  /** Every set of tags of a measurement that has points, with the time of its newest point. */
  newestTimes(measurement: string): Promise<readonly NewestTime[]>;

  /** Series whose tags contain the given ones. */
  listSeries(measurement: string, tags?: Readonly<Record<string, string>>): Promise<readonly SeriesRef[]>;

  /**
   * The values of a tag of the series of a measurement, the next `limit` after that one, in the order of the bytes that
   * the store has for them; among them values of which no point is left.
   */
  tagValues(
    measurement: string,
    tag: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<TagValuePage>;

  /**
   * Deletes [from, to) of all series of a measurement whose tags contain the given ones; of roll-ups every minute and
   * hour that this range touches.
   */
  deleteRange(measurement: string, tags: Readonly<Record<string, string>>, from: number, to: number): Promise<void>;

  /**
   * Copies the store to a new file while it works: all that was stored before the call is in it, and of what comes
   * meanwhile whole writes. The file is that of a store: put in its place, it opens. Absent where a server has its own
   * way. One at a time (RequestError 409).
   */
  backup?(path: string): Promise<void>;

  /**
   * A store beside this one, for points that are compared with this one's before they replace them: the same one each
   * time, until it is discarded. It keeps all that it is given. Whoever opens it closes or discards it, and has it once
   * at a time. Rejects with StoreRejectedCredentialsError, which says what is missing, where it may not be made.
   */
  openShadow?(): Promise<ShadowStore>;

  /**
   * Deletes of the shadow, which nobody has open, the measurements that are over; it makes none where there is none.
   * Beside a store that is a file there is one owner, and the whole of it goes.
   */
  sweepShadow?(isOver: (measurement: string) => boolean): Promise<void>;

  usage?(): StoreUsage;

  /** What is amiss and does not keep the store from being used, for health: points that are damaged and set aside. */
  warnings?(): readonly string[];

  /** Resolves when the store answers; rejects with the reason otherwise. */
  health(): Promise<void>;

  close(): Promise<void>;
}

export interface ShadowStore extends TimeSeriesStore {
  /** Closes it, and gives the room back that it has taken here. What a server has beside this is deleted by ranges. */
  discard(): Promise<void>;
}
