import type { DatabaseSync } from "node:sqlite";
import type { StoredBatch } from "../partition-table.ts";
import { plainBatch } from "../packed-batch.ts";
import { isIntact, readBatchHeader } from "../record-batch.ts";

/** A row of a damaged table, as far as it can be read. */
export interface DamagedRow {
  readonly base: number | undefined;
  readonly last: number | undefined;
  readonly body: Uint8Array | undefined;
}

/** What a table of batches holds, in order: sound batches, and damage between them. */
export type ScannedBatch =
  | { readonly kind: "sound"; readonly batch: StoredBatch }
  | { readonly kind: "damaged"; readonly row: DamagedRow };

/** No partition has as many offsets. */
const beyondAll = 2 ** 52;

/** Reads every row that can be read, one at a time: a page that cannot is passed over. */
export function* scanBatches(database: DatabaseSync, id: number): Generator<ScannedBatch> {
  const table = `batches_${id}`;
  const next = database.prepare(`SELECT base FROM ${table} WHERE base > ? ORDER BY base LIMIT 1`);
  const row = database.prepare(`SELECT base, last, time, body FROM ${table} WHERE base = ?`);
  const nextAfter = (base: number): number | undefined => next.get(base)?.["base"] as number | undefined;
  for (let at: number | undefined = -1; ;) {
    const before: number = at;
    try {
      at = nextAfter(before);
    } catch {
      yield { kind: "damaged", row: { base: undefined, last: undefined, body: undefined } };
      at = passOver(before, nextAfter);
    }
    if (at === undefined) return;
    let stored: StoredBatch | undefined;
    try {
      stored = row.get(at) as unknown as StoredBatch | undefined;
    } catch {
      // The page of its body cannot be read.
    }
    yield judge(at, stored);
  }
}

/** The first row behind a page that cannot be read; undefined if there is none. */
function passOver(from: number, nextAfter: (base: number) => number | undefined): number | undefined {
  let failing = from;
  for (let step = 1; from + step < beyondAll; step *= 2) {
    try {
      const found = nextAfter(from + step);
      // Between the last place that failed and this one the first readable row may lie further back.
      return found === undefined ? undefined : firstReadable(failing, from + step, nextAfter);
    } catch {
      failing = from + step;
    }
  }
  return undefined;
}

function firstReadable(
  failing: number,
  working: number,
  nextAfter: (base: number) => number | undefined,
): number | undefined {
  let [low, high] = [failing, working];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    try {
      nextAfter(middle);
      high = middle;
    } catch {
      low = middle;
    }
  }
  return nextAfter(high);
}

/** The header in the checked bytes counts; the columns beside it are not covered by any checksum. */
function judge(base: number, stored: StoredBatch | undefined): ScannedBatch {
  const bytes = stored?.body;
  const body = bytes instanceof Uint8Array ? plainBatch(bytes) : bytes;
  const isSound = body instanceof Uint8Array && isIntact(body);
  if (stored === undefined || !isSound) {
    const isBytes = body instanceof Uint8Array;
    return { kind: "damaged", row: { base, last: stored?.last, body: isBytes ? body : undefined } };
  }
  const header = readBatchHeader(body);
  const last = header.sparse ? stored.last : header.baseOffset + header.count - 1;
  const agrees = header.baseOffset === base && last === stored.last && last >= base;
  if (!agrees) return { kind: "damaged", row: { base: header.baseOffset, last: undefined, body } };
  if (!header.sparse && stored.time !== header.appendTime) {
    return { kind: "sound", batch: { ...stored, body, time: header.appendTime } };
  }
  return { kind: "sound", batch: { ...stored, body } };
}
