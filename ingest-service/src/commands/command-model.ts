import type { DatabaseSync } from "node:sqlite";
import type { LogBatch } from "@headwater/event-log";
import { type CommandState, foldCommand, type Incarnation, isFinal, lateCause, lifeOf } from "@headwater/aggregates";
import type { CommandEvent } from "@headwater/proto";
import type { FoldedEvents } from "@headwater/service";
import { incarnationOf } from "../devices/device-model.ts";
import type { ModelPart } from "../model/ingest-model.ts";
import { statementsOf } from "@headwater/event-log/read-model";

/** As long as commands.v1 keeps them, µs. */
const retention = 30 * 24 * 60 * 60 * 1_000_000;

export interface CommandPartOptions {
  readonly topic: string;
  readonly foldedEvents: FoldedEvents;
  /** Told after a batch that has a command which is to end at once. */
  readonly onOverdue: () => void;
}

/**
 * commands.v1 into one row a command; `due` is when it is to be ended by the owner of its partition, null once it is
 * final.
 */
export function commandPart({ topic, foldedEvents, onOverdue }: CommandPartOptions): ModelPart {
  let overdue = false;
  return {
    topic,
    version: 4,
    migrate(db) {
      db.exec(`
        CREATE TABLE commands (
          id TEXT PRIMARY KEY, device TEXT NOT NULL, partition INTEGER NOT NULL, requested_at INTEGER NOT NULL, due INTEGER,
          status TEXT NOT NULL, state TEXT NOT NULL, ended_offset INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX commands_ended ON commands (partition, ended_offset) WHERE ended_offset IS NOT NULL;
        CREATE INDEX commands_device ON commands (device, requested_at, id);
        CREATE INDEX commands_due ON commands (partition, due) WHERE due IS NOT NULL;
        CREATE INDEX commands_age ON commands (requested_at);
      `);
    },
    apply(db, batch) {
      for (const record of batch.records) {
        const event = foldedEvents.command(batch, record);
        if (event === undefined) continue;
        const state = applyEvent(db, event, batch, record);
        overdue ||= state !== undefined && !isFinal(state) && endsAtOnce(db, state);
      }
      const newest = batch.records.at(-1)!.appendTime;
      statementsOf(db)
        .of("DELETE FROM commands WHERE requested_at < ?")
        .run(newest - retention);
    },
    onApplied() {
      if (overdue) onOverdue();
      overdue = false;
    },
  };
}

function applyEvent(
  db: DatabaseSync,
  event: CommandEvent,
  { topic, partition }: LogBatch,
  { offset, appendTime }: LogBatch["records"][number],
): CommandState | undefined {
  const before = commandState(db, event.commandId);
  const state = foldCommand(before, event, { topic, partition, offset, appendTime });
  if (state === undefined || state === before) return state;
  const due = isFinal(state) ? null : endsAtOnce(db, state) ? state.requestedAt : state.deadline;
  statementsOf(db)
    .of(
      `INSERT INTO commands (id, device, partition, requested_at, due, status, state, ended_offset)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET due = excluded.due, status = excluded.status,
         state = excluded.state, ended_offset = coalesce(ended_offset, excluded.ended_offset)`,
    )
    .run(
      ...[state.id, state.device, state.position.partition, state.requestedAt, due, state.status],
      ...[JSON.stringify(state), isFinal(state) && partition === state.position.partition ? offset : null],
    );
  return state;
}

function endsAtOnce(db: DatabaseSync, state: CommandState): boolean {
  return lateCause(state) || lifeOf(state, incarnationOf(db, state.device)) === "ended";
}

/** Commands that waited for a device which was deleted are to be ended at once. Answers whether there are any. */
export function endCommandsOf(
  db: DatabaseSync,
  device: string,
  { incarnation, incarnationSince }: Incarnation,
): boolean {
  const { changes } = statementsOf(db)
    .of(
      `UPDATE commands SET due = requested_at WHERE device = ? AND due IS NOT NULL
       AND coalesce(json_extract(state, '$.incarnation') < ?, requested_at < ?)`,
    )
    .run(device, incarnation, incarnationSince);
  return changes > 0;
}

export function commandState(db: DatabaseSync, id: string): CommandState | undefined {
  const row = statementsOf(db).of("SELECT state FROM commands WHERE id = ?").get(id);
  return row === undefined ? undefined : (JSON.parse(String(row["state"])) as CommandState);
}

/** Commands of a partition that are to be ended by then (µs, by the log's append time), the longest overdue first. */
export function dueCommands(db: DatabaseSync, partition: number, now: number, limit: number): readonly CommandState[] {
  const rows = statementsOf(db)
    .of("SELECT state FROM commands WHERE partition = ? AND due <= ? ORDER BY due LIMIT ?")
    .all(partition, now, limit);
  return rows.map((row) => JSON.parse(String(row["state"])) as CommandState);
}

/** Commands of a partition that a record ended from the first offset up to, not including, the second; with it. */
export function commandsEndedIn(
  db: DatabaseSync,
  partition: number,
  from: number,
  to: number,
): readonly { readonly state: CommandState; readonly offset: number }[] {
  return statementsOf(db)
    .of(
      `SELECT state, ended_offset FROM commands
       WHERE partition = ? AND ended_offset >= ? AND ended_offset < ? ORDER BY ended_offset`,
    )
    .all(partition, from, to)
    .map((row) => ({
      state: JSON.parse(String(row["state"])) as CommandState,
      offset: Number(row["ended_offset"]),
    }));
}

export interface CommandQuery {
  readonly device: string;
  readonly status?: string | undefined;
  /** Commands before this one, newest first. */
  readonly before?: { readonly requestedAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

export function listCommands(
  db: DatabaseSync,
  { device, status, before, limit }: CommandQuery,
): readonly CommandState[] {
  const statusClause = status === undefined ? "" : "AND status = ?";
  const rows = statementsOf(db)
    .of(
      `SELECT state FROM commands WHERE device = ? AND (requested_at, id) < (?, ?) ${statusClause}
       ORDER BY requested_at DESC, id DESC LIMIT ?`,
    )
    .all(
      device,
      before?.requestedAt ?? Number.MAX_SAFE_INTEGER,
      before?.id ?? "",
      ...(status === undefined ? [] : [status]),
      limit,
    );
  return rows.map((row) => JSON.parse(String(row["state"])) as CommandState);
}
