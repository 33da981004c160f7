import type { Cell, Footing } from "./cell.ts";
import type { Episode } from "./episode.ts";
import { idle, type FoldState } from "./fold.ts";
import { UnreadableStateError } from "./errors.ts";
import type { Position, Reading } from "./reading.ts";
import type { Series } from "./series.ts";
import { StateReader, StateWriter } from "./state-bytes.ts";

/** Of everything below; a state of another version is not read. */
export const stateVersion = 1;

/** What a rule was when its states were written. */
export interface RuleRecord {
  /** The first writing that had it so. */
  readonly generation: number;
  readonly revision: number;
  readonly mode: string;
}

export type CellFields = Pick<Cell, "state" | "base" | "history" | "from" | "firedTo" | "episodes" | "generation"> & {
  readonly metric: string;
};

/** A cell, or the fields of one that no rule has taken up again. */
export type WritableCell = Omit<CellFields, "metric"> & { readonly series: { readonly metric: string } };

/** Throws UnreadableStateError unless this version wrote the state. */
export function checkVersion(version: number): void {
  if (version === stateVersion) return;
  throw new UnreadableStateError(
    `The state of the rules is of version ${version}; this version of Headwater reads ${stateVersion}`,
  );
}

/** A rule as it is, and as the writing before knew it. */
export function encodeRule(records: readonly RuleRecord[]): Uint8Array {
  const writer = new StateWriter();
  const each = ({ generation, revision, mode }: RuleRecord): StateWriter =>
    writer.count(generation).count(revision).text(mode);
  return writer.list(records, each).done();
}

export function decodeRule(bytes: Uint8Array): RuleRecord[] {
  const reader = new StateReader(bytes);
  return reader.list(() => ({ generation: reader.count(), revision: reader.count(), mode: reader.text() }));
}

export function encodeSeries({ readings, generation }: Series): Uint8Array {
  const writer = new StateWriter().count(generation);
  writePosition(writer, readings.pruned);
  writer.count(readings.size);
  for (let i = 0; i < readings.size; i++) writeReading(writer, readings.at(i));
  return writer.done();
}

export function decodeSeries(bytes: Uint8Array): { generation: number; pruned: Position; readings: Reading[] } {
  const reader = new StateReader(bytes);
  const generation = reader.count();
  const pruned = readPosition(reader);
  return { generation, pruned, readings: reader.list(() => readReading(reader)) };
}

export function encodeCell({
  generation,
  series,
  from,
  firedTo,
  base,
  history,
  state,
  episodes,
}: WritableCell): Uint8Array {
  const writer = new StateWriter().count(generation).text(series.metric).count(from).number(firedTo);
  const readings = new Map<Reading, number>();
  for (const each of [base.state, state, ...history.map((footing) => footing.state)]) {
    for (const reading of [...each.runs, ...(each.armed === undefined ? [] : [each.armed])]) {
      if (!readings.has(reading)) readings.set(reading, readings.size);
    }
  }
  writer.list([...readings.keys()], (reading) => writeReading(writer, reading));
  const number = (reading: Reading | undefined): number => (reading === undefined ? -1 : readings.get(reading)!);
  const writeFooting = (footing: Footing): void => {
    writePosition(writer, footing.position);
    writeState(writer, footing.state, number);
  };
  writeFooting(base);
  writer.list(history, writeFooting);
  // One object where it is one: by that the cell knows whether the clock has gone ahead of the readings.
  const isAhead = state !== (history.at(-1)?.state ?? base.state);
  writer.count(isAhead ? 1 : 0);
  if (isAhead) writeState(writer, state, number);
  writer.list(episodes, (episode) => writeEpisode(writer, episode));
  return writer.done();
}

export function decodeCell(bytes: Uint8Array): CellFields {
  const reader = new StateReader(bytes);
  const [generation, metric, from, firedTo] = [reader.count(), reader.text(), reader.count(), reader.number()];
  const readings = reader.list(() => readReading(reader));
  const readFooting = (): Footing => ({ position: readPosition(reader), state: readState(reader, readings) });
  const base = readFooting();
  const history = reader.list(readFooting);
  const state = reader.count() === 1 ? readState(reader, readings) : (history.at(-1)?.state ?? base.state);
  const episodes = reader.list(() => readEpisode(reader));
  return { generation, metric, from, firedTo, base, history, state, episodes };
}

function writePosition(writer: StateWriter, { time, offset, index }: Position): void {
  writer.number(time).count(offset).count(index);
}

function readPosition(reader: StateReader): Position {
  return { time: reader.number(), offset: reader.count(), index: reader.count() };
}

function writeReading(writer: StateWriter, reading: Reading): void {
  writePosition(writer, reading);
  writer.number(reading.value).number(reading.receivedAt).number(reading.logTime);
  writer.text(reading.gateway).count(reading.epoch).count(reading.n).text(reading.derivedBy);
}

function readReading(reader: StateReader): Reading {
  return {
    ...readPosition(reader),
    value: reader.number(),
    receivedAt: reader.number(),
    logTime: reader.number(),
    gateway: reader.text(),
    epoch: reader.count(),
    n: reader.count(),
    derivedBy: reader.text(),
  };
}

function writeState(writer: StateWriter, state: FoldState, number: (reading: Reading | undefined) => number): void {
  writer
    .count(state.grade)
    .count(state.level)
    .count(state.muted ? 1 : 0)
    .number(state.raisedAt);
  writer.count(number(state.armed));
  writer.list(state.runs, (reading) => writer.count(number(reading)));
  writer.list(state.counts, (count) => writer.count(count));
}

function readState(reader: StateReader, readings: readonly Reading[]): FoldState {
  const [grade, level, muted, raisedAt] = [reader.count(), reader.count(), reader.count() === 1, reader.number()];
  const armed = readings[reader.count()];
  const runs = reader.list(() => readings[reader.count()]!);
  const counts = reader.list(() => reader.count());
  if (grade === -1 && level === 0 && !muted) return idle;
  return { grade, level, muted, raisedAt, armed, runs, counts };
}

function writeEpisode(writer: StateWriter, episode: Episode): void {
  writer.text(episode.born).text(episode.alertId).text(episode.key);
  writePosition(writer, episode.armed);
  writer
    .count(episode.told)
    .number(episode.raisedAt)
    .count(episode.level)
    .count(episode.retracted ? 1 : 0);
  writer.number(episode.clearedAt ?? Number.NaN).count(episode.end === undefined ? 0 : 1);
  if (episode.end !== undefined) writePosition(writer, episode.end);
}

function readEpisode(reader: StateReader): Episode {
  const [born, alertId, key] = [reader.text(), reader.text(), reader.text()];
  const armed = readPosition(reader);
  const [told, raisedAt, level, retracted] = [reader.count(), reader.number(), reader.count(), reader.count() === 1];
  const clearedAt = reader.number();
  const end = reader.count() === 1 ? readPosition(reader) : undefined;
  const cleared = Number.isNaN(clearedAt) ? undefined : clearedAt;
  return { born, alertId, key, armed, told, raisedAt, level, retracted, clearedAt: cleared, end };
}
