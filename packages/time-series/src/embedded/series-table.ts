import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { SeriesDefinition } from "./protocol.ts";

const SERIES_A_TEXT = 4000;

/** Which number stands for which series. */
export class SeriesTable {
  readonly #database: DatabaseSync;
  readonly #define: StatementSync;
  readonly #newest: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#define = database.prepare("INSERT OR IGNORE INTO series VALUES (?, ?, ?, ?)");
    this.#newest = database.prepare("SELECT max(id) AS id FROM series");
  }

  /** One that is defined already stays as it is. */
  define({ id, measurement, tags, field }: SeriesDefinition): void {
    this.#define.run(id, measurement, tags, field);
  }

  /** The highest number that stands for a series, 0 if there are none; nearly all below it stand for one, too. */
  newest(): number {
    return (this.#newest.get() as unknown as { id: number | null }).id ?? 0;
  }

  /**
   * All series, as texts of a few thousand: `[[id, measurement, tags, field], …]`. Made by the database and read where
   * they are needed, in slices; as objects they would take seconds to cross between threads.
   */
  texts(): string[] {
    const page = this.#database.prepare(
      `SELECT json_group_array(json_array(id, measurement, tags, field)) AS text, max(id) AS last
       FROM (SELECT id, measurement, tags, field FROM series WHERE id > ? ORDER BY id LIMIT ${SERIES_A_TEXT})`,
    );
    const texts: string[] = [];
    for (let last = 0; ;) {
      const row = page.get(last) as unknown as { text: string; last: number | null };
      if (row.last === null) return texts;
      texts.push(row.text);
      last = row.last;
    }
  }
}
