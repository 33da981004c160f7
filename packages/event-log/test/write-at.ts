import { AppendClock } from "../src/embedded/append-clock.ts";
import { BatchBuilder } from "../src/embedded/batch-builder.ts";
import { LogDatabase } from "../src/embedded/log-database.ts";
import { spec } from "../src/contract/harness.ts";

/** Appends one batch a value to partition 0, by a machine whose clock says another time. */
export function writeAt(dataDir: string, micros: number, topic: string, values: readonly string[]): void {
  const clock = new AppendClock({ wall: () => micros, monotonic: () => 0 });
  const settings = { dataDir, housekeepingMs: 1000, tombstoneRetentionMs: 0, maxDatabasePages: undefined };
  const database = new LogDatabase(settings, clock);
  const { id } = database.ensure([spec(topic, 1)]).find((each) => each.topic === topic)!;
  for (const value of values) {
    const builder = new BatchBuilder();
    builder.add(null, Buffer.from(value), undefined);
    const buffer = new ArrayBuffer(builder.bytes);
    builder.copyTo(new Uint8Array(buffer), 0);
    const part = { id, at: 0, bytes: builder.bytes, headerTableBytes: builder.headerTableBytes, count: 1 };
    database.commit([part], [], buffer);
  }
  database.close();
}
