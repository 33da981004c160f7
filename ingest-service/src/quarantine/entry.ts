import type { LogRecord, OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { uuidv5 } from "@headwater/core";

/** Made for this; the ids of quarantine entries of log records are names in it. */
const namespace = "5d3c54a6-4a0f-5f0e-9a35-3d2f6a1b7c10";

/** Bytes of the quarantined record in an entry, at most: the log bounds the size of a record. */
const maxPayload = 900_000;
/** Characters of a key that an entry names as the device. */
const maxDevice = 1024;

export interface QuarantinedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly record: LogRecord;
  /** "decode": its bytes cannot be read; "store": the store refuses it. */
  readonly stage: "decode" | "store";
  readonly reason: string;
  /** Which limit it is beyond; else "". */
  readonly cause: string;
  /** Of the entry that it is already; absent the first time. */
  readonly id?: string;
  /** 0 the first time. */
  readonly attempt: number;
  /** Refused metrics; empty: the whole. */
  readonly metrics: readonly string[];
  /** Which device of its id sent it; undefined: it does not say so in a way that can be read. */
  readonly incarnation: number | undefined;
}

export interface EntryOrigin {
  readonly source: string;
  readonly at: number;
  /** Of the topic of quarantine, as configured. */
  readonly partitions: number;
}

/** The partition of quarantine.v1 for records of that partition; somebody may have added some to one topic alone. */
export function quarantinePartition(partition: number, partitions: number): number {
  return partition % partitions;
}

/** The entry of a record. Its id follows from the record's position, so that a repetition is the same entry. */
export function quarantineRecord(
  quarantined: QuarantinedRecord,
  { source, at, partitions }: EntryOrigin,
): OutgoingRecord {
  const { topic, partition, record, metrics, incarnation } = quarantined;
  const whole = record.value ?? new Uint8Array();
  // Together they have to fit into a record.
  const room = Math.max(0, maxPayload - metrics.reduce((bytes, metric) => bytes + Buffer.byteLength(metric), 0));
  const isCut = whole.length > room;
  const key = record.key !== null && record.key.length <= maxDevice ? record.key : null;
  const place = `${topic}/${partition}/${record.offset}`;
  const id = quarantined.id ?? uuidv5(place, namespace);
  const value = events.quarantine.encode({
    id,
    device: key === null ? "" : Buffer.from(key).toString("utf8").toWellFormed(),
    at,
    stage: quarantined.stage,
    cause: quarantined.cause,
    attempt: quarantined.attempt,
    reason: isCut ? `${quarantined.reason} (the first ${room} bytes of ${whole.length})` : quarantined.reason,
    payload: isCut ? whole.subarray(0, room) : whole,
    logTopic: topic,
    logPartition: partition,
    logOffset: record.offset,
    metrics,
    ...(incarnation !== undefined && { incarnation }),
  });
  // In the partition of the record itself, whatever its key, because the recount of that partition looks there.
  return {
    key,
    partition: quarantinePartition(partition, partitions),
    value,
    headers: cloudEventHeaders({ type: eventTypes.quarantine, source, id, time: at }),
  };
}
