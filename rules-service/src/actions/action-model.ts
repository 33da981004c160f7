import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { foldAction, type ActionState } from "@headwater/aggregates";
import type { Logger } from "@headwater/core";
import type { EventLog, LogBatch, TopicNames } from "@headwater/event-log";
import { openReadModel, type ReadModel } from "@headwater/event-log/read-model";
import { eventSchemaVersion } from "@headwater/proto";
import type { FoldedEvents } from "@headwater/service";

export interface ActionModelOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}

/** The place of an action among those of its alert: that of its request in the log. */
export interface ActionPlace {
  readonly partition: number;
  readonly offset: number;
}

export interface StoredAction extends ActionPlace {
  readonly state: ActionState;
}

/** The read model of actions: the fold of actions.v1. */
export class ActionModel {
  readonly readModel: ReadModel;
  readonly #list: StatementSync;

  constructor({ log, topics, dataDir, logger, folded }: ActionModelOptions) {
    this.readModel = openReadModel({
      file: join(dataDir, "rules", "actions.sqlite"),
      schemaVersion: `1.${eventSchemaVersion}`,
      topics: [topics.actions],
      log,
      logger,
      migrate,
      apply: (db, batch) => apply(db, batch, folded),
    });
    this.#list = this.readModel.db.prepare(
      `SELECT partition, offset, state FROM actions
       WHERE alert = ? AND (partition, offset) > (?, ?) ORDER BY partition, offset LIMIT ?`,
    );
  }

  /** The actions of an alert, in the order of their requests. */
  ofAlert(alert: string, after: ActionPlace | undefined, limit: number): StoredAction[] {
    const { partition, offset } = after ?? { partition: -1, offset: -1 };
    return this.#list.all(alert, partition, offset, limit).map((row) => ({
      partition: row["partition"] as number,
      offset: row["offset"] as number,
      state: stateOf(row),
    }));
  }
}

function stateOf(row: Record<string, unknown>): ActionState {
  return JSON.parse(row["state"] as string) as ActionState;
}

function migrate(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE actions (
      id TEXT PRIMARY KEY, alert TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX actions_by_alert ON actions (alert, partition, offset);
  `);
}

function apply(db: DatabaseSync, batch: LogBatch, folded: FoldedEvents): void {
  const get = db.prepare("SELECT state FROM actions WHERE id = ?");
  const put = db.prepare("UPDATE actions SET state = ? WHERE id = ?");
  const add = db.prepare("INSERT INTO actions (id, alert, partition, offset, state) VALUES (?, ?, ?, ?, ?)");
  for (const record of batch.records) {
    const event = folded.action(batch, record);
    if (event === undefined || event.begun !== null) continue;
    const row = get.get(event.actionId);
    const present = row === undefined ? undefined : stateOf(row);
    const state = foldAction(present, event);
    if (state === undefined || state === present) continue;
    if (present === undefined) add.run(state.id, state.alert, batch.partition, record.offset, JSON.stringify(state));
    else put.run(JSON.stringify(state), state.id);
  }
}
