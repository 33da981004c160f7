import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { EventLog, LogBatch, LogRecord, TopicNames } from "@headwater/event-log";
import { openReadModel, type ReadModel } from "@headwater/event-log/read-model";
import type { Logger } from "@headwater/core";
import { eventSchemaVersion } from "@headwater/proto";
import type { FoldedEvents } from "@headwater/service";
import { statementsOf } from "@headwater/event-log/read-model";
import {
  accessDeed,
  alertDeed,
  commandDeed,
  type Deed,
  type DeviceFacts,
  deviceDeed,
  deviceFacts,
  quarantineDeed,
  rebuildDeed,
  ruleDeed,
} from "./deeds.ts";

/** A deed with its place in the trail. */
export interface AuditEntry extends Pick<Deed, "by" | "action" | "kind" | "subject" | "detail"> {
  /** µs, when the log took it. */
  readonly at: number;
  readonly number: number;
}

export interface AuditFilter {
  readonly by?: string | undefined;
  readonly kind?: string | undefined;
  readonly subject?: string | undefined;
  /** µs */
  readonly from?: number | undefined;
  /** µs, exclusive */
  readonly to?: number | undefined;
}

export interface AuditPlace {
  readonly at: number;
  readonly number: number;
}

/** Deeds that are kept; the oldest go first. */
const maxDeeds = 1_000_000;
/** They are counted once in so many. */
const trimEvery = 1000;
const maxDetail = 1000;

/**
 * Who did what, out of the events that are there, in a file of its own. What has been read is kept when the log has
 * compacted it away; a file that is built anew has what the log still has.
 */
export function openAuditTrail(options: {
  readonly dataDir: string;
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}): ReadModel {
  const { topics, folded } = options;
  type Reader = (db: DatabaseSync, batch: LogBatch, record: LogRecord) => Deed | undefined;
  const reader =
    <E>(read: (batch: LogBatch, record: LogRecord) => E | undefined, deedOf: (event: E) => Deed | undefined): Reader =>
    (_db, batch, record) => {
      const event = read(batch, record);
      return event === undefined ? undefined : deedOf(event);
    };
  const readers: Readonly<Record<string, Reader>> = {
    [topics.devices]: (db, batch, record) => {
      const event = folded.device(batch, record);
      if (event === undefined) return undefined;
      const deed = deviceDeed(event, knownFacts(db, event.id));
      if (deed === undefined || isLate(db, deed)) return undefined;
      const facts = event.deleted ? undefined : JSON.stringify(deviceFacts(event));
      if (facts === undefined) statementsOf(db).of("DELETE FROM device WHERE id = ?").run(event.id);
      else statementsOf(db).of("INSERT OR REPLACE INTO device (id, facts) VALUES (?, ?)").run(event.id, facts);
      return deed;
    },
    [topics.access]: reader((batch, record) => folded.access(batch, record), accessDeed),
    [topics.rules]: reader((batch, record) => folded.rule(batch, record), ruleDeed),
    [topics.alerts]: reader((batch, record) => folded.alert(batch, record), alertDeed),
    [topics.commands]: reader((batch, record) => folded.command(batch, record), commandDeed),
    [topics.quarantine]: reader((batch, record) => folded.quarantine(batch, record), quarantineDeed),
    [topics.rebuilds]: reader((batch, record) => folded.rebuild(batch, record), rebuildDeed),
  };
  return openReadModel({
    file: join(options.dataDir, "ingest", "audit.db"),
    schemaVersion: `1.${eventSchemaVersion}`,
    topics: Object.keys(readers),
    log: options.log,
    logger: options.logger,
    migrate(db) {
      db.exec(`
        CREATE TABLE deed (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, once TEXT NOT NULL UNIQUE, revision INTEGER);
        CREATE INDEX deed_at ON deed (at, number);
        CREATE INDEX deed_by ON deed (by, at);
        CREATE INDEX deed_subject ON deed (subject, kind, revision);
        CREATE TABLE device (id TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
      `);
    },
    apply(db, batch) {
      const read = readers[batch.topic];
      for (const record of batch.records) {
        const deed = read?.(db, batch, record);
        if (deed !== undefined && deed.by !== "") keep(db, deed, record.appendTime);
      }
    },
  });
}

/** Newest first. */
export function auditEntries(
  db: DatabaseSync,
  { by, kind, subject, from, to }: AuditFilter,
  before: AuditPlace | undefined,
  limit: number,
): readonly AuditEntry[] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const also = (condition: string, ...given: (string | number)[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  if (by !== undefined) also("by = ?", by);
  if (kind !== undefined) also("kind = ?", kind);
  if (subject !== undefined) also("subject = ?", subject);
  if (from !== undefined) also("at >= ?", from);
  if (to !== undefined) also("at < ?", to);
  if (before !== undefined) also("(at, number) < (?, ?)", before.at, before.number);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return statementsOf(db)
    .of(`SELECT number, at, by, action, kind, subject, detail FROM deed ${where} ORDER BY at DESC, number DESC LIMIT ?`)
    .all(...values, limit) as unknown as AuditEntry[];
}

function keep(db: DatabaseSync, deed: Deed, at: number): void {
  const { by, action, kind, subject, detail, once, revision } = deed;
  if (kind !== "device" && isLate(db, deed)) return;
  const { lastInsertRowid } = statementsOf(db)
    .of(
      "INSERT OR IGNORE INTO deed (at, by, action, kind, subject, detail, once, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .run(at, by, action, kind, subject, detail.slice(0, maxDetail), once, revision ?? null);
  if (Number(lastInsertRowid) % trimEvery !== 0) return;
  statementsOf(db)
    .of("DELETE FROM deed WHERE number <= ?")
    .run(Number(lastInsertRowid) - maxDeeds);
}

/** Whether another came first: it was refused, and did nothing. */
function isLate(db: DatabaseSync, { kind, subject, revision }: Deed): boolean {
  if (revision === undefined) return false;
  const row = statementsOf(db)
    .of("SELECT max(revision) AS last FROM deed WHERE subject = ? AND kind = ?")
    .get(subject, kind);
  return revision <= Number(row?.["last"] ?? 0);
}

function knownFacts(db: DatabaseSync, id: string): DeviceFacts | undefined {
  const row = statementsOf(db).of("SELECT facts FROM device WHERE id = ?").get(id);
  return row === undefined ? undefined : (JSON.parse(String(row["facts"])) as DeviceFacts);
}
