import type { CursorQuery } from "./series-cursor.ts";
import type { Run } from "./run.ts";

/** The messages between the store and its worker. The worker knows series by number only. */

export interface SeriesDefinition {
  readonly id: number;
  readonly measurement: string;
  /** Tags as JSON, sorted by name. */
  readonly tags: string;
  readonly field: string;
}

export interface NewestPoint {
  readonly series: number;
  readonly time: number;
  readonly value: number | string;
}

/** In the order of the question; the time of a series without points is NaN. */
export interface NewestPoints {
  readonly times: Float64Array;
  readonly values: readonly (number | string)[];
}

export interface WorkerSettings {
  readonly path: string;
  /** Points older than this (milliseconds) are deleted in the background. */
  readonly retentionMs?: number | undefined;
  /** Between two rounds over all series. */
  readonly retentionRoundMs: number;
  /** Values kept in memory before they move to chunks. */
  readonly headCapacity: number;
  /** At the latest after this time, too. */
  readonly flushAfterMs: number;
}

/** Requests and their answers. */
export interface Calls {
  write: { request: { packed: Uint8Array; series: readonly SeriesDefinition[] }; answer: void };
  /** Starts a query; its pages come by `page` under the same number. */
  page: { request: { cursor: number; query?: CursorQuery | undefined }; answer: { rows: Run; done: boolean } };
  abandon: { request: { cursor: number }; answer: void };
  newest: { request: { series: readonly number[] }; answer: NewestPoints };
  withPoints: { request: { series: readonly number[] }; answer: readonly number[] };
  delete: { request: { series: readonly number[]; from: number; to: number }; answer: void };
  health: { request: object; answer: void };
  close: { request: object; answer: void };
}

export type CallName = keyof Calls;
export type Request = { [N in CallName]: { readonly call: number; readonly name: N } & Calls[N]["request"] }[CallName];

export interface Failure {
  readonly message: string;
  /** SQLite's extended result code, if it was SQLite. */
  readonly errcode?: number | undefined;
}

export type Answer =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly failure: Failure }
  /** The first message: the series known so far (`seriesTexts`) and what is damaged, or why the worker cannot work. */
  | { readonly opened: readonly string[]; readonly damagedBefore: readonly string[] }
  | { readonly notOpened: Failure }
  /** All that is damaged and set aside so far, in words, whenever more was found. */
  | { readonly damaged: readonly string[] };
