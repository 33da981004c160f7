import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { statementsOf } from "@headwater/event-log/read-model";

export const entryStates = ["quarantined", "requested", "claimed", "redriven", "dropped"] as const;
export type EntryState = (typeof entryStates)[number];

export interface QuarantineEntry {
  /** In the order in which entries came. */
  readonly seq: number;
  readonly id: string;
  readonly device: string;
  /** Which device of the id; undefined: whoever set it aside did not tell. */
  readonly incarnation: number | undefined;
  readonly at: number;
  readonly stage: string;
  readonly reason: string;
  readonly cause: string;
  readonly payload: Uint8Array;
  readonly gateway: string;
  readonly mqttTopic: string;
  readonly logTopic: string;
  readonly logPartition: number;
  readonly logOffset: number;
  /** Of quarantine.v1. */
  readonly partition: number;
  readonly attempt: number;
  readonly state: EntryState;
  readonly metrics: readonly string[];
  readonly fixedPayload: Uint8Array | undefined;
  readonly fixedTopic: string | undefined;
  /** Who fixed it or asked for an attempt last. */
  readonly by: string;
  readonly changedAt: number;
  readonly claimedBy: string;
  readonly became:
    | { readonly gateway: string; readonly epoch: number; readonly partition: number; readonly n: number }
    | undefined;
}

export interface QuarantineFilter {
  readonly device?: string | undefined;
  readonly stage?: string | undefined;
  readonly cause?: string | undefined;
  readonly state?: string | undefined;
  readonly gateway?: string | undefined;
  readonly topic?: string | undefined;
  /** A part of the reason. */
  readonly text?: string | undefined;
  /** µs; inclusive, and exclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface QuarantineQuery extends QuarantineFilter {
  /** Entries beyond this one, in the order of the list. */
  readonly beyond?: number | undefined;
  /** Default: newest first. */
  readonly order?: "oldest-first";
  readonly limit: number;
}

export function listQuarantine(db: DatabaseSync, query: QuarantineQuery): readonly QuarantineEntry[] {
  const { beyond, order, limit } = query;
  const isOldest = order === "oldest-first";
  const { conditions, values } = conditionsOf(query);
  if (beyond !== undefined) {
    conditions.push(isOldest ? "seq > ?" : "seq < ?");
    values.push(beyond);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const text = `SELECT * FROM quarantine ${where} ORDER BY seq ${isOldest ? "ASC" : "DESC"} LIMIT ?`;
  return statementsOf(db)
    .of(text)
    .all(...values, limit)
    .map(entryOf);
}

export function findQuarantined(db: DatabaseSync, id: string): QuarantineEntry | undefined {
  const row = statementsOf(db).of("SELECT * FROM quarantine WHERE id = ?").get(id);
  return row === undefined ? undefined : entryOf(row);
}

/** Entries of that partition of the log that its owner is asked to project again, in the order of the log. */
export function askedOfOwner(
  db: DatabaseSync,
  topic: string,
  partition: number,
  page: { readonly beyond: number; readonly limit: number },
): readonly QuarantineEntry[] {
  return statementsOf(db)
    .of(
      `SELECT * FROM quarantine WHERE state = 'requested' AND by_owner = 1 AND log_topic = ? AND log_partition = ?
         AND log_offset > ? ORDER BY log_offset LIMIT ?`,
    )
    .all(topic, partition, page.beyond, page.limit)
    .map(entryOf);
}

export interface QuarantineSummary {
  readonly states: readonly { readonly state: string; readonly entries: number; readonly bytes: number }[];
  readonly dropped: readonly {
    readonly reason: string;
    readonly entries: number;
    readonly bytes: number;
    readonly newest: number;
  }[];
}

export function quarantineSummary(db: DatabaseSync): QuarantineSummary {
  if (!db.isOpen) return { states: [], dropped: [] };
  const statements = statementsOf(db);
  const states = statements.of("SELECT state, entries, bytes FROM quarantine_totals WHERE entries > 0").all();
  const dropped = statements.of("SELECT reason, entries, bytes, newest FROM quarantine_dropped").all();
  return {
    states: states.map((row) => ({ state: String(row["state"]), ...sizesOf(row) })),
    dropped: dropped.map((row) => ({ reason: String(row["reason"]), ...sizesOf(row), newest: Number(row["newest"]) })),
  };
}

/** The first devices, by their ids, of which something waits in quarantine because of a limit. */
export function devicesBeyondLimits(db: DatabaseSync, limit: number): readonly { device: string; cause: string }[] {
  const found: { device: string; cause: string }[] = [];
  if (!db.isOpen) return found;
  const next = statementsOf(db).of(
    `SELECT device, cause FROM quarantine WHERE cause <> '' AND state = 'quarantined' AND device > ? ORDER BY device LIMIT 1`,
  );
  for (let after = ""; found.length < limit;) {
    const row = next.get(after);
    if (row === undefined) break;
    after = String(row["device"]);
    found.push({ device: after, cause: String(row["cause"]) });
  }
  return found;
}

function sizesOf(row: Record<string, SQLOutputValue>) {
  return { entries: Number(row["entries"]), bytes: Number(row["bytes"]) };
}

function conditionsOf(filter: QuarantineFilter) {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  add("device = ?", filter.device);
  add("stage = ?", filter.stage);
  add("cause = ?", filter.cause);
  add("state = ?", filter.state);
  add("gateway = ?", filter.gateway);
  add("mqtt_topic = ?", filter.topic);
  add("instr(reason, ?) > 0", filter.text);
  add("at >= ?", filter.from);
  add("at < ?", filter.to);
  return { conditions, values };
}

function entryOf(row: Record<string, SQLOutputValue>): QuarantineEntry {
  const text = (name: string): string => String(row[name]);
  const number = (name: string): number => Number(row[name]);
  return {
    seq: number("seq"),
    id: text("id"),
    device: text("device"),
    incarnation: row["incarnation"] === null ? undefined : number("incarnation"),
    at: number("at"),
    stage: text("stage"),
    reason: text("reason"),
    cause: text("cause"),
    payload: row["payload"] as Uint8Array,
    gateway: text("gateway"),
    mqttTopic: text("mqtt_topic"),
    logTopic: text("log_topic"),
    logPartition: number("log_partition"),
    logOffset: number("log_offset"),
    partition: number("partition"),
    attempt: number("attempt"),
    state: text("state") as EntryState,
    metrics: JSON.parse(text("metrics")) as string[],
    fixedPayload: (row["fixed_payload"] as Uint8Array | null) ?? undefined,
    fixedTopic: (row["fixed_topic"] as string | null) ?? undefined,
    by: text("by"),
    changedAt: number("changed_at"),
    claimedBy: text("claimed_by"),
    became:
      row["became_n"] === null || number("became_n") === 0
        ? undefined
        : {
            gateway: text("became_gateway"),
            epoch: number("became_epoch"),
            partition: number("became_partition"),
            n: number("became_n"),
          },
  };
}
