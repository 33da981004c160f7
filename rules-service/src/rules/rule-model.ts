import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { foldRule, type RuleState } from "@headwater/aggregates";
import { eventSchemaVersion } from "@headwater/proto";
import type { EventLog, LogBatch, TopicNames } from "@headwater/event-log";
import { openReadModel, type ReadModel } from "@headwater/event-log/read-model";
import type { Logger } from "@headwater/core";
import { FoldOutcomes, type FoldedEvents } from "@headwater/service";

export interface RuleModelOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}

export interface StoredRule {
  readonly state: RuleState;
  readonly createdAt: number;
}

/** The read model of rules: the fold of rules.v1. */
export class RuleModel {
  readonly readModel: ReadModel;
  /** Outcomes of the writes under way in this process. */
  readonly outcomes = new FoldOutcomes<StoredRule>();
  readonly #get: StatementSync;
  readonly #list: StatementSync;

  constructor({ log, topics, dataDir, logger, folded }: RuleModelOptions) {
    this.readModel = openReadModel({
      file: join(dataDir, "rules", "rules.sqlite"),
      schemaVersion: `3.${eventSchemaVersion}`,
      topics: [topics.rules],
      log,
      logger,
      migrate,
      apply: (db, batch) => apply(db, batch, folded, this.outcomes),
    });
    const { db } = this.readModel;
    this.#get = db.prepare("SELECT state, created_at FROM rules WHERE id = ?");
    this.#list = db.prepare(
      "SELECT state, created_at FROM rules WHERE id > ? AND mode <> 'deleted' AND (?2 IS NULL OR mode = ?2) ORDER BY id LIMIT ?3",
    );
  }

  /** A rule, a deleted one too: its sequence and revisions continue if it is created again. */
  get(id: string): StoredRule | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : storedRule(row);
  }

  /** Rules with ids after that one, by id, without deleted ones. */
  list(afterId: string, mode: string | undefined, limit: number): StoredRule[] {
    return this.#list.all(afterId, mode ?? null, limit).map(storedRule);
  }
}

function storedRule(row: Record<string, unknown>): StoredRule {
  return { state: JSON.parse(row["state"] as string) as RuleState, createdAt: row["created_at"] as number };
}

function migrate(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE rules (id TEXT PRIMARY KEY, mode TEXT NOT NULL, created_at INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
  `);
}

function apply(db: DatabaseSync, batch: LogBatch, folded: FoldedEvents, outcomes: FoldOutcomes<StoredRule>): void {
  const get = db.prepare("SELECT state, created_at FROM rules WHERE id = ?");
  const put = db.prepare("INSERT OR REPLACE INTO rules (id, mode, created_at, state) VALUES (?, ?, ?, ?)");
  for (const record of batch.records) {
    const event = folded.rule(batch, record);
    if (event === undefined) continue;
    const row = get.get(event.rule);
    const present = row === undefined ? undefined : storedRule(row);
    const { state, accepted } = foldRule(present?.state, event);
    if (!accepted || state === undefined) {
      outcomes.folded(event.writeId, false, present);
      continue;
    }
    const createdAt = event.created === null ? (present?.createdAt ?? event.at) : event.at;
    put.run(event.rule, state.mode, createdAt, JSON.stringify(state));
    outcomes.folded(event.writeId, true, { state, createdAt });
  }
}
