import type { DatabaseSync, StatementSync } from "node:sqlite";
import { statementsOf } from "@headwater/event-log/read-model";

/** What the read model of quarantine keeps at most. */
export interface QuarantineBounds {
  /** µs. */
  readonly maxAge: number;
  readonly maxBytes: number;
}

/** Beside its bytes an entry takes about so many. */
const besidePayload = 400;
/** Entries that are dropped at once at most: nothing holds the event loop for long. */
const maxDroppedAtOnce = 1000;

export function createQuarantine(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE quarantine (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, device TEXT NOT NULL, incarnation INTEGER,
      at INTEGER NOT NULL,
      stage TEXT NOT NULL, reason TEXT NOT NULL, cause TEXT NOT NULL, payload BLOB NOT NULL, bytes INTEGER NOT NULL,
      gateway TEXT NOT NULL, mqtt_topic TEXT NOT NULL,
      log_topic TEXT NOT NULL, log_partition INTEGER NOT NULL, log_offset INTEGER NOT NULL,
      partition INTEGER NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL,
      metrics TEXT NOT NULL, first_metrics TEXT NOT NULL,
      counts INTEGER NOT NULL, outcome INTEGER NOT NULL, first_outcome INTEGER NOT NULL,
      fixed_payload BLOB, fixed_topic TEXT, by TEXT NOT NULL DEFAULT '', by_owner INTEGER NOT NULL DEFAULT 0,
      changed_at INTEGER NOT NULL, claimed_by TEXT NOT NULL DEFAULT '',
      became_gateway TEXT, became_epoch INTEGER, became_partition INTEGER, became_n INTEGER
    );
    CREATE INDEX quarantine_device ON quarantine (device, seq);
    CREATE INDEX quarantine_state ON quarantine (state, seq);
    CREATE INDEX quarantine_place ON quarantine (log_topic, log_partition, log_offset);
    CREATE INDEX quarantine_moved ON quarantine (log_topic, log_partition, log_offset) WHERE counts = 1 AND outcome <> first_outcome;
    CREATE INDEX quarantine_asked ON quarantine (log_topic, log_partition, log_offset) WHERE state = 'requested' AND by_owner = 1;
    CREATE INDEX quarantine_limited ON quarantine (device) WHERE cause <> '' AND state = 'quarantined';
    CREATE INDEX quarantine_at ON quarantine (at) WHERE bytes > 0;
    CREATE INDEX quarantine_oldest ON quarantine ((state = 'dropped'), seq) WHERE bytes > 0;
    CREATE TABLE quarantine_totals (state TEXT PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE quarantine_dropped (reason TEXT PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL, newest INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TRIGGER quarantine_inserted AFTER INSERT ON quarantine BEGIN
      INSERT INTO quarantine_totals VALUES (NEW.state, 1, NEW.bytes)
        ON CONFLICT (state) DO UPDATE SET entries = entries + 1, bytes = bytes + NEW.bytes;
    END;
    CREATE TRIGGER quarantine_deleted AFTER DELETE ON quarantine BEGIN
      UPDATE quarantine_totals SET entries = entries - 1, bytes = bytes - OLD.bytes WHERE state = OLD.state;
    END;
    CREATE TRIGGER quarantine_updated AFTER UPDATE OF state, bytes ON quarantine BEGIN
      UPDATE quarantine_totals SET entries = entries - 1, bytes = bytes - OLD.bytes WHERE state = OLD.state;
      INSERT INTO quarantine_totals VALUES (NEW.state, 1, NEW.bytes)
        ON CONFLICT (state) DO UPDATE SET entries = entries + 1, bytes = bytes + NEW.bytes;
    END;
  `);
}

/** What an entry counts against the bound. */
export function entryBytes(payload: number, metrics: number): number {
  return payload + metrics + besidePayload;
}

/**
 * Lets go of what is beyond the bounds, oldest first, and keeps count of it. Of an event of telemetry.v1 the place in
 * the log stays for as long as there is room: the ledger has to know that it was not stored, or that it was in the end.
 */
export function boundQuarantine(db: DatabaseSync, { maxAge, maxBytes }: QuarantineBounds, now: number): void {
  const expired = sql(db, "SELECT seq FROM quarantine WHERE at < ? AND bytes > 0 ORDER BY at LIMIT ?");
  for (const { seq } of expired.all(now - maxAge, maxDroppedAtOnce)) drop(db, Number(seq), "age");
  let bytes = Number(sql(db, "SELECT sum(bytes) AS bytes FROM quarantine_totals").get()!["bytes"] ?? 0);
  const oldest = sql(
    db,
    "SELECT seq, bytes FROM quarantine WHERE bytes > 0 AND (state = 'dropped') = ? ORDER BY seq LIMIT ?",
  );
  for (const isDropped of [0, 1]) {
    if (bytes <= maxBytes) return;
    for (const { seq, bytes: size } of oldest.all(isDropped, maxDroppedAtOnce)) {
      if (bytes <= maxBytes) return;
      bytes -= Number(size) - drop(db, Number(seq), "size");
    }
  }
}

/** When the oldest entry that has any bytes is from. */
export function oldestInQuarantine(db: DatabaseSync): number | undefined {
  const oldest = sql(db, "SELECT min(at) AS at FROM quarantine WHERE bytes > 0").get()!["at"];
  return oldest === null ? undefined : Number(oldest);
}

/** Answers with the bytes that are left of it. */
export function drop(db: DatabaseSync, seq: number, reason: "age" | "size" | "erased"): number {
  const row = sql(
    db,
    `SELECT state, at, bytes, length(metrics) AS metrics, counts, outcome <> first_outcome AS moved
     FROM quarantine WHERE seq = ?`,
  ).get(seq)!;
  const state = String(row["state"]);
  const isMoved = row["counts"] === 1 && row["moved"] === 1;
  if (isMoved) {
    sql(db, "UPDATE quarantine SET payload = x'', fixed_payload = NULL, bytes = 0 WHERE seq = ?").run(seq);
  } else if (reason !== "age" && row["counts"] === 1 && state !== "dropped") {
    const left = entryBytes(0, Number(row["metrics"]));
    sql(
      db,
      "UPDATE quarantine SET payload = x'', fixed_payload = NULL, bytes = ?, state = 'dropped' WHERE seq = ?",
    ).run(left, seq);
    noteDropped(db, reason, row);
    return left;
  } else sql(db, "DELETE FROM quarantine WHERE seq = ?").run(seq);
  if (state !== "redriven" && state !== "dropped") noteDropped(db, reason, row);
  return 0;
}

function noteDropped(db: DatabaseSync, reason: string, row: Record<string, unknown>): void {
  sql(
    db,
    `INSERT INTO quarantine_dropped VALUES (?, 1, ?, ?) ON CONFLICT (reason) DO UPDATE SET
         entries = entries + 1, bytes = bytes + excluded.bytes, newest = max(newest, excluded.newest)`,
  ).run(reason, Number(row["bytes"]), Number(row["at"]));
}

function sql(db: DatabaseSync, text: string): StatementSync {
  return statementsOf(db).of(text);
}
