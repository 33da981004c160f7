import { statementsOf } from "@headwater/event-log/read-model";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { partitionFor } from "@headwater/event-log";
import { events, type ActionEvent } from "@headwater/proto";
import type { Occasion } from "../action-kinds/delivery.ts";

/** An action that waits for a message of its group. */
export interface GroupedAction {
  readonly id: string;
  readonly alert: string;
  readonly trigger: string;
  readonly severity: string;
  /** µs since the epoch, as the others. */
  readonly at: number;
  readonly deadline: number;
}

/**
 * The part of the read model of actions that is about groups. A message counts if no earlier one names any action of
 * its own, which its own partition alone decides; the records of what it tells may be read before it or after it.
 */
export const groupedTables = `
  CREATE TABLE grouped (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, appended INTEGER NOT NULL, partition INTEGER NOT NULL,
    offset INTEGER NOT NULL, alert TEXT NOT NULL, severity TEXT NOT NULL, at INTEGER NOT NULL,
    trigger TEXT NOT NULL, deadline INTEGER NOT NULL, event BLOB NOT NULL
  ) STRICT;
  CREATE INDEX grouped_by_key ON grouped (key, appended, partition, offset);
  CREATE TABLE groups (
    key TEXT PRIMARY KEY, home INTEGER NOT NULL, wait INTEGER NOT NULL, interval INTEGER NOT NULL,
    told_at INTEGER NOT NULL, due INTEGER
  ) STRICT;
  CREATE INDEX groups_by_due ON groups (home, due);
  CREATE TABLE messages (id TEXT PRIMARY KEY, home INTEGER NOT NULL, offset INTEGER NOT NULL, event BLOB NOT NULL) STRICT;
  CREATE INDEX messages_by_home ON messages (home, offset);
  CREATE TABLE told (action TEXT PRIMARY KEY, message TEXT NOT NULL, withdrawn TEXT) STRICT, WITHOUT ROWID;
`;

interface Place {
  readonly partition: number;
  readonly offset: number;
  readonly appendTime: number;
}

/** Folds what is about groups. */
export class GroupFold {
  readonly #partitions: number;
  readonly #isTold: StatementSync;
  readonly #tell: StatementSync;
  readonly #wait: StatementSync;
  readonly #forget: StatementSync;
  readonly #group: StatementSync;
  readonly #toldAt: StatementSync;
  readonly #due: StatementSync;
  readonly #keep: StatementSync;
  readonly #end: StatementSync;

