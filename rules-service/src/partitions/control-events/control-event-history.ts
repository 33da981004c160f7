import type { TopicNames } from "@headwater/event-log";
import { FatalError } from "@headwater/core";
import { deviceJoin, handJoin, type Join } from "./control-events.ts";
import type { RuleTimeline } from "./rule-timeline.ts";
import type { EffectiveAt, RestoredState } from "../state-log/state-fold.ts";

/** A join that took effect before, and how. */
export interface PastJoin {
  readonly join: Join;
  readonly fromOffset: number;
  readonly warmFrom: number;
  readonly key: string;
}

export interface History {
  /** Already in the checkpoint, oldest first. */
  readonly included: readonly PastJoin[];
  /** To be applied again, each at exactly its offset, in this order. */
  readonly replay: readonly PastJoin[];
}

/**
 * Tells which of the joins of a partition its checkpoint already has. Those of the checkpoint's own offset are told
 * apart by their place in the state log: an owner writes no checkpoint while a join that is due has not been applied.
 */
export function historyOf(state: RestoredState, topics: TopicNames, timeline: RuleTimeline): History {
  const { checkpoint, effectives } = state;
  const included: PastJoin[] = [];
  const replay: PastJoin[] = [];
  for (const effective of effectives) {
    const { fromOffset, warmFrom, key, position } = effective;
    const past = { join: joinOf(effective, topics, timeline), fromOffset, warmFrom, key };
    const isIncluded =
      checkpoint !== undefined &&
      (fromOffset < checkpoint.offset || (fromOffset === checkpoint.offset && position < checkpoint.position));
    (isIncluded ? included : replay).push(past);
  }
  return { included, replay };
}

function joinOf({ source, record }: EffectiveAt, topics: TopicNames, timeline: RuleTimeline): Join {
  if (source.topic === topics.devices) return deviceJoin(source, record);
  if (source.topic === topics.alerts) return handJoin(source, record);
  const rule = source.topic === topics.rules ? timeline.at(source.offset) : undefined;
  if (rule !== undefined) return { kind: "rule", source, change: rule.change };
  throw new FatalError(
    `The state log says that the record at offset ${source.offset} of ${source.topic} took effect, and there is none: it belongs to another log`,
  );
}

/** Keys of effectives that nothing needs any more: overtaken before the oldest telemetry that is still held. */
export function overtaken(included: readonly PastJoin[], telemetryStart: number): string[] {
  const keys: string[] = [];
  const newer = new Set<string>();
  for (const { join, fromOffset, key } of included.toReversed()) {
    if (fromOffset > telemetryStart) continue;
    const entity =
      join.kind === "device" ? `device/${join.id}` : join.kind === "rule" ? `rule/${join.change.rule}` : "hand";
    if (newer.has(entity)) keys.push(key);
    newer.add(entity);
  }
  return keys;
}
