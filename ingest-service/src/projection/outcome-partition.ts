import type { EventLog, GroupBatch, LogRecord, Position, TopicNames } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";
import { backoff, HeadwaterError, nowMicros } from "@headwater/core";
import type { Point, TimeSeriesStore } from "@headwater/time-series";
import { commandsEndedIn } from "../commands/command-model.ts";
import { presenceChangesIn } from "../devices/presence-model.ts";
import { commandPoint, presencePoint } from "./outcome-points.ts";
import { heldBytes, type PointBatch } from "./point-batch.ts";

export interface OutcomeOptions {
  readonly topics: TopicNames;
  readonly model: ReadModel;
  readonly store: Pick<TimeSeriesStore, "usage">;
}

const modelTimeoutMs = 10_000;

/**
 * The points of a batch of presence.v1 or commands.v1. The end of a session that was taken over, or a second end of a
 * command, is known by what came before alone: the read model has folded that, and is waited for. undefined: the
 * partition is not this instance's any more.
 */
export async function outcomeBatch(
  { topics, model, store }: OutcomeOptions,
  batch: GroupBatch,
  stopping: AbortSignal,
  onDurable: (offset: number) => void,
): Promise<PointBatch | undefined> {
  const { records, topic, partition } = batch;
  const signal = AbortSignal.any([batch.signal, stopping]);
  const first = records[0]!.offset;
  const next = records.at(-1)!.offset + 1;
  const pause = backoff({ baseMs: 200, maxMs: 5000, signal });
  for (;;) {
    try {
      await model.waitFor({ topic, partition, offset: next - 1 }, modelTimeoutMs);
      break;
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      if (signal.aborted) return undefined;
      await pause.wait(error.retryAfterMs);
    }
  }
  if (signal.aborted || !model.db.isOpen) return undefined;
  const found: readonly { point: Point; offset: number }[] =
    topic === topics.presence
      ? presenceChangesIn(model.db, partition, first, next).map((each) => ({
          point: presencePoint(each),
          offset: each.offset,
        }))
      : commandsEndedIn(model.db, partition, first, next).map(({ state, offset }) => ({
          point: commandPoint(state, offset),
          offset,
        }));
  const indexOf = new Map(records.map(({ offset }, index) => [offset, index]));
  // What the store keeps no longer is not worth a place in quarantine.
  const oldest = store.usage?.().marks.raw ?? -Infinity;
  const kept = found.filter(({ point, offset }) => point.time >= oldest && indexOf.has(offset));
  const valueBytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  return {
    ...{ topic, partition, records, refusals: [], signal: batch.signal },
    points: kept.map(({ point }) => point),
    sources: kept.map(({ offset }) => indexOf.get(offset)!),
    bytes: heldBytes(valueBytes, kept.length),
    onDurable: () => onDurable(next),
  };
}

/** µs */
const hour = 3_600_000_000;

export interface Begun {
  readonly partition: number;
  /** Of its telemetry: up to here it is projected. */
  readonly offset: number;
}

/**
 * Where a group begins that has projected telemetry of these partitions, and this topic never, as versions before did
 * not: an hour before its last telemetry. Behind that a store may have let go of points already.
 */
export async function beginningsOf(
  log: Pick<EventLog, "read" | "committed" | "positions">,
  { group, topic, telemetry }: { readonly group: string; readonly topic: string; readonly telemetry: string },
  projected: readonly Begun[],
): Promise<Position[]> {
  if (projected.length === 0) return [];
  const begun = new Set((await log.committed(group, [topic])).map(({ partition }) => partition));
  const ends = new Map((await log.positions(topic)).map(({ partition, end }) => [partition, end]));
  const starts: Position[] = [];
  for (const { partition, offset } of projected) {
    const end = ends.get(partition) ?? 0;
    if (begun.has(partition) || end === 0) continue;
    const last = await firstOf(log, telemetry, partition, { fromOffset: offset - 1, toOffset: offset });
    const fromTime = (last?.appendTime ?? nowMicros()) - hour;
    const first = await firstOf(log, topic, partition, { fromTime, toOffset: end });
    starts.push({ topic, partition, offset: first?.offset ?? end });
  }
  return starts;
}

async function firstOf(
  log: Pick<EventLog, "read">,
  topic: string,
  partition: number,
  range: Parameters<EventLog["read"]>[2],
): Promise<LogRecord | undefined> {
  for await (const { records } of log.read(topic, partition, range)) if (records[0] !== undefined) return records[0];
  return undefined;
}
