import { nowMicros, retrying, type Logger } from "@headwater/core";
import type { EventLog, TopicNames } from "@headwater/event-log";
import type { SkippedRecords } from "@headwater/service";
import { StateOfOtherVersionError } from "../engine/errors.ts";
import type { RulesConfig } from "../config.ts";
import type { Evaluation } from "./evaluation.ts";
import {
  historyOf,
  inForce,
  overtaken,
  type History,
  type PastControlEvent,
} from "./control-events/control-event-history.ts";
import type { ControlEventFeed } from "./control-events/control-event-feed.ts";
import type { PartitionMetrics } from "./metrics.ts";
import type { PendingControlEvents } from "./control-events/pending-control-events.ts";
import type { MaintenanceTimeline } from "./control-events/maintenance-timeline.ts";
import type { RuleTimeline } from "./control-events/rule-timeline.ts";
import { plausibleState, type StateEnds } from "./state-log/plausible-state.ts";
import type { OnSkipped, RestoredState } from "./state-log/state-fold.ts";
import type { StateLog } from "./state-log/state-log.ts";

export interface PartitionStartOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partition: number;
  readonly config: RulesConfig;
  readonly timeline: RuleTimeline;
  readonly maintenance: MaintenanceTimeline;
  readonly feed: ControlEventFeed;
  readonly stateLog: StateLog;
  readonly evaluation: Evaluation;
  readonly pending: PendingControlEvents;
  readonly metrics: PartitionMetrics;
  readonly skipped: SkippedRecords;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface StartedPartition {
  /** Control events to apply again, in this order, each at its offset. */
  readonly replay: PastControlEvent[];
  /**
   * The end of telemetry after the claim. No earlier owner can have applied more, so new control events take effect
   * here at the earliest.
   */
  readonly controlEventsFrom: number;
  /** Keys of the state log to be removed after the first checkpoint. */
  readonly superseded: readonly string[];
}

/** Claims a partition and restores its rules from the last complete checkpoint. */
export async function startPartition(options: PartitionStartOptions): Promise<StartedPartition> {
  const { topics, partition, stateLog, evaluation, timeline, feed, signal, logger, skipped } = options;
  const onRetry = (error: unknown): void => logger.warn({ partition, err: error }, "starting a partition again");
  const retry = { signal, maxMs: 2000, onRetry };

  const onSkipped: OnSkipped = (offset, reason, detail) =>
    skipped.note({ topic: topics.ruleState, partition, offset, reason, detail });
  const claimed = await stateLog.claim();
  const { telemetry, ends } = await retrying(() => endsOf(options), retry);
  const state = plausibleState(claimed, ends, onSkipped);
  for (const { source } of state.effectives) {
    // This waits at most for a record that another instance wrote a moment ago.
    if (source.topic === topics.rules) await feed.rulesKnownTo(source.offset);
  }
  let restored = state;
  let begunAnew = false;
  evaluation.nextOffset = await retrying(() => startOffset(options, restored, telemetry.start), retry);
  try {
    await evaluation.restore({
      offset: evaluation.nextOffset,
      states: restored.states,
      checkpoint: restored.checkpoint?.state,
    });
  } catch (error) {
    begunAnew = error instanceof StateOfOtherVersionError;
    // What an upgrade brings is no failure.
    if (begunAnew) logger.info({ partition, what: (error as Error).message }, "the rules are warmed again");
    else logger.error({ partition, err: error }, "the state of the rules cannot be read; they are warmed again");
    restored = { ...state, checkpoint: undefined, states: [] };
    evaluation.nextOffset = await retrying(() => startOffset(options, restored, telemetry.start), retry);
    await evaluation.restore({ offset: evaluation.nextOffset, states: [], checkpoint: undefined });
  }
  const past = await historyOf(restored, topics, timeline, options.maintenance, onSkipped);
  const history = begunAnew ? withoutRules(past) : past;
  if (begunAnew) await retrying(() => stateLog.remove(keysOfRules(past)), retry);
  markEffective(options.pending, history);
  const devicesRead = restored.checkpoint?.devicesRead ?? 0;
  await retrying(() => readSettled(options, devicesRead), retry);
  for (const event of options.pending.takeSettled()) await evaluation.applyControlEvent(event);
  for (const event of inForce(history.included)) await evaluation.applyControlEvent(event);
  evaluation.uncovered.clear();

  const { epoch } = stateLog;
  const facts = { partition, epoch, offset: evaluation.nextOffset, end: telemetry.end };
  logger.info({ ...facts, states: restored.states.length, replay: history.replay.length }, "partition taken over");
  const overtakenKeys = overtaken(history.included, {
    ...{ telemetryStart: telemetry.start, devicesRead },
    clock: restored.checkpoint?.state.clock ?? 0,
  });
  return {
    replay: [...history.replay],
    controlEventsFrom: telemetry.end,
    // Claims come last: until what they fence is gone, they have to be there.
    superseded: [...state.superseded, ...overtakenKeys, ...claimsOfNothing(claimed, overtakenKeys)],
  };
}

