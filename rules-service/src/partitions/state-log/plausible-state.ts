import { endOfIdentities } from "@headwater/proto/telemetry";
import { skipReasons } from "@headwater/service";
import type { EffectiveAt, OnSkipped, RestoredCheckpoint, RestoredState } from "./state-fold.ts";

/** How far the topics reached after the claim: no owner before it can have seen more. */
export interface StateEnds {
  readonly telemetry: number;
  /** By topic and partition, of what can take effect. */
  readonly sources: ReadonlyMap<string, number>;
  /** The one of devices. */
  readonly devices: string;
}

/**
 * The state without what no owner can have written: a checkpoint of telemetry that is not there yet, an effective of a
 * record that is not there yet. Such a record would have the partition wait for an offset that never comes.
 */
export function plausibleState(state: RestoredState, ends: StateEnds, onSkipped: OnSkipped): RestoredState {
  const effectives = state.effectives.filter((effective) => {
    if (isPossible(effective, ends)) return true;
    const { topic, offset } = effective.source;
    const detail = `it says that offset ${offset} of ${topic} took effect, which nothing can`;
    onSkipped(effective.stateLogOffset, skipReasons.implausible, detail);
    return false;
  });
  const { checkpoint } = state;
  const devices = ends.sources.get(ends.devices) ?? 0;
  if (checkpoint === undefined || isWritable(checkpoint, ends.telemetry, devices)) return { ...state, effectives };
  onSkipped(checkpoint.stateLogOffset, skipReasons.implausible, "a checkpoint that no owner can have reached");
  return { ...state, effectives, checkpoint: undefined, states: [] };
}

function isPossible({ source, fromOffset, warmFrom }: EffectiveAt, { telemetry, sources }: StateEnds): boolean {
  const end = sources.get(`${source.topic}/${source.partition}`) ?? 0;
  return source.offset < end && fromOffset <= telemetry && warmFrom <= fromOffset;
}

function isWritable({ offset, state, devicesRead }: RestoredCheckpoint, telemetry: number, devices: number): boolean {
  return offset <= telemetry && devicesRead <= devices && state.seen.every(({ n }) => n < endOfIdentities);
}
