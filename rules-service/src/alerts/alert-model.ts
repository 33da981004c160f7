import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { foldAlert, type AlertState, type AlertStatus } from "@headwater/aggregates";
import { alertTransition, events, eventSchemaVersion, type AlertEvent } from "@headwater/proto";
import type { EventLog, LogBatch, Position, TopicNames } from "@headwater/event-log";
import { openReadModel, statementsOf, type ReadModel } from "@headwater/event-log/read-model";
import type { Logger } from "@headwater/core";
import { FoldOutcomes, type FoldedEvents } from "@headwater/service";

export interface AlertModelOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}

/** A filter of alerts; every given field has to match. */
export interface AlertFilter {
  /** `open` stands for active and acknowledged. */
  readonly state?: AlertStatus | "open";
  readonly device?: string;
  readonly rule?: string;
  readonly severity?: string;
  readonly shadow?: boolean;
  /** Whose it is; "": nobody's. */
  readonly assignee?: string;
  readonly muted?: boolean;
  /** Bounds of `raisedAt` (µs since the epoch): `from` is inclusive, `to` exclusive. */
  readonly from?: number;
  readonly to?: number;
}

/** The alert after which a page begins, newest first. */
export interface AlertPlace {
  readonly raisedAt: number;
  readonly id: string;
}

/** An event of alerts.v1 that the fold accepted, with its position. */
export interface AlertTransitionAt {
  readonly position: Position;
  readonly event: AlertEvent;
}

/** The read model of alerts: the fold of alerts.v1, with the events of each alert. */
export class AlertModel {
  readonly readModel: ReadModel;
  /** Outcomes of the writes under way in this process. */
  readonly outcomes = new FoldOutcomes<AlertState>();
  readonly #topic: string;
  readonly #get: StatementSync;
  readonly #status: StatementSync;
  readonly #transitions: StatementSync;
  readonly #repetition: StatementSync;

  constructor({ log, topics, dataDir, logger, folded }: AlertModelOptions) {
    this.#topic = topics.alerts;
    this.readModel = openReadModel({
      file: join(dataDir, "rules", "alerts.sqlite"),
      schemaVersion: `5.${eventSchemaVersion}`,
      topics: [topics.alerts],
      log,
      logger,
      migrate,
      apply: (db, batch) => apply(db, batch, folded, this.outcomes),
    });
    const { db } = this.readModel;
    this.#get = db.prepare("SELECT state FROM alerts WHERE id = ?");
    this.#status = db.prepare("SELECT status FROM alerts WHERE id = ?");
    this.#transitions = db.prepare(
      "SELECT partition, offset, event FROM transitions WHERE alert = ? AND offset > ? ORDER BY offset LIMIT ?",
    );
    this.#repetition = db.prepare("SELECT offset FROM repetitions WHERE alert = ? AND transition = ? AND action = ?");
  }

  get(id: string): AlertState | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : stateOf(row);
  }

  isCleared(id: string): boolean {
    return this.#status.get(id)?.["status"] === "cleared";
  }

  /** Alerts by `raisedAt`, newest first. */
  list(filter: AlertFilter, after: AlertPlace | undefined, limit: number): AlertState[] {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const where = (condition: string, ...given: (string | number)[]): void => {
      conditions.push(condition);
      values.push(...given);
    };
    if (filter.state === "open") where("status <> 'cleared'");
    else if (filter.state !== undefined) where("status = ?", filter.state);
    if (filter.device !== undefined) where("device = ?", filter.device);
    if (filter.rule !== undefined) where("rule = ?", filter.rule);
    if (filter.severity !== undefined) where("severity = ?", filter.severity);
    if (filter.shadow !== undefined) where("shadow = ?", filter.shadow ? 1 : 0);
    if (filter.assignee !== undefined) where("assignee = ?", filter.assignee);
    // By which the index is found: nobody's are in none.
    if (filter.assignee !== undefined && filter.assignee !== "") where("assignee <> ''");
    if (filter.muted !== undefined) where("muted = ?", filter.muted ? 1 : 0);
    if (filter.from !== undefined) where("raised_at >= ?", filter.from);
    if (filter.to !== undefined) where("raised_at < ?", filter.to);
    if (after !== undefined) where("(raised_at, id) < (?, ?)", after.raisedAt, after.id);
    const clause = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const query = `SELECT state FROM alerts ${clause} ORDER BY raised_at DESC, id DESC LIMIT ?`;
    return this.readModel.db
      .prepare(query)
      .all(...values, limit)
      .map(stateOf);
  }

  /** Whether the log has no later repetition of the action, and had not this one before. */
  isLatestRepetition({ alertId, transition, action }: AlertEvent, offset: number): boolean {
    return this.#repetition.get(alertId, transition, action)?.["offset"] === offset;
  }

  /** The events of an alert, in log order: those after an offset, at most so many. */
  transitionsOf(id: string, after = -1, limit = -1): AlertTransitionAt[] {
    return this.#transitions.all(id, after, limit).map((row) => ({
      position: { topic: this.#topic, partition: row["partition"] as number, offset: row["offset"] as number },
      event: events.alert.decode(row["event"] as Uint8Array),
    }));
  }
}