/** Claims of owners of whom nothing is left once their states and these effectives are removed. */
function claimsOfNothing({ claims, effectives }: RestoredState, removed: readonly string[]): string[] {
  const gone = new Set(removed);
  const needed = new Set(effectives.flatMap(({ key, epoch }) => (gone.has(key) ? [] : [epoch])));
  return claims.flatMap(({ epoch, key }) => (needed.has(epoch) ? [] : [key]));
}

/** How far telemetry reaches, and the ends of all topics from which something can have taken effect. */
async function endsOf({ log, topics, partition }: PartitionStartOptions) {
  const positionsOf = async (topic: string, of: number) => {
    const found = (await log.positions(topic)).find((each) => each.partition === of);
    return found ?? { partition: of, start: 0, end: 0 };
  };
  const [telemetry, rules, devices, alerts] = await Promise.all([
    positionsOf(topics.telemetry, partition),
    positionsOf(topics.rules, 0),
    positionsOf(topics.devices, partition),
    positionsOf(topics.alerts, partition),
  ]);
  const ends: StateEnds = {
    telemetry: telemetry.end,
    devices: `${topics.devices}/${partition}`,
    sources: new Map([
      [`${topics.rules}/0`, rules.end],
      [`${topics.devices}/${partition}`, devices.end],
      [`${topics.alerts}/${partition}`, alerts.end],
    ]),
  };
  return { telemetry, ends };
}

async function startOffset(options: PartitionStartOptions, state: RestoredState, start: number): Promise<number> {
  const { log, topics, partition, config, logger, metrics } = options;
  const { checkpoint } = state;
  if (checkpoint !== undefined) {
    if (checkpoint.offset >= start) return checkpoint.offset;
    metrics.expired.inc(start - checkpoint.offset);
    logger.error(
      { partition, from: checkpoint.offset, to: start },
      "telemetry expired before it was evaluated; the rules continue with the oldest record",
    );
    return start;
  }
  // No rule has ever been in effect on this partition. Records within the horizon still set the log's clock and the
  // identities by which duplicates are recognised.
  const [{ end } = { end: start }] = (await log.positions(topics.telemetry)).filter((it) => it.partition === partition);
  const fromTime = nowMicros() - config.warmUpMs * 1000;
  for await (const batch of log.read(topics.telemetry, partition, { fromTime })) return batch.records[0]!.offset;
  return end;
}

/**
 * For a partition that begins anew: devices as they are now, and no rule. Until the end of telemetry only the clock and
 * the identities are taken from it; then every rule is warmed as a new one is, which tells of what is open alone.
 */
function withoutRules({ included, replay }: History): History {
  return { included: [...included, ...replay].filter(({ event }) => event.kind !== "rule"), replay: [] };
}

/**
 * Of the effectives of rules. They are removed before anything is evaluated: a checkpoint that is written while the
 * rules are warmed would otherwise seem to include them.
 */
function keysOfRules({ included, replay }: History): string[] {
  return [...included, ...replay].filter(({ event }) => event.kind === "rule").map(({ key }) => key);
}

/** Deletions of which only devices.v1 tells any more. */
async function readSettled({ log, topics, partition, pending }: PartitionStartOptions, to: number): Promise<void> {
  pending.markDevicesRead(to);
  if (pending.devicesFrom >= to) return;
  const range = { fromOffset: pending.devicesFrom, toOffset: to };
  for await (const { records } of log.read(topics.devices, partition, range)) pending.addDevices(records);
}

function markEffective(pending: PendingControlEvents, history: History): void {
  for (const { event } of [...history.included, ...history.replay]) {
    if (event.kind === "device" || event.kind === "operator") pending.markEffective(event);
  }
}
