import { StateOfOtherVersionError } from "./errors.ts";
import type { InstanceFields } from "./instance.ts";
import { readInstance, writeInstance } from "./instance-codec.ts";
import type { Series } from "./series.ts";
import { readSeries, writeSeries, type SeriesFields } from "./series-codec.ts";
import { StateReader, StateWriter } from "./state-bytes.ts";

/**
 * Of everything below and of what conditions keep; a state of another version is not read, and its rules are warmed
 * again. Up to version 3 windows kept their panes as objects, up to 4 footings and episodes had the names of their
 * fields with them, up to 5 each footing had all panes of its window.
 */
export const stateVersion = 6;

/** Begins the name of a metric where states of rules have the id of the rule. */
export const seriesPrefix = "~";

/** All states are written by one, each at once. */
const states = new StateWriter();

/** What a rule was when its states were written. */
export interface RuleRecord {
  /** The first writing that had it so. */
  readonly generation: number;
  readonly revision: number;
  readonly mode: string;
  readonly grounding: string;
}

/** Throws StateOfOtherVersionError unless this version wrote the state. */
export function checkVersion(version: number): void {
  if (version === stateVersion) return;
  throw new StateOfOtherVersionError(
    `The state of the rules is of version ${version}; this version of Headwater reads ${stateVersion}`,
  );
}

/** A rule as it is, and as the writing before knew it. */
export function encodeRule(records: readonly RuleRecord[]): Uint8Array {
  const writer = states.begin();
  const each = ({ generation, revision, mode, grounding }: RuleRecord): StateWriter =>
    writer.count(generation).count(revision).text(mode).text(grounding);
  return writer.list(records, each).done();
}

export function decodeRule(bytes: Uint8Array): RuleRecord[] {
  const reader = new StateReader(bytes);
  return reader.list(() => ({
    generation: reader.count(),
    revision: reader.count(),
    mode: reader.text(),
    grounding: reader.text(),
  }));
}

export function encodeCount(count: number): Uint8Array {
  return states.begin().count(count).done();
}

export function decodeCount(bytes: Uint8Array): number {
  return new StateReader(bytes).count();
}

export function encodeSeries(series: Series): Uint8Array {
  writeSeries(states.begin(), series);
  return states.done();
}

export function decodeSeries(bytes: Uint8Array): SeriesFields {
  return whole(bytes, readSeries);
}

export function encodeInstance(instance: InstanceFields): Uint8Array {
  writeInstance(states.begin(), instance);
  return states.done();
}

export function decodeInstance(bytes: Uint8Array): InstanceFields {
  return whole(bytes, readInstance);
}

function whole<T>(bytes: Uint8Array, read: (reader: StateReader) => T): T {
  const reader = new StateReader(bytes);
  const fields = read(reader);
  reader.end();
  return fields;
}
