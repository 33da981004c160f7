import { sharedTurn } from "@headwater/core";
import type { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { FilledRow } from "./fill.ts";

export const parquetType = "application/vnd.apache.parquet";

/** Rows, and what else is said of each of them. */
export interface LabelledRows {
  readonly labels: Readonly<Record<string, string>>;
  readonly rows: readonly FilledRow[];
}

/** Notes for the end of the file, by key; asked for after the last row. */
export type ParquetNotes = () => Readonly<Record<string, string>>;

export interface ParquetColumns {
  readonly labels: readonly string[];
  /** One kind makes the column `value`; of both, texts are in `text`. */
  readonly values: readonly ("number" | "text")[];
}

/** Few enough to be encoded between two turns of the event loop. */
const ROWS_A_GROUP = 8_192;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];

/** A file of Parquet as it comes, a row group in memory. */
export async function* parquetFile(
  batches: AsyncIterable<LabelledRows>,
  columns: ParquetColumns,
  notes?: ParquetNotes,
): AsyncGenerator<Uint8Array> {
  // A service has it loaded already (`loadForQueries`).
  const parquet = await import("hyparquet-writer");
  const bytes = new parquet.ByteWriter();
  const writer = new parquet.ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: "Headwater" });
  let group = new RowGroup(columns);
  for await (const { labels, rows } of batches) {
    for (const row of rows) {
      group.add(labels, row);
      if (group.size < ROWS_A_GROUP) continue;
      void writer.write({ columnData: group.columnData(), rowGroupSize: ROWS_A_GROUP });
      group = new RowGroup(columns);
      yield taken(bytes);
      await sharedTurn();
    }
  }
  if (group.size > 0) void writer.write({ columnData: group.columnData(), rowGroupSize: ROWS_A_GROUP });
  const told = Object.entries(notes?.() ?? {}).map(([key, value]) => ({ key, value }));
  if (told.length > 0) writer.kvMetadata = told;
  void writer.finish();
  yield taken(bytes);
}

/** What was written; its offset in the file goes on. */
function taken(bytes: ByteWriter): Uint8Array {
  const written = Uint8Array.from(bytes.getBytes());
  bytes.index = 0;
  return written;
}

function schemaOf({ labels, values }: ParquetColumns): Schema {
  const text = (name: string) =>
    ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }) as const;
  const leaves: Schema = [
    { name: "time", type: "INT64", converted_type: "TIMESTAMP_MICROS", repetition_type: "REQUIRED" },
    ...labels.map(text),
    ...(values.includes("number")
      ? [{ name: "value", type: "DOUBLE", repetition_type: "OPTIONAL" } as const]
      : [text("value")]),
    ...(values.length > 1 ? [text("text")] : []),
  ];
  return [{ name: "root", num_children: leaves.length }, ...leaves];
}

/** A sum that no number holds; JSON has null for it. */
function isBeyondNumbers(value: FilledRow[1]): boolean {
  return typeof value === "number" && !Number.isFinite(value);
}

class RowGroup {
  readonly #columns: ParquetColumns;
  readonly #times: bigint[] = [];
  readonly #labels: (string | null)[][];
  readonly #values: (number | string | null)[] = [];
  readonly #texts: (string | null)[] = [];

  constructor(columns: ParquetColumns) {
    this.#columns = columns;
    this.#labels = columns.labels.map(() => []);
  }

  get size(): number {
    return this.#times.length;
  }

  add(labels: LabelledRows["labels"], [time, value]: FilledRow): void {
    this.#times.push(BigInt(time));
    for (const [i, name] of this.#columns.labels.entries()) this.#labels[i]!.push(labels[name] ?? null);
    const isAside = typeof value === "string" && this.#columns.values.length > 1;
    this.#values.push(isAside || isBeyondNumbers(value) ? null : value);
    this.#texts.push(isAside ? value : null);
  }

  columnData() {
    return [
      { name: "time", data: this.#times },
      ...this.#columns.labels.map((name, i) => ({ name, data: this.#labels[i]! })),
      { name: "value", data: this.#values },
      ...(this.#columns.values.length > 1 ? [{ name: "text", data: this.#texts }] : []),
    ];
  }
}