function stateOf(row: Record<string, unknown>): AlertState {
  return JSON.parse(row["state"] as string) as AlertState;
}

function migrate(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE alerts (
      id TEXT PRIMARY KEY, rule TEXT NOT NULL, device TEXT NOT NULL, severity TEXT NOT NULL, status TEXT NOT NULL,
      shadow INTEGER NOT NULL, assignee TEXT NOT NULL, muted INTEGER NOT NULL, raised_at INTEGER NOT NULL,
      state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX alerts_by_time ON alerts (raised_at, id);
    CREATE INDEX alerts_by_device ON alerts (device, raised_at);
    CREATE INDEX alerts_by_rule ON alerts (rule, raised_at);
    CREATE INDEX alerts_by_assignee ON alerts (assignee, raised_at) WHERE assignee <> '';
    CREATE INDEX alerts_by_status ON alerts (status, raised_at);
    CREATE TABLE transitions (
      alert TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, event BLOB NOT NULL
    ) STRICT;
    CREATE INDEX transitions_by_alert ON transitions (alert, offset);
    CREATE TABLE repetitions (
      alert TEXT NOT NULL, transition INTEGER NOT NULL, action INTEGER NOT NULL, repetition INTEGER NOT NULL,
      offset INTEGER NOT NULL, PRIMARY KEY (alert, transition, action)
    ) STRICT, WITHOUT ROWID;
  `);
}

function apply(db: DatabaseSync, batch: LogBatch, folded: FoldedEvents, outcomes: FoldOutcomes<AlertState>): void {
  const statements = statementsOf(db);
  const get = statements.of("SELECT state FROM alerts WHERE id = ?");
  const put = statements.of(`
    INSERT OR REPLACE INTO alerts (id, rule, device, severity, status, shadow, assignee, muted, raised_at, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  `);
  const repeat = statements.of(`
    INSERT INTO repetitions (alert, transition, action, repetition, offset) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET repetition = excluded.repetition, offset = excluded.offset
    WHERE excluded.repetition > repetition
  `);
  const keep = statements.of("INSERT INTO transitions (alert, partition, offset, event) VALUES (?, ?, ?, ?)");
  for (const record of batch.records) {
    const event = folded.alert(batch, record);
    if (event === undefined) continue;
    if ((event.kind as number) === alertTransition.repeated) {
      const { alertId, transition, action, repetition } = event;
      repeat.run(alertId, transition, action, repetition, record.offset);
      continue;
    }
    const row = get.get(event.alertId);
    const present = row === undefined ? undefined : stateOf(row);
    const state = foldAlert(present, event);
    outcomes.folded(event.writeId, isAccepted(present, event), state);
    // The event is a repeat, or its alert was raised before the oldest record of the log.
    if (state === undefined || state === present) continue;
    const { id, rule, device, severity, state: status, shadow, assignee = "", mutedBy, raisedAt } = state;
    const flags = [shadow ? 1 : 0, assignee, mutedBy.length > 0 ? 1 : 0] as const;
    put.run(id, rule, device, severity, status, ...flags, raisedAt, JSON.stringify(state));
    keep.run(id, batch.partition, record.offset, record.value);
  }
}

/** An operator action is accepted unless the alert is already as it would make it. */
function isAccepted(present: AlertState | undefined, event: AlertEvent): boolean {
  const kind: number = event.kind;
  if (event.transition !== 0 || present === undefined) return true;
  if (kind === alertTransition.acknowledged) return present.acknowledgedAt === undefined;
  return kind !== alertTransition.cleared || present.state !== "cleared";
}
