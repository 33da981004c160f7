import { DecodeError } from "@headwater/core";
import type { LogBatch } from "@headwater/event-log";
import type { QuarantineEvent } from "@headwater/proto";
import { readTelemetry } from "@headwater/proto/telemetry";
import type { FoldedEvents } from "@headwater/service";
import type { DatabaseSync } from "node:sqlite";
import { statementsOf } from "@headwater/event-log/read-model";
import type { ModelPart } from "../model/ingest-model.ts";
import { isErased, sweepErased } from "./erased.ts";
import { boundQuarantine, createQuarantine, drop, entryBytes, type QuarantineBounds } from "./quarantine-table.ts";

/** How an event of telemetry.v1 stands, by the entry of it: what is in quarantine of it. */
export const outcomes = { stored: 0, partlyStored: 1, quarantined: 2 } as const;

export interface QuarantinePartOptions {
  readonly topic: string;
  readonly foldedEvents: FoldedEvents;
  readonly bounds: QuarantineBounds;
  /** Called after a batch in which attempts were asked for that the owner of a partition makes. */
  readonly onAsked: () => void;
  /** Called after every batch. */
  readonly onChanged?: () => void;
}

/** quarantine.v1 into a table of its entries: what came, what was mended, and how each attempt ended. */
export function quarantinePart({ topic, foldedEvents, bounds, onAsked, onChanged }: QuarantinePartOptions): ModelPart {
  let hasAsked = false;
  return {
    topic,
    version: 7,
    migrate: createQuarantine,
    apply(db, batch) {
      for (const record of batch.records) {
        const event = foldedEvents.quarantine(batch, record);
        if (event === undefined) continue;
        hasAsked = applyEvent(db, event, { batch, appendTime: record.appendTime }) || hasAsked;
      }
      sweepErased(db);
      boundQuarantine(db, bounds, batch.records.at(-1)!.appendTime);
    },
    onApplied() {
      if (hasAsked) onAsked();
      hasAsked = false;
      onChanged?.();
    },
  };
}

interface At {
  readonly batch: LogBatch;
  readonly appendTime: number;
}

/** Whether the owner of a partition has something to do. */
function applyEvent(db: DatabaseSync, event: QuarantineEvent, at: At): boolean {
  if (event.fixed !== null) applyFix(db, event, at);
  else if (event.requested !== null) return applyRequest(db, event, at);
  else if (event.claimed !== null) applyClaim(db, event, at);
  else if (event.redriven !== null) applyRedriven(db, event, at);
  else applyEntry(db, event, at);
  return false;
}

/** The first time, or an attempt that has failed, which is the same entry with one attempt more. */
function applyEntry(db: DatabaseSync, event: QuarantineEvent, { batch, appendTime }: At): void {
  const metrics = JSON.stringify(event.metrics);
  const outcome = event.metrics.length === 0 ? outcomes.quarantined : outcomes.partlyStored;
  const known = sql(db, "SELECT attempt, state, by_owner FROM quarantine WHERE id = ?").get(event.id);
  if (known !== undefined) {
    const attempt = Number(known["attempt"]);
    // What is written again around a crash, after a later attempt was asked for or has ended.
    if (event.attempt < attempt || (event.attempt === attempt && known["state"] === "redriven")) return;
    if (event.attempt > 0 && known["by_owner"] === 0) {
      // A gateway has tried: what the record in the log counts as stays.
      sql(
        db,
        "UPDATE quarantine SET reason = ?, attempt = ?, changed_at = ?, state = 'quarantined', claimed_by = '' WHERE id = ?",
      ).run(event.reason, event.attempt, appendTime, event.id);
      return;
    }
    sql(
      db,
      `UPDATE quarantine SET reason = ?, cause = ?, attempt = ?, metrics = ?, outcome = ?, changed_at = ?,
         state = 'quarantined', by_owner = 0, claimed_by = '' WHERE id = ?`,
    ).run(event.reason, event.cause, event.attempt, metrics, outcome, appendTime, event.id);
    if (event.attempt === 0) {
      sql(db, "UPDATE quarantine SET first_metrics = metrics, first_outcome = outcome WHERE id = ?").run(event.id);
    }
    return;
  }
  const { device, incarnation, stage, logTopic, payload } = event;
  // Whatever a gateway's clock says, nothing came after the log had it. By a clock that is far ahead an entry would
  // never be forgotten, and would outlive its device that is deleted with its data.
  const at = Math.min(event.at, appendTime);
  const isOfErased = isErased(db, { device, incarnation, at, stage, logTopic, payload });
  const { counts, gateway } = standingOf(event);
  sql(
    db,
    `INSERT INTO quarantine (id, device, incarnation, at, stage, reason, cause, payload, bytes, gateway, mqtt_topic, log_topic,
       log_partition, log_offset, partition, attempt, state, metrics, first_metrics, counts, outcome, first_outcome,
       changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'quarantined', ?, ?, ?, ?, ?, ?)`,
  ).run(
    event.id,
    event.device,
    incarnation,
    at,
    event.stage,
    event.reason,
    event.cause,
    payload,
    entryBytes(payload.length, metrics.length),
    gateway,
    event.mqttTopic,
    event.logTopic,
    event.logPartition,
    event.logOffset,
    batch.partition,
    event.attempt,
    metrics,
    metrics,
    counts ? 1 : 0,
    outcome,
    outcome,
    appendTime,
  );
  if (isOfErased) drop(db, Number(sql(db, "SELECT seq FROM quarantine WHERE id = ?").get(event.id)!["seq"]), "erased");
}

