import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { foldAction, type ActionState } from "@headwater/aggregates";
import type { Logger } from "@headwater/core";
import type { EventLog, LogBatch, TopicNames } from "@headwater/event-log";
import { openReadModel, statementsOf, type ReadModel } from "@headwater/event-log/read-model";
import { eventSchemaVersion } from "@headwater/proto";
import type { FoldedEvents } from "@headwater/service";
import { GroupedActions, groupedTables, GroupFold } from "./grouped-actions.ts";
import type { LogTime } from "./log-time.ts";

export interface ActionModelOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
  /** Of alerts.v1 and actions.v1. */
  readonly partitions: number;
  readonly time: LogTime;
}

/** The place of an action among those of its alert: that of its request in the log. */
export interface ActionPlace {
  readonly partition: number;
  readonly offset: number;
}

export interface StoredAction extends ActionPlace {
  readonly state: ActionState;
  /** The message that told it together with others, or left it out. */
  readonly message?: string;
}

/** The read model of actions: the fold of actions.v1. */
export class ActionModel {
  readonly readModel: ReadModel;
  readonly grouped: GroupedActions;
  readonly time: LogTime;
  /** Called when something waits for its group, or does so no more; at once, so it may not take long. */
  readonly groupListeners = new Set<() => void>();
  readonly #list: StatementSync;
  readonly #state: StatementSync;

  constructor({ log, topics, dataDir, logger, folded, partitions, time }: ActionModelOptions) {
    this.time = time;
    this.readModel = openReadModel({
      file: join(dataDir, "rules", "actions.sqlite"),
      schemaVersion: `2.${eventSchemaVersion}.${partitions}`,
      topics: [topics.actions],
      log,
      logger,
      migrate,
      apply: (db, batch) => {
        for (const { appendTime } of batch.records) time.sees(appendTime);
        if (apply(db, batch, folded, partitions)) for (const each of this.groupListeners) each();
      },
    });
    const { db } = this.readModel;
    this.grouped = new GroupedActions(db);
    this.#state = db.prepare("SELECT state FROM actions WHERE id = ?");
    this.#list = db.prepare(
      `SELECT a.partition, a.offset, a.state, t.message, t.withdrawn, m.state AS told
       FROM actions a LEFT JOIN told t ON t.action = a.id LEFT JOIN actions m ON m.id = t.message
       WHERE a.alert = ? AND (a.partition, a.offset) > (?, ?) ORDER BY a.partition, a.offset LIMIT ?`,
    );
  }

  /** An action, or a message of a group that counts. */
  get(id: string): ActionState | undefined {
    const row = this.#state.get(id);
    return row && stateOf(row);
  }

  /** The actions of an alert, in the order of their requests. */
  ofAlert(alert: string, after: ActionPlace | undefined, limit: number): StoredAction[] {
    const { partition, offset } = after ?? { partition: -1, offset: -1 };
    return this.#list.all(alert, partition, offset, limit).map((row) => ({
      partition: row["partition"] as number,
      offset: row["offset"] as number,
      state: stateInGroup(row),
      ...(row["message"] !== null && { message: row["message"] as string }),
    }));
  }
}

/** What was told by a message of its group has the outcome of that. */
function stateInGroup(row: Record<string, unknown>): ActionState {
  const own = stateOf(row);
  if (typeof row["told"] !== "string") return own;
  const { state, attempts, status, error, deadline, retryAt, endedAt, requestedAt } = JSON.parse(
    row["told"],
  ) as ActionState;
  if (typeof row["withdrawn"] === "string") {
    return { ...own, state: "gave-up", error: row["withdrawn"], endedAt: requestedAt };
  }
  return {
    ...{ ...own, state, attempts, status, error, deadline },
    ...(retryAt !== undefined && { retryAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
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
    ${groupedTables}
  `);
}

/** Answers whether anything is different about groups. */
function apply(db: DatabaseSync, batch: LogBatch, folded: FoldedEvents, partitions: number): boolean {
  const statements = statementsOf(db);
  const get = statements.of("SELECT state FROM actions WHERE id = ?");
  const put = statements.of("UPDATE actions SET state = ? WHERE id = ?");
  const add = statements.of("INSERT INTO actions (id, alert, partition, offset, state) VALUES (?, ?, ?, ?, ?)");
  const groups = new GroupFold(db, partitions);
  let isOther = false;
  for (const record of batch.records) {
    const event = folded.action(batch, record);
    if (event === undefined || event.begun !== null) continue;
    const row = get.get(event.actionId);
    const present = row === undefined ? undefined : stateOf(row);
    const state = foldAction(present, event);
    if (state === undefined || state === present) continue;
    if (present !== undefined) {
      put.run(JSON.stringify(state), state.id);
      if (state.state !== "waiting") groups.end(state.id);
      continue;
    }
    const isMessage = event.requested!.message !== null;
    const place = { partition: batch.partition, offset: record.offset, appendTime: record.appendTime };
    if (isMessage && !groups.accept(event, record.value!, place)) continue;
    const waits = !isMessage && groups.take(event, record.value!, place);
    isOther ||= isMessage || waits;
    // A message is of many alerts, which find it by what it has told.
    add.run(state.id, isMessage ? "" : state.alert, batch.partition, record.offset, JSON.stringify(state));
  }
  return isOther;
}
