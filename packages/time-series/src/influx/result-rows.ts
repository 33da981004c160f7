import { sharedTurn } from "@headwater/core";
import { StoreUnavailableError } from "../errors.ts";
import { chunksToLines, linesToTables, type FluxTableMetaData } from "@influxdata/influxdb-client";

export type OnRow = (values: string[], table: FluxTableMetaData) => void;

/** Bytes of an answer that are read in one turn of the event loop: about a thousand rows. */
const SLICE_BYTES = 32_768;

/**
 * Feeds annotated CSV to `onRow` as it comes and yields after every slice of it, so that the reader sets the pace. A
 * server that is near has the next piece there at once: others have the event loop before it. Flux reports errors after
 * its first rows as a table of its own, under status 200.
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
    for (let at = 0; at < piece.length; at += SLICE_BYTES) {
      lines.next(piece.subarray(at, at + SLICE_BYTES));
      if (failure !== undefined) throw failure;
      yield;
      await sharedTurn();
    }
  }
  lines.complete();
  if (failure !== undefined) throw failure;
  yield;
}
