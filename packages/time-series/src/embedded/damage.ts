import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Damages told one by one; of more only the number is. */
const TOLD = 20;

/** Puts aside what is damaged, so that no query answers with it, and says what that was. */
export class Damage {
  readonly #chunk: StatementSync;
  readonly #removeChunk: StatementSync;
  readonly #entry: StatementSync;
  readonly #told: string[] = [];
  #count = 0;
  /** Called with all that is known, whenever more was found. */
  onFound?: (told: readonly string[]) => void;

  constructor(database: DatabaseSync) {
    this.#chunk = database.prepare(
      `INSERT INTO damaged (what, series, start, stop, count, summary, times, numbers, texts)
       SELECT ?, series, start, stop, count, summary, times, numbers, texts FROM chunks WHERE series = ? AND start = ?`,
    );
    this.#removeChunk = database.prepare("DELETE FROM chunks WHERE series = ? AND start = ?");
    this.#entry = database.prepare("INSERT INTO damaged (what, batch) VALUES (?, ?)");
    const known = database.prepare("SELECT what FROM damaged ORDER BY id").all();
    for (const row of known) this.#note(String(row["what"]));
  }

  /** What was found, in words; the first few, and how many more. */
  get told(): readonly string[] {
    const more = this.#count - this.#told.length;
    return more > 0 ? [...this.#told, `${more} more are damaged`] : this.#told;
  }

  setChunkAside(series: number, start: number, stop: number): void {
    const what = `points of series ${series} from ${timeText(start)} to ${timeText(stop)} are damaged and set aside`;
    this.#chunk.run(what, series, start);
    this.#removeChunk.run(series, start);
    this.#found(what);
  }

  setRollupAside(series: number, grade: string, start: number, stop: number, packed: Uint8Array): void {
    const what = `roll-ups by the ${grade} of series ${series} from ${timeText(start)} to ${timeText(stop)} are damaged and set aside`;
    this.#entry.run(what, packed);
    this.#found(what);
  }

  /** Nothing is lost: the points that these were made of answer. */
  setHoursAside(series: number, start: number, stop: number, packed: Uint8Array): void {
    const what = `sums by the hour of series ${series} from ${timeText(start)} to ${timeText(stop)} are damaged and set aside; its points answer`;
    this.#entry.run(what, packed);
    this.#found(what);
  }

  setEntryAside(id: number, batch: Uint8Array): void {
    const what = `journal entry ${id}, points that were written last before a start, is damaged and set aside`;
    this.#entry.run(what, batch);
    this.#found(what);
  }

  #found(what: string): void {
    this.#note(what);
    this.onFound?.(this.told);
  }

  #note(what: string): void {
    this.#count += 1;
    if (this.#told.length < TOLD) this.#told.push(what);
  }
}

function timeText(micros: number): string {
  const date = new Date(micros / 1000);
  return Number.isNaN(date.getTime()) ? `${micros} us` : date.toISOString();
}
