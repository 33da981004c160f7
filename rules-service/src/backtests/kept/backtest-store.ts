import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "@headwater/core";
import { openModelFile } from "@headwater/event-log/read-model";
import type { Side, TriedEpisode } from "../tried-episode.ts";
import { type BacktestRecord, type DifferenceCounts, hasEnded } from "./backtest-record.ts";
import { compareEpisodes, type EpisodeDifference } from "./difference.ts";

const schemaVersion = 1;
/** Episodes of one rule that a backtest keeps; how many more there were is told. */
const maxEpisodes = 100_000;
const sides: readonly Side[] = ["tried", "against"];
/** Rows that are written before others have the event loop. */
const aStep = 500;

export interface BacktestStoreOptions {
  readonly dataDir: string;
  readonly logger: Logger;
  /** Results beyond so many are forgotten, oldest first. */
  readonly maxKept: number;
}

/** Where an episode stands in the list of its backtest: by device, then by time. */
export interface EpisodePlace {
  readonly device: string;
  readonly raisedAt: number;
  readonly id: string;
}

/**
 * Backtests and their results, in a file of the service. It is no read model, since nothing in the log says what people
 * tried; it is as disposable, since each can be run again.
 */
export class BacktestStore {
  readonly #db: DatabaseSync;
  readonly #maxKept: number;
  /** Episodes kept of each side of a backtest that runs. */
  readonly #kept = new Map<string, number>();
  readonly #put: StatementSync;
  readonly #update: StatementSync;
  readonly #insert: StatementSync;

  constructor({ dataDir, logger, maxKept }: BacktestStoreOptions) {
    const file = join(dataDir, "rules", "backtests.sqlite");
    this.#maxKept = maxKept;
    this.#db = openModelFile(file, migrate, (reason) =>
      logger.warn({ file, reason }, "the file of backtests was damaged and is begun anew; they are lost"),
    );
    const db = this.#db;
    this.#put = db.prepare(
      "INSERT INTO backtests (id, ended, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, record = excluded.record",
    );
    this.#update = db.prepare(
      "UPDATE episodes SET raised_at = ?, cleared_at = ?, severity = ?, retracted = ? WHERE backtest = ? AND side = ? AND id = ?",
    );
    this.#insert = db.prepare(
      "INSERT INTO episodes (raised_at, cleared_at, severity, retracted, backtest, side, id, device) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
  }

  get(id: string): BacktestRecord | undefined {
    const row = this.#db.prepare("SELECT record FROM backtests WHERE id = ?").get(id);
    return row === undefined ? undefined : recordOf(row);
  }

  /** Newest first; `before` is the number of the last one shown. */
  list(before: number, limit: number): { readonly number: number; readonly record: BacktestRecord }[] {
    const query = "SELECT number, record FROM backtests WHERE number < ? ORDER BY number DESC LIMIT ?";
    const rows = this.#db.prepare(query).all(Math.min(before, Number.MAX_SAFE_INTEGER), limit);
    return rows.map((row) => ({ number: row["number"] as number, record: recordOf(row) }));
  }

  /** Those that a process before this one has left behind. */
  unfinished(): BacktestRecord[] {
    return this.#db.prepare("SELECT record FROM backtests WHERE ended = 0").all().map(recordOf);
  }

  /** Those that a process before this one made for somebody who was there. */
  unkept(): string[] {
    const query = "SELECT id FROM backtests WHERE json_extract(record, '$.keep') = 0";
    return this.#db
      .prepare(query)
      .all()
      .map(({ id }) => id as string);
  }

  put(record: BacktestRecord): void {
    this.#put.run(record.id, hasEnded(record) ? 1 : 0, JSON.stringify(record));
  }

  /** Forgets a backtest and its result, in slices. */
  async delete(id: string): Promise<void> {
    this.#db.prepare("DELETE FROM backtests WHERE id = ?").run(id);
    await this.clear(id);
  }

  /** Forgets what a backtest has found. */
  async clear(id: string): Promise<void> {
    for (const side of sides) this.#kept.delete(`${id}/${side}`);
    for (const table of ["episodes", "differences"]) {
      const some = this.#db.prepare(
        `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE backtest = ? LIMIT ${aStep * 4})`,
      );
      while (this.#db.isOpen && some.run(id).changes > 0) await setImmediate();
    }
  }

  /** Forgets the oldest results beyond the bound. */
  async prune(): Promise<void> {
    const query = "SELECT id FROM backtests WHERE ended = 1 ORDER BY number DESC LIMIT -1 OFFSET ?";
    for (const { id } of this.#db.prepare(query).all(this.#maxKept)) await this.delete(id as string);
  }

  /** Keeps episodes as they now are. Answers how many there were no room for. */
  async keep(backtest: string, episodes: readonly TriedEpisode[]): Promise<number> {
    let omitted = 0;
    for (let at = 0; at < episodes.length; at += aStep) {
      if (at > 0) await setImmediate();
      this.#transaction(() => {
        for (const episode of episodes.slice(at, at + aStep)) if (!this.#keepOne(backtest, episode)) omitted += 1;
      });
    }
    return omitted;
  }

  episodes(backtest: string, side: Side, after: EpisodePlace | undefined, limit: number): TriedEpisode[] {
    const { device, raisedAt, id } = after ?? { device: "", raisedAt: -Number.MAX_SAFE_INTEGER, id: "" };
    const query =
      "SELECT * FROM episodes WHERE backtest = ? AND side = ? AND (device, raised_at, id) > (?, ?, ?) ORDER BY device, raised_at, id LIMIT ?";
    return this.#db.prepare(query).all(backtest, side, device, raisedAt, id, limit).map(episodeOf);
  }

  countEpisodes(backtest: string): number {
    const query = "SELECT count(*) AS count FROM episodes WHERE backtest = ? AND side = 'tried'";
    return this.#db.prepare(query).get(backtest)!["count"] as number;
  }

  /** Compares the episodes of both rules, device by device. */
  async compare(backtest: string, signal: AbortSignal): Promise<DifferenceCounts> {
    const counts: DifferenceCounts = { new: 0, gone: 0, moved: 0, same: 0 };
    const nextDevice = this.#db.prepare(
      "SELECT device FROM episodes WHERE backtest = ? AND side = ? AND device > ? ORDER BY device LIMIT 1",
    );
    const ofDevice = this.#db.prepare("SELECT * FROM episodes WHERE backtest = ? AND side = ? AND device = ?");
    const insert = this.#db.prepare("INSERT INTO differences (backtest, place, difference) VALUES (?, ?, ?)");
    let place = 0;
    let device = "";
    for (;;) {
      const [found] = sides
        .flatMap((side) => (nextDevice.get(backtest, side, device)?.["device"] as string | undefined) ?? [])
        .toSorted();
      if (found === undefined) return counts;
      device = found;
      const [tried, against] = sides.map((side) => ofDevice.all(backtest, side, found).map(episodeOf));
      const differences = compareEpisodes(tried!, against!);
      for (let at = 0; at < differences.length; at += aStep) {
        this.#transaction(() => {
          for (const difference of differences.slice(at, at + aStep)) {
            counts[difference.kind] += 1;
            if (difference.kind !== "same") insert.run(backtest, (place += 1), JSON.stringify(difference));
          }
        });
        await setImmediate();
        signal.throwIfAborted();
      }
    }
  }

  differences(backtest: string, after: number, limit: number): { place: number; difference: EpisodeDifference }[] {
    const query = "SELECT place, difference FROM differences WHERE backtest = ? AND place > ? ORDER BY place LIMIT ?";
    return this.#db
      .prepare(query)
      .all(backtest, after, limit)
      .map((row) => ({
        place: row["place"] as number,
        difference: JSON.parse(row["difference"] as string) as EpisodeDifference,
      }));
  }

  close(): void {
    if (!this.#db.isOpen) return;
    this.#db.exec("UPDATE read_model_meta SET value = 'yes' WHERE key = 'closed'");
    this.#db.close();
  }

  #keepOne(backtest: string, episode: TriedEpisode): boolean {
    const { side, id, device, severity, raisedAt, clearedAt, retracted } = episode;
    const fields = [raisedAt, clearedAt ?? null, severity, retracted ? 1 : 0, backtest, side, id] as const;
    if (this.#update.run(...fields).changes > 0) return true;
    const key = `${backtest}/${side}`;
    const kept = this.#kept.get(key) ?? 0;
    // An episode that was left out comes again with each of its transitions; it counts with that which ends it.
    if (kept >= maxEpisodes) return clearedAt === undefined;
    this.#kept.set(key, kept + 1);
    this.#insert.run(...fields, device);
    return true;
  }

  #transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }
}

