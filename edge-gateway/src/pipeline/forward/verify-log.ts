import { troubleOf, type EventLog, type PartitionPositions } from "@headwater/event-log";
import { HeadwaterError, sleep, type Logger } from "@headwater/core";
import { frameKinds } from "../frame/frame.ts";
import type { Spool } from "../spool/spool.ts";
import type { FrameRecords } from "../frame/frame-records.ts";
import type { LogHealth } from "./log-health.ts";
import type { PartitionSender } from "./partition-sender.ts";

export interface VerifyLogOptions {
  readonly log: EventLog;
  readonly spool: Spool;
  readonly records: FrameRecords;
  readonly senders: readonly PartitionSender[];
  readonly keepMs: number | undefined;
  readonly health: LogHealth;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** The log ends before what it took of this sender in an earlier life of the gateway. */
  readonly onShortened: (sender: PartitionSender) => void;
}

/** A topic of fewer replicas may lose what it has acknowledged when one machine fails. */
const safeReplicas = 3;
const keepMs = 600_000;
const patientAttempts = 5;

/**
 * Before the first append: how safe the log is, and whether it still has what it took from an earlier process. Waits
 * for the log.
 */
export async function verifyLog(options: VerifyLogOptions): Promise<void> {
  const { spool, records, senders, signal, onShortened } = options;
  const telemetry = records.topicOf(frameKinds.event);
  spool.files.keepMs = options.keepMs ?? Number.POSITIVE_INFINITY;
  for (const topic of new Set(senders.map((sender) => sender.topic))) {
    const known = senders.filter((sender) => sender.topic === topic && sender.end > 0);
    if (known.length === 0 && topic !== telemetry) continue;
    const positions = await positionsOf(topic, options);
    if (signal.aborted) return;
    if (topic === telemetry && options.keepMs === undefined) {
      const replicas = positions?.[0]?.replicas;
      spool.files.keepMs = replicas !== undefined && replicas < safeReplicas ? keepMs : 0;
    }
    for (const sender of known) {
      const end = positions?.find(({ partition }) => partition === sender.partition)?.end;
      if (end === undefined || end >= sender.end) continue;
      options.logger.error(
        { topic, partition: sender.partition, end, was: sender.end },
        "the log has lost records that it had acknowledged",
      );
      sender.end = end;
      onShortened(sender);
    }
  }
}

/** undefined: a partition has no leader, and the others must not wait for it. */
async function positionsOf(
  topic: string,
  { log, health, signal }: VerifyLogOptions,
): Promise<readonly PartitionPositions[] | undefined> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      health.begun(topic);
      const positions = await log.positions(topic);
      health.ended(topic);
      return positions;
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      health.failed(topic, error);
      if (attempt >= patientAttempts && troubleOf(error) === "leaderless") {
        health.ended(topic);
        return undefined;
      }
      await sleep(Math.min(2000, 100 * 2 ** attempt), signal).catch(() => {});
    }
  }
  return undefined;
}
