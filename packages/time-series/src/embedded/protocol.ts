import type { CursorQuery } from "./series-cursor.ts";
import type { ClassMarks, Retention } from "../retention.ts";
import type { RetentionChoice } from "./facts.ts";
import type { Run } from "./run.ts";

/** The messages between the store and its worker. The worker knows series by number only. */

export interface SeriesDefinition {
  readonly id: number;
  readonly measurement: string;
  /** Tags as JSON, sorted by name. */
  readonly tags: string;
  readonly field: string;
}

/** In the order of the question; the time of a series without points is NaN. */
export interface NewestPoints {
  readonly times: Float64Array;
  readonly values: readonly (number | string)[];
}

export interface WorkerSettings {
  readonly path: string;
  readonly retention: RetentionChoice;
  /** Whether the file has a bound, so that somebody has to know the oldest point. */
  readonly isBounded: boolean;
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
  /** From here on the classes begin at these marks; no write after it has a point before that of points. */
  advance: { request: { marks: ClassMarks }; answer: void };
  /** Copies the file to a new one. */
  backup: { request: { path: string }; answer: void };
  usage: { request: object; answer: Usage };
  isSettled: { request: object; answer: boolean };
  health: { request: object; answer: void };
  close: { request: object; answer: void };
}

export type CallName = keyof Calls;
export type Request = { [N in CallName]: { readonly call: number; readonly name: N } & Calls[N]["request"] }[CallName];

/** What a store has when it is opened. */
export interface Opened {
  /** As `SeriesTable.texts` makes them. */
  readonly series: readonly string[];
  readonly damaged: readonly string[];
  readonly retention: Retention;
  readonly marks: ClassMarks;
}

/** How large the file is, and where its points begin. */
export interface Usage {
  /** Of pages that hold something. */
  readonly bytes: number;
  /** The oldest point (µs), as of the last look at all series; undefined: there is none, or nobody has looked yet. */
  readonly oldest: number | undefined;
  readonly isSettled: boolean;
}

export interface Failure {
  readonly message: string;
  /** SQLite's extended result code, if it was SQLite. */
  readonly errcode?: number | undefined;
}

export type Answer =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly failure: Failure }
  /** The first message, or why the worker cannot work. */
  | { readonly opened: Opened }
  | { readonly notOpened: Failure }
  /** All that is damaged and set aside so far, in words, whenever more was found. */
  | { readonly damaged: readonly string[] };
