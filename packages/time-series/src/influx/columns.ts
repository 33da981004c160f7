import type { FluxTableMetaData } from "@influxdata/influxdb-client";

/** Columns of an annotated table that are about the answer, not the data. */
export const OF_THE_ANSWER: ReadonlySet<string> = new Set(["", "result", "table"]);

/** Where the wanted columns of a table are, or undefined if it has others too: then it is a series with more tags. */
export class ColumnsOf {
  readonly #wanted: readonly string[];
  #table: FluxTableMetaData | undefined;
  #at: { time: number; value: number; field: number } | undefined;

  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
  }

  of(table: FluxTableMetaData): { time: number; value: number; field: number } | undefined {
    if (table === this.#table) return this.#at;
    this.#table = table;
    const others = table.columns.filter(({ label }) => !OF_THE_ANSWER.has(label) && !this.#wanted.includes(label));
    const index = (wanted: string): number => table.columns.find(({ label }) => label === wanted)?.index ?? -1;
    // Selectors keep the time of the point they chose.
    const foreign = others.filter(({ label }) => label !== "_time");
    this.#at =
      foreign.length > 0 ? undefined : { time: index("_time"), value: index("_value"), field: index("_field") };
    return this.#at;
  }
}
