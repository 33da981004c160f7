import type { SeriesRef, SeriesRow, TimeSeriesStore } from "@headwater/time-series";
import { Checksum, textNumber } from "../accounts/checksum.ts";

export interface Range {
  /** Event times, µs; the first inclusive, the second exclusive. */
  readonly from: number;
  readonly to: number;
}

/** How a series in the store is not as it is in the log: `added` has a row that the log knows nothing of. */
export interface Difference {
  readonly kind: "missing" | "altered" | "added";
  /** As it is to be; of `added` as it is. */
  readonly row: SeriesRow;
}

/** Goes through a series as the store has it and as it is to be, and yields where the two differ, oldest first. */
export class SeriesComparison {
  readonly stored = new Checksum();
  readonly wanted = new Checksum();

  async *differences(
    storedRows: AsyncIterable<readonly SeriesRow[]>,
    wantedRows: AsyncIterable<readonly SeriesRow[]>,
  ): AsyncGenerator<Difference> {
    const rows = new Rows(storedRows);
    const wants = new Rows(wantedRows);
    let row = await rows.next();
    let want = await wants.next();
    while (row !== undefined || want !== undefined) {
      const isStored = row !== undefined && (want === undefined || row[0] <= want[0]);
      const isWanted = want !== undefined && (row === undefined || want[0] <= row[0]);
      if (isStored) add(this.stored, row!);
      if (isWanted) add(this.wanted, want!);
      if (!isStored) yield { kind: "missing", row: want! };
      else if (!isWanted) yield { kind: "added", row: row! };
      else if (row![1] !== want![1]) yield { kind: "altered", row: want! };
      // Most rows are there already, and waiting for them one by one costs more than comparing them.
      if (isStored) row = rows.hasNext ? rows.take() : await rows.next();
      if (isWanted) want = wants.hasNext ? wants.take() : await wants.next();
    }
  }
}

export function rowsOf(
  store: Pick<TimeSeriesStore, "query">,
  series: SeriesRef,
  { from, to }: Range,
): AsyncIterable<readonly SeriesRow[]> {
  return store.query({ ...series, from, to });
}

function add(checksum: Checksum, [time, value]: SeriesRow): void {
  checksum.add(time, typeof value === "string" ? textNumber(value) : value);
}

class Rows {
  readonly #chunks: AsyncIterator<readonly SeriesRow[]>;
  #chunk: readonly SeriesRow[] = [];
  #at = 0;

  constructor(chunks: AsyncIterable<readonly SeriesRow[]>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  get hasNext(): boolean {
    return this.#at < this.#chunk.length;
  }

  take(): SeriesRow {
    return this.#chunk[this.#at++]!;
  }

  async next(): Promise<SeriesRow | undefined> {
    while (!this.hasNext) {
      const { value, done } = await this.#chunks.next();
      if (done === true) return undefined;
      this.#chunk = value;
      this.#at = 0;
    }
    return this.take();
  }
}
