import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { EventLog, LogBatch } from "@headwater/event-log";
import { openReadModel, type ReadModel } from "@headwater/event-log/read-model";
import type { Logger } from "@headwater/core";
import { eventSchemaVersion } from "@headwater/proto";

/** The fold of one topic into the read model. */
export interface ModelPart {
  readonly topic: string;
  /** Changes whenever the same records fold to another result. */
  readonly version: number;
  migrate(db: DatabaseSync): void;
  /** May be called several times before `onApplied`: what is noted for that is kept until then. */
  apply(db: DatabaseSync, batch: LogBatch): void;
  onApplied?(batch: LogBatch): void;
}

/** Opens one file, and follows the log once, for all parts. */
export function openIngestModel(options: {
  readonly dataDir: string;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly parts: readonly ModelPart[];
}): ReadModel {
  const { parts } = options;
  const byTopic = new Map(parts.map((part) => [part.topic, part]));
  return openReadModel({
    file: join(options.dataDir, "ingest", "read-model.db"),
    schemaVersion: [...parts.map(({ version }) => version), eventSchemaVersion].join("."),
    topics: parts.map(({ topic }) => topic),
    log: options.log,
    logger: options.logger,
    migrate(db) {
      for (const part of parts) part.migrate(db);
    },
    apply(db, batch) {
      byTopic.get(batch.topic)?.apply(db, batch);
    },
    onApplied(batch) {
      byTopic.get(batch.topic)?.onApplied?.(batch);
    },
  });
}
