import { setImmediate } from "node:timers/promises";
import { TimeZone } from "@headwater/core";

/**
 * Loads what the first query of a chart and the first export in Parquet would load in one turn of the event loop, in
 * which no PUBACK goes out: some 25 ms each. For a moment of the start in which the main thread has nothing to do, as
 * while the thread of the store comes up.
 */
export async function loadForQueries(): Promise<void> {
  // Whatever the caller has begun gets its turn first.
  await setImmediate();
  // The runtime loads its calendars with the first zone that is asked for.
  TimeZone.of("UTC").pieceAt(0);
  await setImmediate();
  await import("hyparquet-writer");
}
