import { join } from "node:path";
import { type AccessState, foldAccess, type Grant } from "@headwater/aggregates";
import type { EventLog, LogBatch, Position } from "@headwater/event-log";
import { openReadModel, type ReadModel } from "@headwater/event-log/read-model";
import { type Logger, TimedOutError, withTimeout } from "@headwater/core";
import { eventSchemaVersion } from "@headwater/proto";
import type { FoldedEvents } from "../folded/index.ts";
import { FoldOutcomes } from "../write/index.ts";

export interface AccessModelOptions {
  readonly log: EventLog;
  /** access.v1 */
  readonly topic: string;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}

/** How long a token that is not known waits until all of the topic was read (milliseconds). */
const refreshMs = 2000;

/**
 * The tokens and sessions of access.v1 in a local file, so that every process knows them, also while the log is away.
 */
export class AccessModel {
  readonly outcomes = new FoldOutcomes<AccessState>();
  readonly #options: AccessModelOptions;
  readonly #model: ReadModel;
  #refreshing: Promise<void> | undefined;
  #following: Promise<void> | undefined;

  constructor(options: AccessModelOptions) {
    this.#options = options;
    const { log, topic, logger, dataDir } = options;
    this.#model = openReadModel({
      file: join(dataDir, "access", "read-model.db"),
      schemaVersion: `1.${eventSchemaVersion}`,
      topics: [topic],
      log,
      logger,
      migrate(db) {
        db.exec(`
          CREATE TABLE access (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, write_id TEXT NOT NULL, kind TEXT, hash BLOB, granted TEXT) WITHOUT ROWID;
          CREATE INDEX access_hash ON access (hash);
        `);
      },
      apply: (_db, batch) => this.#apply(batch),
    });
  }

  async start(): Promise<void> {
    await this.#model.start({ allowStale: true });
  }

  stop(): Promise<void> {
    return this.#model.stop();
  }

  get died(): Promise<never> {
    return this.#model.died;
  }

  /** Whether everything is known that is in the log. */
  get caughtUp(): boolean {
    return this.#model.caughtUp;
  }

  waitFor(position: Position, timeoutMs: number): Promise<void> {
    return this.#model.waitFor(position, timeoutMs);
  }

  waitForClaimed(position: Position, timeoutMs: number): Promise<void> {
    return this.#model.waitForClaimed(position, timeoutMs);
  }

  state(id: string): AccessState | undefined {
    const row = this.#sql("SELECT revision, write_id, granted, hash FROM access WHERE id = ?").get(id);
    if (row === undefined) return undefined;
    return {
      revision: Number(row["revision"]),
      writeId: String(row["write_id"]),
      key: undefined,
      grant: grantFrom(row),
    };
  }

  /** By the SHA-256 of its secret; expired ones too. */
  grantOf(digest: Uint8Array): Grant | undefined {
    const row = this.#sql("SELECT granted, hash FROM access WHERE hash = ?").get(digest);
    return row === undefined ? undefined : grantFrom(row);
  }

  /** By id. */
  list(kind: Grant["kind"], after: string, limit: number): readonly Grant[] {
    return this.#sql("SELECT granted, hash FROM access WHERE id > ? AND kind = ? ORDER BY id LIMIT ?")
      .all(after, kind, limit)
      .flatMap((row) => grantFrom(row) ?? []);
  }

  /** Sessions that have not expired by that time (µs), of that name or of anybody, by id. */
  sessions(name: string | undefined, now: number, after: string, limit: number): readonly Grant[] {
    return this.#sql(
      `SELECT granted, hash FROM access WHERE id > ?1 AND kind = 'session'
        AND json_extract(granted, '$.expiresAt') > ?2 AND (?3 IS NULL OR json_extract(granted, '$.name') = ?3)
        ORDER BY id LIMIT ?4`,
    )
      .all(after, now, name ?? null, limit)
      .flatMap((row) => grantFrom(row) ?? []);
  }

  /**
   * Resolves when what was in the log at the time of the call is known here, or after two seconds. Any number of
   * callers share two reads of the log: the one under way, which may have begun too early for them, and the next.
   */
  async refresh(): Promise<void> {
    if (this.#refreshing === undefined) {
      this.#refreshing = this.#catchUp().finally(() => (this.#refreshing = undefined));
      return this.#refreshing;
    }
    this.#following ??= this.#refreshing.then(() => {
      this.#following = undefined;
      return this.refresh();
    });
    return this.#following;
  }

  async #catchUp(): Promise<void> {
    const { log, topic, logger } = this.#options;
    const known = async (): Promise<void> => {
      for (const { partition, start, end } of await log.positions(topic)) {
        if (end > start) await this.#model.waitFor({ topic, partition, offset: end - 1 }, refreshMs);
      }
    };
    try {
      await withTimeout(known(), refreshMs, () => new TimedOutError("access.v1 could not be read to its end in time"));
    } catch (error) {
      logger.debug({ err: error }, "access could not be brought up to date for a token");
    }
  }

  #apply(batch: LogBatch): void {
    for (const record of batch.records) {
      const event = this.#options.folded.access(batch, record);
      if (event === undefined) continue;
      const { state, accepted } = foldAccess(this.state(event.id), event);
      this.outcomes.folded(event.writeId, accepted, state);
      if (!accepted) continue;
      const { revision, writeId, grant } = state;
      const text = grant === undefined ? null : JSON.stringify({ ...grant, hash: undefined });
      this.#sql(
        "INSERT OR REPLACE INTO access (id, revision, write_id, kind, hash, granted) VALUES (?, ?, ?, ?, ?, ?)",
      ).run(...[event.id, revision, writeId, grant?.kind ?? null, grant?.hash ?? null, text]);
    }
  }

  readonly #statements = new Map<string, ReturnType<ReadModel["db"]["prepare"]>>();

  #sql(text: string): ReturnType<ReadModel["db"]["prepare"]> {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const statement = this.#model.db.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }
}

function grantFrom(row: Readonly<Record<string, unknown>>): Grant | undefined {
  const { granted, hash } = row;
  if (typeof granted !== "string") return undefined;
  return { ...(JSON.parse(granted) as Omit<Grant, "hash">), hash: hash as Uint8Array };
}
