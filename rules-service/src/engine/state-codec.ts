import { StateOfOtherVersionError } from "./errors.ts";
import { decodeFormerInstance, decodeFormerSeries, formerVersion } from "./former-state-codec.ts";
import type { InstanceFields } from "./instance.ts";
import { readInstance, writeInstance } from "./instance-codec.ts";
import type { Series } from "./series.ts";
import { readSeries, writeSeries, type SeriesFields } from "./series-codec.ts";
import { StateReader, StateWriter } from "./state-bytes.ts";

/** Of everything below. One former version is read, too; where a state is of any other, its rules are warmed again. */
export const stateVersion = 4;

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

/** A state with the version that wrote it. */
export interface VersionedState {
  readonly version: number;
  readonly state: Uint8Array;
}

/** Throws StateOfOtherVersionError unless states of that version can be read. */
export function checkVersion(version: number): void {
  if (version === stateVersion || version === formerVersion) return;
  throw new StateOfOtherVersionError(
    `The state of the rules is of version ${version}; this version of Headwater reads ${formerVersion} and ${stateVersion}`,
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

export function decodeSeries({ version, state }: VersionedState, metric: string): SeriesFields {
  return version === formerVersion ? decodeFormerSeries(state, metric) : readSeries(new StateReader(state));
}

export function encodeInstance(instance: InstanceFields): Uint8Array {
  writeInstance(states.begin(), instance);
  return states.done();
}

export function decodeInstance({ version, state }: VersionedState): InstanceFields {
  return version === formerVersion ? decodeFormerInstance(state) : readInstance(new StateReader(state));
}