  constructor(db: DatabaseSync, partitions: number) {
    this.#partitions = partitions;
    const statements = statementsOf(db);
    this.#isTold = statements.of("SELECT 1 FROM told WHERE action = ?");
    this.#tell = statements.of("INSERT INTO told (action, message, withdrawn) VALUES (?, ?, ?)");
    this.#wait = statements.of("INSERT INTO grouped VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#forget = statements.of("DELETE FROM grouped WHERE id = ?");
    this.#group = statements.of(
      `INSERT INTO groups (key, home, wait, interval, told_at) VALUES (?, ?, ?, ?, 0)
       ON CONFLICT DO UPDATE SET wait = excluded.wait, interval = excluded.interval`,
    );
    this.#toldAt = statements.of(
      `INSERT INTO groups (key, home, wait, interval, told_at) VALUES (?, ?, 0, 0, ?)
       ON CONFLICT DO UPDATE SET told_at = max(told_at, excluded.told_at)`,
    );
    this.#keep = statements.of("INSERT INTO messages (id, home, offset, event) VALUES (?, ?, ?, ?)");
    this.#end = statements.of("DELETE FROM messages WHERE id = ?");
    this.#due = statements.of(
      `UPDATE groups SET due = (SELECT max(min(appended) + groups.wait, groups.told_at + groups.interval)
                                FROM grouped WHERE key = groups.key) WHERE key = ?`,
    );
  }

  /** A request that waits for its group. Answers whether it does. */
  take(event: ActionEvent, bytes: Uint8Array, { partition, offset, appendTime }: Place): boolean {
    const { group, trigger, deadline } = event.requested!;
    if (group === null || this.#isTold.get(event.actionId) !== undefined) return false;
    const { severity = "", at = event.at } = occasionOf(event) ?? {};
    const own = [event.alertId, severity, at, trigger, deadline, bytes] as const;
    this.#wait.run(event.actionId, group.key, appendTime, partition, offset, ...own);
    this.#group.run(group.key, this.#homeOf(group.key), group.wait, group.interval);
    this.#due.run(group.key);
    return true;
  }

  /** A message of a group. Answers whether it counts. */
  accept({ actionId, requested }: ActionEvent, bytes: Uint8Array, { partition, offset, appendTime }: Place): boolean {
    const { key, told, withdrawn } = requested!.message!;
    const named = new Map<string, string | null>(told.map((id) => [id, null]));
    for (const { action, reason } of withdrawn) named.set(action, reason);
    for (const id of named.keys()) if (this.#isTold.get(id) !== undefined) return false;
    for (const [id, reason] of named) {
      this.#tell.run(id, actionId, reason);
      this.#forget.run(id);
    }
    if (told.length > 0) this.#toldAt.run(key, this.#homeOf(key), appendTime);
    this.#due.run(key);
    this.#keep.run(actionId, partition, offset, bytes);
    return true;
  }

  /** A message has ended, if it is one. */
  end(id: string): void {
    this.#end.run(id);
  }

  #homeOf(key: string): number {
    return partitionFor(key, this.#partitions);
  }
}

/** What waits in groups. */
export class GroupedActions {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Groups at home in a partition that are due at that time of the log, a few. */
  due(home: number, now: number): string[] {
    const query = "SELECT key FROM groups WHERE home = ? AND due <= ? ORDER BY due LIMIT 20";
    return this.#db
      .prepare(query)
      .all(home, now)
      .map(({ key }) => key as string);
  }

  /** When the next group of that home is due on the log's clock; infinite: nothing waits. */
  nextDue(home: number): number {
    const row = this.#db.prepare("SELECT min(due) AS due FROM groups WHERE home = ?").get(home);
    return (row?.["due"] as number | null) ?? Infinity;
  }

  /** What waits in a group, in the order of the log as far as there is one; at most so many. */
  waiting(key: string, limit: number): GroupedAction[] {
    return this.#db
      .prepare(
        `SELECT id, alert, trigger, severity, at, deadline FROM grouped WHERE key = ?
         ORDER BY appended, partition, offset LIMIT ?`,
      )
      .all(key, limit) as unknown as GroupedAction[];
  }

  /** The request of one that waits. */
  requestOf(id: string): ActionEvent | undefined {
    return decoded(this.#db.prepare("SELECT event FROM grouped WHERE id = ?").get(id));
  }

  /** Messages of a partition that count and have not ended, in their order. */
  messagesOf(partition: number): string[] {
    const query = "SELECT id FROM messages WHERE home = ? ORDER BY offset";
    return this.#db
      .prepare(query)
      .all(partition)
      .map(({ id }) => id as string);
  }

  /** The request of such a message. */
  messageOf(id: string): ActionEvent | undefined {
    return decoded(this.#db.prepare("SELECT event FROM messages WHERE id = ?").get(id));
  }
}

/** What a request of a group has to tell; undefined if nobody who writes them wrote it. */
export function occasionOf({ requested }: ActionEvent): Occasion | undefined {
  try {
    return JSON.parse(Buffer.from(requested!.body).toString()) as Occasion;
  } catch {
    return undefined;
  }
}

function decoded(row: Record<string, unknown> | undefined): ActionEvent | undefined {
  return row && events.action.decode(row["event"] as Uint8Array);
}
