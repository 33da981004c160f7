import type { Beginning } from "../conditions/program.ts";
import { beginning, type Position } from "../readings/position.ts";
import type { Reading } from "../readings/reading.ts";
import { noActions, withCourse, type EpisodeActions } from "./episode-actions.ts";
import { positionOfBeginning, unmuted, type Episode } from "./episode.ts";
import { noEpisode, type EpisodeState, type FoldState } from "./episode-machine.ts";
import { UnreadableStateError } from "./errors.ts";
import { footingAt, none, type Footing } from "./footings.ts";
import type { InstanceFields } from "./instance.ts";
import { readPlain, writePlain } from "./plain-codec.ts";
import { readPosition, readReading, writePosition, writeReading } from "./series-codec.ts";
import type { StateReader, StateWriter } from "./state-bytes.ts";

/** What most instances have in common. */
const flag = { neverFired: 1, fromBeginning: 2, ahead: 4, refused: 8 } as const;

/** What is there of an episode beside what all of them have. */
const episodeFlag = {
  ...{ retracted: 1, muted: 2, flapping: 4, cleared: 8, ended: 16, repeating: 32 },
  ...{ acted: 64, told: 128, retractionTold: 256, acknowledged: 512, since: 1024, moved: 2048 },
} as const;

/** The beginnings of episodes in the present state, each written once; episodes are armed where one of them is. */
const written: Beginning[] = [];
let read: Beginning[] = [];

export function writeInstance(writer: StateWriter, instance: InstanceFields): void {
  const { generation, likeness, grounding, from, firedTo, base, history, refused, state, episodes } = instance;
  written.length = 0;
  // One object where it is one: by that the instance knows whether the clock has gone ahead of the readings.
  const isAhead = state !== (history.at(-1)?.state ?? base.state);
  const isFromBeginning = isSame(base, beginning);
  const flags =
    (firedTo === -Infinity ? flag.neverFired : 0) |
    (isFromBeginning ? flag.fromBeginning : 0) |
    (isAhead ? flag.ahead : 0) |
    (refused.length > 0 ? flag.refused : 0);
  writer.count(flags).count(generation).text(likeness).text(grounding).count(from);
  if (firedTo !== -Infinity) writer.time(firedTo);
  if (!isFromBeginning) writePosition(writer, base);
  writeState(writer, base.state);
  // Each state is much like the one before it: of a window, most panes are the same.
  let before = base.state;
  writer.list(history, (footing) => {
    writePosition(writer, footing);
    writeState(writer, footing.state, before);
    before = footing.state;
  });
  if (refused.length > 0) writer.list(refused, (position) => writePosition(writer, position));
  if (isAhead) writeState(writer, state, before);
  writer.list(episodes, (episode) => writeEpisode(writer, episode));
}

export function readInstance(reader: StateReader): InstanceFields {
  read = [];
  const flags = reader.count();
  const [generation, likeness, grounding, from] = [reader.count(), reader.text(), reader.text(), reader.count()];
  const firedTo = (flags & flag.neverFired) === 0 ? reader.time() : -Infinity;
  const base =
    (flags & flag.fromBeginning) === 0
      ? footingAt(readPosition(reader), readState(reader))
      : fromBeginning(readState(reader));
  let before = base.state;
  const footings = reader.list((): Footing => {
    const footing = footingAt(readPosition(reader), readState(reader, before));
    before = footing.state;
    return footing;
  });
  const history = footings.length === 0 ? none : footings;
  const refused = (flags & flag.refused) === 0 ? none : reader.list(() => readPosition(reader));
  const state = (flags & flag.ahead) === 0 ? before : readState(reader, before);
  const told = reader.list(() => readEpisode(reader));
  const episodes = told.length === 0 ? none : told;
  return { generation, likeness, grounding, from, firedTo, base, history, refused, state, episodes };
}

/** Footings of conditions that know nothing, by the condition's state: most instances begin at one. */
const beginnings = new Map<unknown, Footing>();
const mostBeginnings = 256;

function fromBeginning(state: FoldState): Footing {
  const { program, episode } = state;
  if (typeof program !== "number" || episode !== noEpisode) return footingAt(beginning, state);
  let footing = beginnings.get(program);
  if (footing !== undefined) return footing;
  footing = footingAt(beginning, state);
  if (beginnings.size < mostBeginnings) beginnings.set(program, footing);
  return footing;
}

function writeState(writer: StateWriter, { program, episode }: FoldState, before?: FoldState): void {
  writePlain(writer, program, before?.program);
  writeEpisodeState(writer, episode);
}

function readState(reader: StateReader, before?: FoldState): FoldState {
  return { program: readPlain(reader, before?.program), episode: readEpisodeState(reader) };
}

function writeEpisodeState(writer: StateWriter, { rank, raisedAt, begun, muted }: EpisodeState): void {
  writer.count(2 * rank + (muted ? 1 : 0));
  if (begun === null) return void writer.count(0).time(raisedAt);
  const known = written.indexOf(begun);
  // In the place after those that are known it is written.
  writer.count(1 + (known < 0 ? written.length : known));
  if (known < 0) {
    written.push(begun);
    writeBeginning(writer, begun);
  }
  writer.time(raisedAt);
}

function readEpisodeState(reader: StateReader): EpisodeState {
  const both = reader.count();
  const [rank, muted] = [both >> 1, (both & 1) === 1];
  const place = reader.count();
  const begun = place === 0 ? null : (read[place - 1] ?? readBeginning(reader));
  const raisedAt = reader.time();
  if (rank === 0 && !muted) return noEpisode;
  return common({ rank, raisedAt, begun, muted });
}

