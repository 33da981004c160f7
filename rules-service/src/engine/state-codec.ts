import { beginning, type Position } from "../readings/position.ts";
import type { LeastLag } from "../readings/least-lag.ts";
import type { Reading } from "../readings/reading.ts";
import { noActions, withCourse, type EpisodeActions } from "./episode-actions.ts";
import { unmuted, type Episode } from "./episode.ts";
import { StateOfOtherVersionError } from "./errors.ts";
import { noEpisode, type EpisodeState, type FoldState } from "./episode-machine.ts";
import type { Footing } from "./footings.ts";
import type { Instance } from "./instance.ts";
import type { Series } from "./series.ts";
import { readPlain, writePlain } from "./plain-codec.ts";
import { StateReader, StateWriter } from "./state-bytes.ts";

/**
 * Of everything below and of what conditions keep; a state of another version is not read, and its rules are warmed
 * again. Up to version 3 windows kept their panes as objects.
 */
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

export type InstanceFields = Pick<
  Instance,
  "state" | "base" | "history" | "refused" | "from" | "firedTo" | "episodes" | "generation" | "grounding"
> & {
  /** Of the rule whose state it is. */
  readonly likeness: string;
};

export interface SeriesFields {
  readonly generation: number;
  readonly pruned: Position;
  readonly prunedEarlier: readonly Position[];
  readonly readings: Reading[];
  readonly lag: LeastLag["state"];
  readonly incarnation: number | undefined;
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

export function encodeSeries({ readings, generation, lag, incarnation }: Series): Uint8Array {
  const writer = states.begin().count(generation);
  writePosition(writer, readings.pruned);
  writer.count(readings.size);
  for (let i = 0; i < readings.size; i++) writeReading(writer, readings.at(i));
  for (const part of lag.state) writer.count(part);
  // A state of 0.1 ends here.
  if (incarnation === undefined) return writer.done();
  writer.count(incarnation);
  const { prunedEarlier } = readings;
  if (prunedEarlier.length > 0) writer.list(prunedEarlier, (position) => writePosition(writer, position));
  return writer.done();
}

export function decodeSeries(bytes: Uint8Array, metric: string): SeriesFields {
  const reader = new StateReader(bytes);
  const generation = reader.count();
  const pruned = readPosition(reader);
  const readings = reader.list(() => readReading(reader, metric));
  const lag: LeastLag["state"] = [reader.count(), reader.count(), reader.count()];
  const incarnation = reader.isAtEnd ? undefined : reader.count();
  const prunedEarlier = reader.isAtEnd ? [] : reader.list(() => readPosition(reader));
  return { generation, pruned, prunedEarlier, readings, lag, incarnation };
}

export function encodeInstance(instance: InstanceFields): Uint8Array {
  const { generation, likeness, grounding, from, firedTo, base, history, refused, state, episodes } = instance;
  const writer = states.begin().count(generation).text(likeness).text(grounding).count(from).number(firedTo);
  writeFooting(writer, base);
  writer.list(history, (footing) => writeFooting(writer, footing));
  writer.list(refused, (position) => writePosition(writer, position));
  // One object where it is one: by that the instance knows whether the clock has gone ahead of the readings.
  const isAhead = state !== (history.at(-1)?.state ?? base.state);
  writer.count(isAhead ? 1 : 0);
  if (isAhead) writeState(writer, state);
  writer.list(episodes, (episode) => writeEpisode(writer, episode));
  // A state of 0.1 ends here.
  writer.list(episodes, (episode) => writePlain(writer, episode.actions));
  return writer.done();
}

export function decodeInstance(bytes: Uint8Array): InstanceFields {
  const reader = new StateReader(bytes);
  const [generation, likeness, grounding] = [reader.count(), reader.text(), reader.text()];
  const [from, firedTo] = [reader.count(), reader.number()];
  const base = readFooting(reader);
  const history = reader.list(() => readFooting(reader));
  const refused = reader.list(() => readPosition(reader));
  const state = reader.count() === 1 ? readState(reader) : (history.at(-1)?.state ?? base.state);
  const episodes = reader.list(() => readEpisode(reader));
  if (!reader.isAtEnd) {
    let index = 0;
    reader.list(() => {
      const actions = readPlain(reader) as EpisodeActions;
      return (episodes[index++]!.actions = withCourse(actions, actions.course));
    });
  }
  return { generation, likeness, grounding, from, firedTo, base, history, refused, state, episodes };
}

function writeFooting(writer: StateWriter, footing: Footing): void {
  writePosition(writer, footing);
  writeState(writer, footing.state);
}

function readFooting(reader: StateReader): Footing {
  const { time, offset, index } = readPosition(reader);
  return { time, offset, index, state: readState(reader) };
}

function writeState(writer: StateWriter, { program, episode }: FoldState): void {
  writePlain(writer, program);
  writePlain(writer, episode);
}

function readState(reader: StateReader): FoldState {
  const [program, episode] = [readPlain(reader), readPlain(reader) as EpisodeState];
  return { program, episode: episode.rank === 0 && !episode.muted ? noEpisode : episode };
}

function writePosition(writer: StateWriter, { time, offset, index }: Position): void {
  writer.number(time).count(offset).count(index);
}

function readPosition(reader: StateReader): Position {
  const [time, offset, index] = [reader.number(), reader.count(), reader.count()];
  return time === beginning.time ? beginning : { time, offset, index };
}

function writeReading(writer: StateWriter, reading: Reading): void {
  writePosition(writer, reading);
  writePlain(writer, reading.isBoolean ? reading.value === 1 : reading.value);
  writer.number(reading.eventTime).number(reading.receivedAt).number(reading.logTime);
  writer.text(reading.gateway).count(reading.epoch).count(reading.n).text(reading.derivedBy);
}

function readReading(reader: StateReader, metric: string): Reading {
  const position = readPosition(reader);
  const value = readPlain(reader) as Reading["value"] | boolean;
  return {
    ...position,
    metric,
    value: typeof value === "boolean" ? Number(value) : value,
    isBoolean: typeof value === "boolean",
    eventTime: reader.number(),
    receivedAt: reader.number(),
    logTime: reader.number(),
    gateway: reader.text(),
    epoch: reader.count(),
    n: reader.count(),
    derivedBy: reader.text(),
  };
}

/** What is there of an episode beside what all of them have. */
const flag = { retracted: 1, muted: 2, flapping: 4 } as const;

function writeEpisode(writer: StateWriter, episode: Episode): void {
  writer.text(episode.born).text(episode.alertId).text(episode.key);
  writePosition(writer, episode.armed);
  const { told, raisedAt, rank, retracted, mutedBy, flapping } = episode;
  const flags =
    (retracted ? flag.retracted : 0) | (mutedBy.length > 0 ? flag.muted : 0) | (flapping ? flag.flapping : 0);
  writer.count(told).number(raisedAt).count(rank).count(flags);
  if (mutedBy.length > 0) writer.list(mutedBy, (name) => writer.text(name));
  writer.number(episode.clearedAt ?? Number.NaN).count(episode.end === undefined ? 0 : 1);
  if (episode.end !== undefined) writePosition(writer, episode.end);
}

function readEpisode(reader: StateReader): Episode {
  const [born, alertId, key] = [reader.text(), reader.text(), reader.text()];
  const armed = readPosition(reader);
  const [told, raisedAt, rank, flags] = [reader.count(), reader.number(), reader.count(), reader.count()];
  const retracted = (flags & flag.retracted) !== 0;
  const mutedBy = (flags & flag.muted) === 0 ? unmuted : reader.list(() => reader.text());
  const clearedAt = reader.number();
  const end = reader.count() === 1 ? readPosition(reader) : undefined;
  const cleared = Number.isNaN(clearedAt) ? undefined : clearedAt;
  // As far as it can be told of an episode of 0.1, whose rule may have been in shadow.
  const course = { acted: told > 0, ended: cleared !== undefined || retracted, retracted };
  const actions = withCourse(noActions, course);
  const marks = { mutedBy, flapping: (flags & flag.flapping) !== 0 };
  return { born, alertId, key, armed, told, raisedAt, rank, retracted, clearedAt: cleared, end, actions, ...marks };
}
