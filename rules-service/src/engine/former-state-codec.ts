import { beginning, type Position } from "../readings/position.ts";
import type { LeastLag } from "../readings/least-lag.ts";
import type { Reading } from "../readings/reading.ts";
import { noActions, withCourse, type EpisodeActions } from "./episode-actions.ts";
import { unmuted, type Episode } from "./episode.ts";
import type { EpisodeState, FoldState } from "./episode-machine.ts";
import type { Footing } from "./footings.ts";
import type { InstanceFields } from "./instance.ts";
import { readPlain } from "./plain-codec.ts";
import type { SeriesFields } from "./series-codec.ts";
import { StateReader } from "./state-bytes.ts";

/** The version whose states are read here; none is written any more. */
export const formerVersion = 3;

export function decodeFormerSeries(bytes: Uint8Array, metric: string): SeriesFields {
  const reader = new StateReader(bytes);
  const generation = reader.count();
  const pruned = readPosition(reader);
  const readings = reader.list(() => readReading(reader, metric));
  const lag: LeastLag["state"] = [reader.count(), reader.count(), reader.count()];
  return { generation, pruned, readings, lag, incarnation: reader.isAtEnd ? undefined : reader.count() };
}

export function decodeFormerInstance(bytes: Uint8Array): InstanceFields {
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

function readFooting(reader: StateReader): Footing {
  const { time, offset, index } = readPosition(reader);
  return { time, offset, index, state: readState(reader) };
}

function readState(reader: StateReader): FoldState {
  return { program: readPlain(reader), episode: readPlain(reader) as EpisodeState };
}

function readPosition(reader: StateReader): Position {
  const [time, offset, index] = [reader.number(), reader.count(), reader.count()];
  return time === beginning.time ? beginning : { time, offset, index };
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
