import { beginning, type Position } from "../readings/position.ts";
import type { LeastLag } from "../readings/least-lag.ts";
import type { Reading } from "../readings/reading.ts";
import { UnreadableStateError } from "./errors.ts";
import { readPlain, writePlain } from "./plain-codec.ts";
import type { Series } from "./series.ts";
import type { StateReader, StateWriter } from "./state-bytes.ts";

export interface SeriesFields {
  readonly generation: number;
  readonly pruned: Position;
  readonly prunedEarlier: readonly Position[];
  readonly readings: Reading[];
  readonly lag: LeastLag["state"];
  readonly incarnation: number | undefined;
}

/** What a reading has in common with others: most of its times are one, and a device measured it. */
const flag = { isBoolean: 1, isOfItsTime: 2, isDerived: 4, isOfSource: 8 } as const;

/** Readings that were read not long ago: one that began episodes of many rules is one object again. */
const known = new Map<number, Reading>();
const mostKnown = 512;

export function writeSeries(writer: StateWriter, { readings, generation, lag, incarnation }: Series): void {
  writer.count(generation);
  writePosition(writer, readings.pruned);
  writer.count(readings.size);
  let before: Reading | undefined;
  for (let i = 0; i < readings.size; i++) {
    const reading = readings.peek(i);
    writeReading(writer, reading, before);
    before = reading;
  }
  for (const part of lag.state) writer.count(part);
  const { prunedEarlier } = readings;
  writer.count(incarnation ?? -1).list(prunedEarlier, (position) => writePosition(writer, position));
}

export function readSeries(reader: StateReader): SeriesFields {
  const [generation, pruned] = [reader.count(), readPosition(reader)];
  let before: Reading | undefined;
  const readings = reader.list(() => (before = readReading(reader, before)));
  const lag: LeastLag["state"] = [reader.count(), reader.count(), reader.count()];
  const incarnation = reader.count();
  const prunedEarlier = reader.list(() => readPosition(reader));
  return { generation, pruned, prunedEarlier, readings, lag, incarnation: incarnation < 0 ? undefined : incarnation };
}

export function writePosition(writer: StateWriter, { time, offset, index }: Position): void {
  writer.time(time).count(offset).count(index);
}

export function readPosition(reader: StateReader): Position {
  const [time, offset, index] = [reader.time(), reader.count(), reader.count()];
  return time === beginning.time ? beginning : { time, offset, index };
}

/** `before`: the one that was written last, if there is one; most are of the same gateway and metric. */
export function writeReading(writer: StateWriter, reading: Reading, before?: Reading): void {
  const { time, metric, value, isBoolean, eventTime, receivedAt, logTime, gateway, epoch, n, derivedBy } = reading;
  const isOfItsTime = eventTime === time && receivedAt === time;
  const isOfSource = before !== undefined && isSameSource(reading, before);
  const flags =
    (isOfSource ? flag.isOfSource : 0) |
    (isBoolean ? flag.isBoolean : 0) |
    (isOfItsTime ? flag.isOfItsTime : 0) |
    (derivedBy === "" ? 0 : flag.isDerived);
  writer.count(flags).time(reading.time).count(reading.index);
  if (isOfSource) writer.apart(reading.offset, before.offset);
  else writer.count(reading.offset).text(metric);
  writePlain(writer, value);
  if (!isOfItsTime) writer.time(eventTime).time(receivedAt);
  writer.time(logTime);
  if (isOfSource) writer.apart(n, before.n);
  else writer.text(gateway).count(epoch).count(n);
  if (derivedBy !== "") writer.text(derivedBy);
}

function isSameSource(a: Reading, b: Reading): boolean {
  return a.gateway === b.gateway && a.epoch === b.epoch && a.metric === b.metric;
}

export function readReading(reader: StateReader, beside?: Reading): Reading {
  const [flags, time, index] = [reader.count(), reader.time(), reader.count()];
  const source = (flags & flag.isOfSource) === 0 ? undefined : beside;
  if (source === undefined && (flags & flag.isOfSource) !== 0) {
    throw new UnreadableStateError("A reading in a rule's state goes on from none; it cannot be restored");
  }
  const offset = source === undefined ? reader.count() : reader.apart(source.offset);
  const metric = source === undefined ? reader.text() : source.metric;
  const value = readPlain(reader) as Reading["value"];
  const isOfItsTime = (flags & flag.isOfItsTime) !== 0;
  const reading: Reading = {
    ...{ time, offset, index, metric, value },
    isBoolean: (flags & flag.isBoolean) !== 0,
    eventTime: isOfItsTime ? time : reader.time(),
    receivedAt: isOfItsTime ? time : reader.time(),
    logTime: reader.time(),
    gateway: source === undefined ? reader.text() : source.gateway,
    epoch: source === undefined ? reader.count() : source.epoch,
    n: source === undefined ? reader.count() : reader.apart(source.n),
    derivedBy: (flags & flag.isDerived) === 0 ? "" : reader.text(),
  };
  const before = known.get(offset);
  if (before !== undefined && isEqual(before, reading)) return before;
  if (known.size === mostKnown) known.clear();
  known.set(offset, reading);
  return reading;
}

function isEqual(a: Reading, b: Reading): boolean {
  return (
    a.time === b.time &&
    a.index === b.index &&
    a.metric === b.metric &&
    Object.is(a.value, b.value) &&
    a.isBoolean === b.isBoolean &&
    a.eventTime === b.eventTime &&
    a.receivedAt === b.receivedAt &&
    a.logTime === b.logTime &&
    a.gateway === b.gateway &&
    a.epoch === b.epoch &&
    a.n === b.n &&
    a.derivedBy === b.derivedBy
  );
}
