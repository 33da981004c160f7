import { isoFromMicros } from "@headwater/core";
import type { FilledRow } from "./fill.ts";
import { csvLine, csvValue } from "./csv.ts";

type Batches = AsyncIterable<readonly FilledRow[]>;

/** Milliseconds since the epoch; a fraction carries microseconds. */
export function millis(micros: number): number {
  return micros / 1000;
}

export interface JsonAnswer {
  /** What stands before the points. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly limit: number;
  /** The cursor of what follows a row. */
  readonly next: (last: FilledRow) => string;
}

/**
 * `{…head, points: [[t, value], …]}` as text, a batch at a time; with `truncated` and `next` behind the points if there
 * are more than `limit`.
 */
export async function* jsonRows(batches: Batches, { head, limit, next }: JsonAnswer): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"points":[`;
  let separator = "";
  let left = limit;
  let last: FilledRow | undefined;
  let isCut = false;
  for await (const batch of batches) {
    const rows = batch.slice(0, left);
    isCut = batch.length > left;
    left -= rows.length;
    last = rows.at(-1) ?? last;
    const texts = rows.map(([time, value]) => `[${millis(time)},${JSON.stringify(value)}]`);
    if (texts.length > 0) yield separator + texts.join(",");
    separator = ",";
    if (isCut) break;
  }
  yield isCut && last !== undefined ? `],"truncated":true,"next":${JSON.stringify(next(last))}}` : "]}";
}

/** RFC 4180 with a header line: time in ISO 8601, t in milliseconds, value. */
export async function* csvRows(batches: Batches): AsyncGenerator<string> {
  yield csvLine(["time", "t", "value"]);
  for await (const rows of batches) {
    yield rows.map(([time, value]) => `${isoFromMicros(time)},${millis(time)},${csvValue(value)}\r\n`).join("");
  }
}

/** An object a line, with the columns of the CSV. */
export async function* ndjsonRows(batches: Batches): AsyncGenerator<string> {
  for await (const rows of batches) {
    yield rows
      .map(
        ([time, value]) => `{"time":"${isoFromMicros(time)}","t":${millis(time)},"value":${JSON.stringify(value)}}\n`,
      )
      .join("");
  }
}

export interface Begun<T> {
  readonly batches: AsyncIterable<readonly T[]>;
  /** Leaves them where they are, also if nobody has begun to read; the store has to do no more for them. */
  close(): void;
}

/**
 * The batches that hold something; undefined if none does. The first is fetched before this resolves, so that what
 * fails at once can still be answered as an error.
 */
export async function begun<T>(batches: AsyncIterable<readonly T[]>): Promise<Begun<T> | undefined> {
  const iterator = filled(batches);
  const first = await iterator.next();
  if (first.done === true) return undefined;
  return {
    batches: resumed(first.value, iterator),
    close: () => {
      // What fails while it is left fails for nobody.
      iterator.return(undefined).catch(() => {});
    },
  };
}

async function* resumed<T>(first: readonly T[], rest: AsyncGenerator<readonly T[]>): AsyncGenerator<readonly T[]> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* filled<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  for await (const batch of batches) if (batch.length > 0) yield batch;
}
