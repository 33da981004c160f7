import type { TopicNames } from "@headwater/event-log";
import { DecodeError } from "@headwater/core";
import { deviceControlEvent, operatorControlEvent, type ControlEvent } from "./control-events.ts";
import { Pace } from "../pace.ts";
import type { RuleTimeline } from "./rule-timeline.ts";
import type { EffectiveAt, OnSkipped, RestoredState } from "../state-log/state-fold.ts";
import { skipReasons } from "@headwater/service";

/** A control event that took effect before, with its offsets. */
export interface PastControlEvent {
  readonly event: ControlEvent;
  readonly fromOffset: number;
  readonly warmFrom: number;
  readonly key: string;
}

export interface History {
  /** Control events that the checkpoint includes, oldest first. */
  readonly included: readonly PastControlEvent[];
  /** Control events to be applied again, in this order, each at exactly its offset. */
  readonly replay: readonly PastControlEvent[];
}

/**
 * Splits a partition's control events into those that its checkpoint includes and those to be applied again. For the
 * control events of the checkpoint's own offset their place in the state log decides: an owner writes no checkpoint
 * while a control event is due and not yet applied. An effective of a record that is none is skipped.
 */
export async function historyOf(
  state: RestoredState,
  topics: TopicNames,
  timeline: RuleTimeline,
  onSkipped: OnSkipped = () => {},
): Promise<History> {
  const { checkpoint, effectives } = state;
  const included: PastControlEvent[] = [];
  const replay: PastControlEvent[] = [];
  const pace = new Pace();
  for (const effective of effectives) {
    if (pace.isDue) await pace.rest();
    const { fromOffset, warmFrom, key, stateLogOffset } = effective;
    const event = controlEventOf(effective, topics, timeline);
    if (event === undefined) {
      const { topic, offset } = effective.source;
      const detail = `it says that offset ${offset} of ${topic} took effect, which is nothing that can`;
      onSkipped(stateLogOffset, skipReasons.implausible, detail);
      continue;
    }
    const past = { event, fromOffset, warmFrom, key };
    const isIncluded =
      checkpoint !== undefined &&
      (fromOffset < checkpoint.offset ||
        (fromOffset === checkpoint.offset && stateLogOffset < checkpoint.stateLogOffset));
    (isIncluded ? included : replay).push(past);
  }
  return { included, replay };
}

function controlEventOf(
  { source, record }: EffectiveAt,
  topics: TopicNames,
  timeline: RuleTimeline,
): ControlEvent | undefined {
  try {
    if (source.topic === topics.devices) return deviceControlEvent(source, record);
    if (source.topic === topics.alerts) return operatorControlEvent(source, record);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
  const rule = source.topic === topics.rules ? timeline.at(source.offset) : undefined;
  return rule === undefined ? undefined : { kind: "rule", source, change: rule.change };
}

/** Keys of effectives that are superseded before the oldest telemetry in the log; no replay needs them. */
export function overtaken(included: readonly PastControlEvent[], telemetryStart: number): string[] {
  const keys: string[] = [];
  const newer = new Set<string>();
  for (const { event, fromOffset, key } of included.toReversed()) {
    if (fromOffset > telemetryStart) continue;
    const entity =
      event.kind === "device" ? `device/${event.id}` : event.kind === "rule" ? `rule/${event.change.rule}` : "operator";
    if (newer.has(entity)) keys.push(key);
    newer.add(entity);
  }
  return keys;
}
