import type { DatabaseSync } from "node:sqlite";
import type { LogBatch } from "@headwater/event-log";
import type { FoldedEvents } from "@headwater/service";
import type { ModelPart } from "../model/ingest-model.ts";
import { statementsOf } from "@headwater/event-log/read-model";

/** As long as presence.v1 keeps them, µs. */
export const presenceRetention = 30 * 24 * 60 * 60 * 1_000_000;

export interface PresenceState {
  readonly connected: boolean;
  /** µs; since when. */
  readonly since: number;
  readonly gateway: string;
  /** Why it is disconnected. */
  readonly reason: string | undefined;
}

/** presence.v1 into what each device is now, and what it was in the last thirty days. */
export function presencePart(topic: string, folded: FoldedEvents): ModelPart {
  return {
    topic,
    version: 2,
    migrate(db) {
      db.exec(`
        CREATE TABLE presence (
          device TEXT PRIMARY KEY, connected INTEGER NOT NULL, since INTEGER NOT NULL, session TEXT NOT NULL,
          gateway TEXT NOT NULL, reason TEXT
        ) WITHOUT ROWID;
        CREATE TABLE presence_changes (
          device TEXT NOT NULL, since INTEGER NOT NULL, connected INTEGER NOT NULL, gateway TEXT NOT NULL, reason TEXT,
          partition INTEGER NOT NULL, log_offset INTEGER NOT NULL,
          PRIMARY KEY (device, since)
        ) WITHOUT ROWID;
        CREATE INDEX presence_changes_place ON presence_changes (partition, log_offset);
        CREATE INDEX presence_changes_since ON presence_changes (since);
      `);
    },
    apply(db, batch) {
      for (const record of batch.records) applyRecord(db, batch, record, folded);
      statementsOf(db)
        .of("DELETE FROM presence_changes WHERE since < ?")
        .run(batch.records.at(-1)!.appendTime - presenceRetention);
    },
  };
}

function applyRecord(
  db: DatabaseSync,
  batch: LogBatch,
  record: LogBatch["records"][number],
  folded: FoldedEvents,
): void {
  const event = folded.presence(batch, record);
  if (event === undefined || (event.connected === null && event.disconnected === null)) return;
  const statements = statementsOf(db);
  const { device, session, gateway } = event;
  const before = statements.of("SELECT connected, session, since FROM presence WHERE device = ?").get(device);
  const isCurrent = before?.["session"] === session && before["connected"] === 1;
  // The end of an old session says nothing of a device that has a new one.
  if (event.connected === null ? !isCurrent : isCurrent) return;
  const connected = event.connected === null ? 0 : 1;
  const reason = event.disconnected?.reason ?? null;
  // No later than it was appended, and after what came before, whatever a gateway's clock says.
  const since = Math.max(Math.min(event.at, record.appendTime), Number(before?.["since"] ?? -1) + 1);
  statements
    .of(
      "INSERT OR REPLACE INTO presence (device, connected, since, session, gateway, reason) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .run(device, connected, since, session, gateway, reason);
  statements
    .of(
      `INSERT OR REPLACE INTO presence_changes (device, since, connected, gateway, reason, partition, log_offset)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(device, since, connected, gateway, reason, batch.partition, record.offset);
}

/** undefined: it has never been connected, as far as the log knows. */
export function presenceOf(db: DatabaseSync, device: string): PresenceState | undefined {
  const row = statementsOf(db)
    .of("SELECT connected, since, gateway, reason FROM presence WHERE device = ?")
    .get(device);
  return row === undefined ? undefined : stateOf(row);
}

export interface PresenceRange {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** The state at the beginning of a range, if any is known, and the changes within, oldest first. */
export function presenceChanges(
  db: DatabaseSync,
  device: string,
  { from, to, limit }: PresenceRange,
): readonly PresenceState[] {
  const columns = "SELECT connected, since, gateway, reason FROM presence_changes WHERE device = ?";
  const before = statementsOf(db).of(`${columns} AND since <= ? ORDER BY since DESC LIMIT 1`).get(device, from);
  const within = statementsOf(db)
    .of(`${columns} AND since > ? AND since < ? ORDER BY since LIMIT ?`)
    .all(device, from, to, limit);
  const changes = (before === undefined ? within : [before, ...within]).map(stateOf);
  // What it is now may be older than any change that is kept.
  const now = presenceOf(db, device);
  return changes.length === 0 && now !== undefined && now.since < to ? [now] : changes;
}

export interface PresenceChange extends PresenceState {
  readonly device: string;
  readonly offset: number;
}

/** The changes that records of a partition brought, from the first offset up to, not including, the second. */
export function presenceChangesIn(
  db: DatabaseSync,
  partition: number,
  from: number,
  to: number,
): readonly PresenceChange[] {
  return statementsOf(db)
    .of(
      `SELECT device, connected, since, gateway, reason, log_offset FROM presence_changes
       WHERE partition = ? AND log_offset >= ? AND log_offset < ? ORDER BY log_offset`,
    )
    .all(partition, from, to)
    .map((row) => ({ ...stateOf(row), device: String(row["device"]), offset: Number(row["log_offset"]) }));
}

function stateOf(row: Record<string, unknown>): PresenceState {
  return {
    connected: row["connected"] === 1,
    since: Number(row["since"]),
    gateway: String(row["gateway"]),
    reason: typeof row["reason"] === "string" ? row["reason"] : undefined,
  };
}
