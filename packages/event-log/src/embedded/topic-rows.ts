import type { DatabaseSync } from "node:sqlite";
import type { TopicSpec } from "../event-log.ts";
import { LogFailure } from "./worker-protocol.ts";

/** A topic as the database has it. */
export interface TopicRow {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: "delete" | "compact";
  readonly retention_ms: number | null;
  readonly min_compaction_lag_ms: number | null;
}

export function topicRows(database: DatabaseSync): TopicRow[] {
  return database.prepare("SELECT * FROM topics").all() as unknown as TopicRow[];
}

/** Whether all of these topics are there as they are wanted. Throws if one of them can never be. */
export function hasTopics(database: DatabaseSync, specs: readonly TopicSpec[]): boolean {
  const known = new Map(topicRows(database).map((row) => [row.name, row]));
  for (const spec of specs) {
    const row = known.get(spec.name);
    if (row !== undefined && row.partitions !== spec.partitions) {
      throw new LogFailure(
        "topic-mismatch",
        `topic ${spec.name} has ${row.partitions} partitions, not ${spec.partitions}; the count is fixed for the life of a topic`,
      );
    }
  }
  return specs.every((spec) => isAsKnown(known.get(spec.name), spec));
}

/** Makes topics that are not there, with their partitions; others are kept as it is wanted from now on. */
export function putTopics(database: DatabaseSync, specs: readonly TopicSpec[]): void {
  const putTopic = database.prepare("INSERT OR REPLACE INTO topics VALUES (?, ?, ?, ?, ?)");
  const putPartition = database.prepare("INSERT OR IGNORE INTO partitions (topic, partition) VALUES (?, ?)");
  for (const spec of specs) {
    putTopic.run(spec.name, spec.partitions, spec.cleanup, spec.retentionMs ?? null, spec.minCompactionLagMs ?? null);
    for (let partition = 0; partition < spec.partitions; partition++) putPartition.run(spec.name, partition);
  }
}

function isAsKnown(row: TopicRow | undefined, spec: TopicSpec): boolean {
  return (
    row?.cleanup === spec.cleanup &&
    row.retention_ms === (spec.retentionMs ?? null) &&
    row.min_compaction_lag_ms === (spec.minCompactionLagMs ?? null)
  );
}
