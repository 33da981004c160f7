import type { TopicSpec } from "../event-log.ts";

/** A compacted topic's newest segment is never compacted, so it must not stay the newest for a week. */
const COMPACT_SEGMENT_MS = 60 * 60 * 1000;
/** Of a record batch with one record, beside key, value and headers. */
const BATCH_OVERHEAD_BYTES = 1024;
/** From so many replicas on an append counts once two brokers have it. */
export const REPLICAS_OF_A_QUORUM = 3;

/** Settings of a topic by Kafka's names. */
export type TopicSettings = Readonly<Record<string, string>>;

/** The settings that a topic is made with; `replicas` is undefined where the broker's default decides. */
export function settingsOf(spec: TopicSpec, replicas: number | undefined): TopicSettings {
  return {
    "message.timestamp.type": "LogAppendTime",
    "cleanup.policy": spec.cleanup,
    "retention.ms": String(spec.cleanup === "compact" ? -1 : (spec.retentionMs ?? -1)),
    ...(spec.minCompactionLagMs === undefined ? {} : { "min.compaction.lag.ms": String(spec.minCompactionLagMs) }),
    ...(spec.cleanup === "compact" ? { "segment.ms": String(COMPACT_SEGMENT_MS) } : {}),
    ...(spec.maxRecordBytes === undefined ? {} : { "max.message.bytes": String(batchBytesOf(spec.maxRecordBytes)) }),
    // The broker would compress again what it is sent, by its own default.
    "compression.type": "producer",
    // The broker's default may be more than there are replicas: brokers before Kafka 4 take nothing then.
    ...(replicas === undefined ? {} : { "min.insync.replicas": replicas >= REPLICAS_OF_A_QUORUM ? "2" : "1" }),
  };
}

/** A setting that differs from what it has to be. */
export interface SettingMismatch {
  readonly setting: string;
  readonly is: string;
  /** As a sentence goes on: `has to be …`. */
  readonly wanted: string;
  /** For kafka-configs.sh. */
  readonly value: string;
  /** Records would be lost or out of time: nothing is written to such a topic. */
  readonly isFatal: boolean;
}

/**
 * What of a topic's settings differs from what it has to be. Longer retention is no harm. A topic that is compacted
 * has no bound by time, whatever its `retention.ms` says.
 */
export function mismatches(spec: TopicSpec, actual: TopicSettings, replicas: number): SettingMismatch[] {
  const found: SettingMismatch[] = [];
  const is = (setting: string): string => actual[setting] ?? "";
  const differs = (setting: string, value: string, isFatal: boolean, wanted = value): void =>
    void found.push({ setting, is: is(setting), wanted, value, isFatal });

  if (is("cleanup.policy") !== spec.cleanup) differs("cleanup.policy", spec.cleanup, true);
  if (is("message.timestamp.type") !== "LogAppendTime") differs("message.timestamp.type", "LogAppendTime", true);
  if (spec.cleanup === "delete") {
    const { retentionMs } = spec;
    if (isBelow(is("retention.ms"), retentionMs))
      differs(
        "retention.ms",
        String(retentionMs ?? -1),
        true,
        retentionMs === undefined ? "-1" : `${retentionMs} or more`,
      );
    // Of a topic that is kept for ever, a bound by size would remove the beginning as well.
    if (isBelow(is("retention.bytes"), undefined)) differs("retention.bytes", "-1", retentionMs === undefined);
  }
  const { minCompactionLagMs, maxRecordBytes } = spec;
  const batchBytes = batchBytesOf(maxRecordBytes ?? 0);
  if (maxRecordBytes !== undefined && is("max.message.bytes") !== "" && Number(is("max.message.bytes")) < batchBytes)
    differs("max.message.bytes", String(batchBytes), true, `${batchBytes} or more`);
  if (minCompactionLagMs !== undefined && Number(is("min.compaction.lag.ms")) < minCompactionLagMs)
    differs("min.compaction.lag.ms", String(minCompactionLagMs), false, `${minCompactionLagMs} or more`);
  if (is("compression.type") !== "producer") differs("compression.type", "producer", false);
  if (replicas >= REPLICAS_OF_A_QUORUM && Number(is("min.insync.replicas")) < 2)
    differs("min.insync.replicas", "2", false, "2 or more");
  if (Number(is("min.insync.replicas")) > replicas)
    differs("min.insync.replicas", String(replicas), false, `${replicas} or less`);
  if (replicas > 1 && is("unclean.leader.election.enable") === "true")
    differs("unclean.leader.election.enable", "false", false);
  return found;
}

function batchBytesOf(recordBytes: number): number {
  return recordBytes + BATCH_OVERHEAD_BYTES;
}

/** Whether a bound, of which -1 is none, is tighter than that; `least` is undefined where there must be none. */
function isBelow(bound: string, least: number | undefined): boolean {
  // A broker that does not tell a setting leaves its default, which is no bound.
  if (bound === "" || bound === "-1") return false;
  return least === undefined || Number(bound) < least;
}

/** A command for the operator that gives a topic these settings. */
export function alterCommand(topic: string, settings: TopicSettings, brokers: string): string {
  const config = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return (
    `kafka-configs.sh --bootstrap-server ${brokers} --alter --entity-type topics --entity-name ${topic} ` +
    `--add-config ${config.join(",")}`
  );
}

/** A command for the operator that makes a topic. Without `replicas` as many as the cluster's default says. */
export function createCommand(spec: TopicSpec, replicas: number | undefined, brokers: string): string {
  const config = Object.entries(settingsOf(spec, replicas)).map(([name, value]) => `--config ${name}=${value}`);
  const replication = replicas === undefined ? "" : ` --replication-factor ${replicas}`;
  return (
    `kafka-topics.sh --bootstrap-server ${brokers} --create --if-not-exists --topic ${spec.name} ` +
    `--partitions ${spec.partitions}${replication} ${config.join(" ")}`
  );
}