function applyFix(db: DatabaseSync, { id, fixed }: QuarantineEvent, { appendTime }: At): void {
  const { payload, mqttTopic, by } = fixed!;
  const { length } = payload ?? "";
  sql(
    db,
    `UPDATE quarantine SET fixed_payload = coalesce(?, fixed_payload), fixed_topic = coalesce(?, fixed_topic), by = ?,
       bytes = bytes + ?, changed_at = ? WHERE id = ? AND state = 'quarantined'`,
  ).run(payload ?? null, mqttTopic ?? null, by, length, appendTime, id);
}

function applyRequest(
  db: DatabaseSync,
  { id, attempt, stage, requested }: QuarantineEvent,
  { appendTime }: At,
): boolean {
  const byOwner = stage === "store";
  const { changes } = sql(
    db,
    `UPDATE quarantine SET state = 'requested', attempt = ?, by = ?, by_owner = ?, claimed_by = '', changed_at = ?
     WHERE id = ? AND attempt < ? AND state IN ('quarantined', 'dropped', 'requested', 'claimed')`,
  ).run(attempt, requested!.by, byOwner ? 1 : 0, appendTime, id, attempt);
  return byOwner && changes > 0;
}

function applyClaim(db: DatabaseSync, { id, attempt, claimed }: QuarantineEvent, { appendTime }: At): void {
  sql(
    db,
    `UPDATE quarantine SET state = 'claimed', claimed_by = ?, changed_at = ?
     WHERE id = ? AND attempt = ? AND state = 'requested' AND by_owner = 0`,
  ).run(claimed!.gateway, appendTime, id, attempt);
}

function applyRedriven(db: DatabaseSync, { id, attempt, redriven }: QuarantineEvent, { appendTime }: At): void {
  const { gateway, epoch, partition, n } = redriven!;
  // What became a new event of a gateway counts as that; the record in the log stays what it was.
  sql(
    db,
    `UPDATE quarantine SET state = 'redriven', outcome = iif(by_owner = 1, 0, outcome),
       metrics = iif(by_owner = 1, '[]', metrics), became_gateway = ?, became_epoch = ?, became_partition = ?,
       became_n = ?, changed_at = ?
     WHERE id = ? AND attempt = ? AND state IN ('requested', 'claimed')`,
  ).run(gateway, epoch, partition, n, appendTime, id, attempt);
}

/** Whether it is about an event of a gateway in telemetry.v1, which has a column in the ledger, and of which one. */
function standingOf({ stage, logTopic, payload, gateway }: QuarantineEvent): { counts: boolean; gateway: string } {
  if (logTopic === "" || stage === "log") return { counts: false, gateway };
  try {
    const record = readTelemetry(payload);
    return { counts: record.gateway !== "", gateway: gateway || record.gateway };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // Of what cannot be read nobody knows, and it counts as an event.
    return { counts: true, gateway };
  }
}

function sql(db: DatabaseSync, text: string) {
  return statementsOf(db).of(text);
}