/** The table of a read model's file says whether the file was closed properly, and need not be checked as a whole. */
function migrate(db: DatabaseSync): void {
  const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version === schemaVersion) {
    db.exec("UPDATE read_model_meta SET value = 'no' WHERE key = 'closed'");
    return;
  }
  db.exec(`
    CREATE TABLE IF NOT EXISTS read_model_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    INSERT OR REPLACE INTO read_model_meta VALUES ('closed', 'no');
    DROP TABLE IF EXISTS backtests; DROP TABLE IF EXISTS episodes; DROP TABLE IF EXISTS differences;
    CREATE TABLE backtests (
      number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, ended INTEGER NOT NULL, record TEXT NOT NULL
    ) STRICT;
    CREATE TABLE episodes (
      backtest TEXT NOT NULL, side TEXT NOT NULL, id TEXT NOT NULL, device TEXT NOT NULL, raised_at INTEGER NOT NULL,
      cleared_at INTEGER, severity TEXT NOT NULL, retracted INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX episodes_by_id ON episodes (backtest, side, id);
    CREATE INDEX episodes_by_device ON episodes (backtest, side, device, raised_at, id);
    CREATE TABLE differences (backtest TEXT NOT NULL, place INTEGER NOT NULL, difference TEXT NOT NULL) STRICT;
    CREATE INDEX differences_by_place ON differences (backtest, place);
    PRAGMA user_version = ${schemaVersion};
  `);
}

function recordOf(row: Record<string, unknown>): BacktestRecord {
  return JSON.parse(row["record"] as string) as BacktestRecord;
}

function episodeOf(row: Record<string, unknown>): TriedEpisode {
  return {
    id: row["id"] as string,
    side: row["side"] as Side,
    device: row["device"] as string,
    severity: row["severity"] as string,
    raisedAt: row["raised_at"] as number,
    clearedAt: (row["cleared_at"] as number | null) ?? undefined,
    retracted: row["retracted"] === 1,
  };
}
