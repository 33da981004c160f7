import type { QuarantineEvent } from "@headwater/proto";
import type { FoldedEvents } from "@headwater/service";
import type { DatabaseSync } from "node:sqlite";
import { statementsOf } from "../model/statements.ts";
import type { ModelPart } from "../model/ingest-model.ts";

/** Refused metrics of quarantined records by their offset; none: the whole record. */
export type QuarantinedMetrics = ReadonlyMap<number, readonly string[]>;

export interface QuarantineEntry {
  readonly id: string;
  readonly device: string;
  readonly at: number;
  readonly stage: string;
  readonly reason: string;
  readonly payload: Uint8Array;
  readonly gateway: string;
  readonly mqttTopic: string;
  readonly logTopic: string;
  readonly logPartition: number;
  readonly logOffset: number;
  readonly attempt: number;
  readonly metrics: readonly string[];
}

/** As long as quarantine.v1 keeps them, µs. */
const retention = 30 * 24 * 60 * 60 * 1_000_000;

export function quarantinePart(topic: string, folded: FoldedEvents): ModelPart {
  return {
    topic,
    version: 2,
    migrate(db) {
      db.exec(`
        CREATE TABLE quarantine (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, device TEXT NOT NULL, at INTEGER NOT NULL,
          stage TEXT NOT NULL, reason TEXT NOT NULL, payload BLOB NOT NULL, gateway TEXT NOT NULL, mqtt_topic TEXT NOT NULL,
          log_topic TEXT NOT NULL, log_partition INTEGER NOT NULL, log_offset INTEGER NOT NULL, attempt INTEGER NOT NULL,
          metrics TEXT NOT NULL
        );
        CREATE INDEX quarantine_device ON quarantine (device, seq);
        CREATE INDEX quarantine_place ON quarantine (log_topic, log_partition, log_offset);
        CREATE INDEX quarantine_at ON quarantine (at);
      `);
    },
    apply(db, batch) {
      for (const record of batch.records) {
        const event = folded.quarantine(batch, record);
        if (event !== undefined) applyEvent(db, event, record.appendTime);
      }
      const newest = batch.records.at(-1)!.appendTime;
      statementsOf(db)
        .of("DELETE FROM quarantine WHERE at < ?")
        .run(newest - retention);
    },
  };
}

function applyEvent(db: DatabaseSync, event: QuarantineEvent, appendTime: number): void {
  // A redrive that failed again is the same entry, with one more attempt.
  statementsOf(db)
    .of(
      `INSERT INTO quarantine (id, device, at, stage, reason, payload, gateway, mqtt_topic, log_topic, log_partition,
         log_offset, attempt, metrics) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, at = excluded.at, attempt = excluded.attempt,
         metrics = excluded.metrics`,
    )
    .run(
      event.id,
      event.device,
      // By a clock that is far ahead it would never be forgotten.
      Math.min(event.at, appendTime + retention),
      event.stage,
      event.reason,
      event.payload,
      event.gateway,
      event.mqttTopic,
      event.logTopic,
      event.logPartition,
      event.logOffset,
      event.attempt,
      JSON.stringify(event.metrics),
    );
}

/** The quarantined metrics of a partition's records, by offset; `from` is inclusive, `to` is not. */
export function quarantinedMetrics(
  db: DatabaseSync,
  topic: string,
  partition: number,
  from: number,
  to: number,
): QuarantinedMetrics {
  const rows = statementsOf(db)
    .of(
      `SELECT log_offset, metrics FROM quarantine
       WHERE log_topic = ? AND log_partition = ? AND log_offset >= ? AND log_offset < ?`,
    )
    .all(topic, partition, from, to);
  return new Map(rows.map((row) => [Number(row["log_offset"]), JSON.parse(String(row["metrics"])) as string[]]));
}

export interface QuarantineQuery {
  readonly device?: string | undefined;
  readonly stage?: string | undefined;
  /** Entries before this one, newest first. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export function listQuarantine(
  db: DatabaseSync,
  { device, stage, before, limit }: QuarantineQuery,
): readonly (QuarantineEntry & { readonly seq: number })[] {
  const conditions = ["seq < ?"];
  const values: (string | number)[] = [before ?? Number.MAX_SAFE_INTEGER];
  if (device !== undefined) {
    conditions.push("device = ?");
    values.push(device);
  }
  if (stage !== undefined) {
    conditions.push("stage = ?");
    values.push(stage);
  }
  const sql = `SELECT * FROM quarantine WHERE ${conditions.join(" AND ")} ORDER BY seq DESC LIMIT ?`;
  const rows = statementsOf(db)
    .of(sql)
    .all(...values, limit);
  return rows.map((row) => ({
    seq: Number(row["seq"]),
    id: String(row["id"]),
    device: String(row["device"]),
    at: Number(row["at"]),
    stage: String(row["stage"]),
    reason: String(row["reason"]),
    payload: row["payload"] as Uint8Array,
    gateway: String(row["gateway"]),
    mqttTopic: String(row["mqtt_topic"]),
    logTopic: String(row["log_topic"]),
    logPartition: Number(row["log_partition"]),
    logOffset: Number(row["log_offset"]),
    attempt: Number(row["attempt"]),
    metrics: JSON.parse(String(row["metrics"])) as string[],
  }));
}
