import { AppendClock } from "../src/embedded/append-clock.ts";
import { BatchBuilder } from "../src/embedded/batch-builder.ts";
import { LogDatabase } from "../src/embedded/log-database.ts";
import { spec } from "../src/contract/harness.ts";
import type { TopicSpec } from "../src/event-log.ts";

export interface PastRecord {
  readonly partition?: number;
  readonly key?: string;
  readonly value: string;
}

/** Appends one batch a value to partition 0, by a machine whose clock says another time. */
export function writeAt(dataDir: string, micros: number, topic: string, values: readonly string[]): void {
  writeRecordsAt(
    dataDir,
    micros,
    spec(topic, 1),
    values.map((value) => ({ value })),
  );
}

/** Appends one batch a record, by a machine whose clock says another time. */
export function writeRecordsAt(
  dataDir: string,
  micros: number,
  topic: TopicSpec,
  records: readonly PastRecord[],
): void {
  const clock = new AppendClock({ wall: () => micros, monotonic: () => 0 });
  const settings = {
    dataDir,
    housekeepingMs: 1000,
    tombstoneRetentionMs: 0,
    maxDatabasePages: undefined,
    compress: false,
  };
  const database = new LogDatabase(settings, clock);
  const partitions = database.ensure([topic]).filter((each) => each.topic === topic.name);
  for (const { partition = 0, key, value } of records) {
    const { id } = partitions.find((each) => each.partition === partition)!;
    const builder = new BatchBuilder();
    builder.add(key === undefined ? null : Buffer.from(key), Buffer.from(value), undefined);
    const buffer = new ArrayBuffer(builder.bytes);
    builder.copyTo(new Uint8Array(buffer), 0);
    const part = { id, at: 0, bytes: builder.bytes, headerTableBytes: builder.headerTableBytes, count: 1 };
    database.commit([part], [], buffer);
  }
  database.close();
}
