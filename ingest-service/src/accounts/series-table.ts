import type { DatabaseSync, StatementSync } from "node:sqlite";
import { sharedTurn } from "@headwater/core";
import { KnownSeries, type SeriesName } from "../series-guard/known-series.ts";
import type { NewSeriesMinute, RecountedSeries } from "../series-guard/series-guard.ts";

/** Rows between two turns of the event loop. */
const rowsATurn = 5000;

/** The series of each partition on disk, beside the account as of whose offset they are. */
export class SeriesTable {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS series (partition INTEGER, owner TEXT, series TEXT, PRIMARY KEY (partition, owner, series)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS seeded (partition INTEGER PRIMARY KEY);
    `);
    this.#insert = db.prepare("INSERT OR IGNORE INTO series (partition, owner, series) VALUES (?, ?, ?)");
  }

  /** Inside of a transaction of the caller. Answers how many were new. */
  add(partition: number, names: Iterable<SeriesName>): number {
    let added = 0;
    for (const { owner, series } of names) added += Number(this.#insert.run(partition, owner, series).changes);
    return added;
  }

  /** What was heard in a range of the log behind `minute`. Answers with the last minute, and how many began in it. */
  async addHeard(partition: number, heard: RecountedSeries, before: NewSeriesMinute): Promise<NewSeriesMinute> {
    const minute = Math.max(heard.minute, before.minute);
    let count = before.minute === minute ? before.count : 0;
    for (let first = 0; first < heard.series.length; first += rowsATurn) {
      this.#db.exec("BEGIN IMMEDIATE");
      for (const each of heard.series.slice(first, first + rowsATurn)) {
        const isNew = this.add(partition, [each]) === 1;
        if (isNew && each.minute === minute) count += 1;
      }
      this.#db.exec("COMMIT");
      await sharedTurn();
    }
    return { minute, count };
  }

  forget(partition: number, owner: string): void {
    this.#db.prepare("DELETE FROM series WHERE partition = ? AND owner = ?").run(partition, owner);
  }

  /** Inside of a transaction of the caller. */
  release(partition: number, names: readonly SeriesName[]): void {
    const remove = this.#db.prepare("DELETE FROM series WHERE partition = ? AND owner = ? AND series = ?");
    for (const { owner, series } of names) remove.run(partition, owner, series);
  }

  /** Whether what the store had was taken over. */
  isSeeded(partition: number): boolean {
    return this.#db.prepare("SELECT 1 FROM seeded WHERE partition = ?").get(partition) !== undefined;
  }

  async seed(partition: number, names: readonly SeriesName[]): Promise<void> {
    await this.addHeard(partition, { minute: 0, series: names.map((name) => ({ ...name, minute: -1 })) }, noneBefore);
    this.#db.prepare("INSERT OR IGNORE INTO seeded VALUES (?)").run(partition);
  }

  async load(partition: number): Promise<KnownSeries> {
    const known = new KnownSeries();
    const page = this.#db.prepare(
      `SELECT owner, series FROM series WHERE partition = ? AND (owner, series) > (?, ?)
       ORDER BY owner, series LIMIT ${rowsATurn}`,
    );
    let last: SeriesName = { owner: "", series: "" };
    for (;;) {
      const rows = page.all(partition, last.owner, last.series) as unknown as SeriesName[];
      for (const { owner, series } of rows) known.add(owner, series);
      if (rows.length < rowsATurn) return known;
      last = rows.at(-1)!;
      await sharedTurn();
    }
  }
}

const noneBefore: NewSeriesMinute = { minute: 0, count: 0 };