/** By what began them, the states that were read last: rules that one reading raised have them in common again. */
const commonStates = new Map<Beginning, EpisodeState>();
const commonBeginnings = new Map<Reading, Beginning>();
const mostCommon = 512;

function common(state: EpisodeState): EpisodeState {
  const { begun, rank, raisedAt, muted } = state;
  if (begun === null) return state;
  const known = commonStates.get(begun);
  if (known?.rank === rank && known.raisedAt === raisedAt && known.muted === muted) return known;
  if (commonStates.size === mostCommon) commonStates.clear();
  commonStates.set(begun, state);
  return state;
}

function writeBeginning(writer: StateWriter, { time, logTime, gateway, reading }: Beginning): void {
  writer
    .time(time)
    .time(logTime)
    .text(gateway)
    .count(reading === undefined ? 0 : 1);
  if (reading !== undefined) writeReading(writer, reading);
}

function readBeginning(reader: StateReader): Beginning {
  const [time, logTime, gateway] = [reader.time(), reader.time(), reader.text()];
  const reading = reader.count() === 0 ? undefined : readReading(reader);
  const known = reading && commonBeginnings.get(reading);
  const isKnown = known?.time === time && known.logTime === logTime && known.gateway === gateway;
  const begun = isKnown ? known : { time, logTime, gateway, reading };
  read.push(begun);
  if (isKnown || reading === undefined) return begun;
  if (commonBeginnings.size === mostCommon) commonBeginnings.clear();
  commonBeginnings.set(reading, begun);
  return begun;
}

function beginningAt(place: number): Beginning {
  const begun = read[place];
  if (begun !== undefined) return begun;
  throw new UnreadableStateError("An episode in a rule's state has no beginning; it cannot be restored");
}

function writeEpisode(writer: StateWriter, episode: Episode): void {
  const { told, raisedAt, rank, retracted, mutedBy, flapping, clearedAt, end, actions, armed, bornAt } = episode;
  const { course, acknowledged, repeating } = actions;
  const flags =
    (retracted ? episodeFlag.retracted : 0) |
    (mutedBy.length > 0 ? episodeFlag.muted : 0) |
    (flapping ? episodeFlag.flapping : 0) |
    (clearedAt === undefined ? 0 : episodeFlag.cleared) |
    (end === undefined ? 0 : episodeFlag.ended) |
    (repeating.length > 0 ? episodeFlag.repeating : 0) |
    (course.acted ? episodeFlag.acted : 0) |
    (course.ended ? episodeFlag.told : 0) |
    (course.retracted ? episodeFlag.retractionTold : 0) |
    (acknowledged ? episodeFlag.acknowledged : 0) |
    (course.since === undefined ? 0 : episodeFlag.since) |
    (isSame(bornAt, armed) ? 0 : episodeFlag.moved);
  writer.count(flags).text(episode.born).id(episode.alertId).text(episode.key);
  const begun = written.findIndex((each) => isSame(positionOfBeginning(each), armed));
  writer.count(begun);
  if (begun < 0) writePosition(writer, armed);
  if (!isSame(bornAt, armed)) writePosition(writer, bornAt);
  writer.count(told).time(raisedAt).count(rank);
  if (mutedBy.length > 0) writer.list(mutedBy, (name) => writer.text(name));
  if (clearedAt !== undefined) writer.time(clearedAt);
  if (end !== undefined) writePosition(writer, end);
  if (repeating.length > 0) writePlain(writer, repeating);
  if (course.since !== undefined) writer.count(course.since);
}

function readEpisode(reader: StateReader): Episode {
  const flags = reader.count();
  const is = (which: number): boolean => (flags & which) !== 0;
  const [born, alertId, key] = [reader.text(), reader.id(), reader.text()];
  const begun = reader.count();
  const armed = begun < 0 ? readPosition(reader) : positionOfBeginning(beginningAt(begun));
  const bornAt = is(episodeFlag.moved) ? readPosition(reader) : armed;
  const [told, raisedAt, rank] = [reader.count(), reader.time(), reader.count()];
  const mutedBy = is(episodeFlag.muted) ? reader.list(() => reader.text()) : unmuted;
  const clearedAt = is(episodeFlag.cleared) ? reader.time() : undefined;
  const end = is(episodeFlag.ended) ? readPosition(reader) : undefined;
  const repeating = is(episodeFlag.repeating) ? (readPlain(reader) as EpisodeActions["repeating"]) : none;
  const course = {
    acted: is(episodeFlag.acted),
    ended: is(episodeFlag.told),
    retracted: is(episodeFlag.retractionTold),
    ...(is(episodeFlag.since) && { since: reader.count() }),
  };
  const actions = withCourse({ ...noActions, acknowledged: is(episodeFlag.acknowledged), repeating }, course);
  const retracted = is(episodeFlag.retracted);
  const flapping = is(episodeFlag.flapping);
  // Written out: of an object that is spread into another not all fields have room in the object itself.
  return {
    born,
    bornAt,
    alertId,
    key,
    armed,
    told,
    raisedAt,
    rank,
    clearedAt,
    end,
    retracted,
    mutedBy,
    flapping,
    actions,
  };
}

function isSame(a: Position, b: Position): boolean {
  return a.time === b.time && a.offset === b.offset && a.index === b.index;
}
