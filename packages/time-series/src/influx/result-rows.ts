import { StoreUnavailableError } from "../errors.ts";
import { chunksToLines, linesToTables, type FluxTableMetaData } from "@influxdata/influxdb-client";

export type OnRow = (values: string[], table: FluxTableMetaData) => void;

/**
 * Feeds annotated CSV to `onRow` as it comes and yields after every piece, so that the reader sets the pace. Flux
 * reports errors after its first rows as a table of its own, under status 200.
 */
export async function* eachPiece(pieces: AsyncIterable<Uint8Array>, onRow: OnRow): AsyncGenerator<void> {
  let failure: Error | undefined;
  const tables = linesToTables({
    next: (values, table) => {
      const fault = table.columns.find(({ label }) => label === "error");
      if (fault !== undefined && table.columns.some(({ label }) => label === "reference")) {
        failure ??= new StoreUnavailableError(`InfluxDB broke off its answer: ${values[fault.index]}`);
      } else {
        onRow(values, table);
      }
    },
    error: (error) => (failure ??= error),
    complete: () => {},
  });
  const lines = chunksToLines(tables);
  for await (const piece of pieces) {
    lines.next(piece);
    if (failure !== undefined) throw failure;
    yield;
  }
  lines.complete();
  if (failure !== undefined) throw failure;
  yield;
}
