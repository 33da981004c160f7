import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { foldMaintenance, maintenanceIdOf, type MaintenanceState } from "@headwater/aggregates";
import { eventSchemaVersion } from "@headwater/proto";
import type { LogBatch } from "@headwater/event-log";
import { openReadModel, type ReadModel } from "@headwater/event-log/read-model";
import { FoldOutcomes, type FoldedEvents } from "@headwater/service";
import type { RuleModelOptions } from "../rules/rule-model.ts";

/** The read model of maintenance windows: their part of the fold of rules.v1. */
export class MaintenanceModel {
  readonly readModel: ReadModel;
  /** Outcomes of the writes under way in this process. */
  readonly outcomes = new FoldOutcomes<MaintenanceState>();
  readonly #get: StatementSync;
  readonly #list: StatementSync;

  constructor({ log, topics, dataDir, logger, folded }: RuleModelOptions) {
    this.readModel = openReadModel({
      file: join(dataDir, "rules", "maintenance.sqlite"),
      schemaVersion: `1.${eventSchemaVersion}`,
      topics: [topics.rules],
      log,
      logger,
      migrate,
      apply: (db, batch) => apply(db, batch, folded, this.outcomes),
    });
    const { db } = this.readModel;
    this.#get = db.prepare("SELECT state FROM windows WHERE id = ?");
    this.#list = db.prepare("SELECT state FROM windows WHERE id > ? AND ended = 0 ORDER BY id LIMIT ?");
  }

  /** A window, one that was taken away too: its revisions continue if it is made again. */
  get(id: string): MaintenanceState | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : stateOf(row);
  }

  /** Windows with ids after that one, by id, without those that were taken away. */
  list(afterId: string, limit: number): MaintenanceState[] {
    return this.#list.all(afterId, limit).map(stateOf);
  }
}

function stateOf(row: Record<string, unknown>): MaintenanceState {
  return JSON.parse(row["state"] as string) as MaintenanceState;
}

function migrate(db: DatabaseSync): void {
  db.exec("CREATE TABLE windows (id TEXT PRIMARY KEY, ended INTEGER NOT NULL, state TEXT NOT NULL) STRICT;");
}

function apply(
  db: DatabaseSync,
  batch: LogBatch,
  folded: FoldedEvents,
  outcomes: FoldOutcomes<MaintenanceState>,
): void {
  const get = db.prepare("SELECT state FROM windows WHERE id = ?");
  const put = db.prepare("INSERT OR REPLACE INTO windows (id, ended, state) VALUES (?, ?, ?)");
  for (const record of batch.records) {
    const event = folded.rule(batch, record);
    const id = event === undefined ? undefined : maintenanceIdOf(event);
    if (event === undefined || id === undefined) continue;
    const row = get.get(id);
    const present = row === undefined ? undefined : stateOf(row);
    const { state, accepted } = foldMaintenance(present, event);
    if (accepted && state !== undefined) put.run(id, state.ended ? 1 : 0, JSON.stringify(state));
    outcomes.folded(event.writeId, accepted, state);
  }
}
