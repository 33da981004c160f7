import type { EventLog, LogBatch } from "../../src/event-log.ts";
import { type Logger, silentLogger } from "@headwater/core";
import { type ReadModel, type ReadModelOptions, openReadModel } from "../../src/read-model/index.ts";

export const topic = "things.v1";

/**
 * A model that keeps the last value of a key and how often a record of it was applied: once each, or the count tells.
 */
export function countingModel(
  log: Pick<EventLog, "follow" | "positions">,
  file: string,
  more: Partial<ReadModelOptions> & { logger?: Logger } = {},
): ReadModel {
  return openReadModel({
    file,
    schemaVersion: "1",
    topics: [topic],
    log: log as EventLog,
    logger: silentLogger,
    migrate(db) {
      db.exec("CREATE TABLE things (id TEXT PRIMARY KEY, value TEXT NOT NULL, times INTEGER NOT NULL) WITHOUT ROWID");
    },
    apply: applyCounting,
    ...more,
  });
}

export function applyCounting(db: ReadModel["db"], batch: LogBatch): void {
  const put = db.prepare(
    `INSERT INTO things (id, value, times) VALUES (?, ?, 1)
     ON CONFLICT (id) DO UPDATE SET value = excluded.value, times = times + 1`,
  );
  for (const record of batch.records) put.run(text(record.key), text(record.value));
}

export function text(bytes: Uint8Array | null): string {
  return bytes === null ? "" : Buffer.from(bytes).toString();
}

/** What the model holds: key to value, and how many records went into it. */
export function contents(model: ReadModel): { values: Record<string, string>; applied: number } {
  const rows = model.db.prepare("SELECT id, value, times FROM things ORDER BY id").all();
  return {
    values: Object.fromEntries(rows.map((row) => [String(row["id"]), String(row["value"])])),
    applied: rows.reduce((sum, row) => sum + Number(row["times"]), 0),
  };
}
