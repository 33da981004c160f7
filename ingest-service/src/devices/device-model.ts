import type { DatabaseSync } from "node:sqlite";
import type { LogBatch } from "@headwater/event-log";
import { type Device, type DeviceFold, type DeviceState, foldDevice } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import { DecodeError, type Logger } from "@headwater/core";
import type { ModelPart } from "../model/ingest-model.ts";
import { statementsOf } from "../model/statements.ts";

export interface FoldedDevice {
  readonly id: string;
  readonly writeId: string;
  readonly fold: DeviceFold;
}

export interface DevicePartOptions {
  readonly topic: string;
  readonly logger: Logger;
  /** Told of every event after it is applied, in order. */
  onFolded(folded: FoldedDevice): void;
}

/** devices.v1 into tables of devices and their tags. */
export function devicePart(options: DevicePartOptions): ModelPart {
  const { topic, logger } = options;
  let folded: FoldedDevice[] = [];
  return {
    topic,
    version: 2,
    migrate(db) {
      db.exec(`
        CREATE TABLE devices (id TEXT PRIMARY KEY, present INTEGER NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX devices_type ON devices (type, id) WHERE present;
        CREATE TABLE device_tags (name TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (name, value, id)) WITHOUT ROWID;
        CREATE INDEX device_tags_id ON device_tags (id);
      `);
    },
    apply(db, batch) {
      folded = [];
      for (const record of batch.records) {
        const result = applyRecord(db, record, logger);
        if (result !== undefined) folded.push(result);
      }
    },
    onApplied() {
      for (const each of folded) options.onFolded(each);
      folded = [];
    },
  };
}

function applyRecord(db: DatabaseSync, record: LogBatch["records"][number], logger: Logger): FoldedDevice | undefined {
  // A tombstone. No service writes one, and it has no event to fold.
  if (record.value === null) return undefined;
  let event;
  try {
    event = events.device.decode(record.value);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    logger.error({ err: error, offset: record.offset }, "an event of a device cannot be read and is skipped");
    return undefined;
  }
  const before = deviceState(db, event.id);
  const fold = foldDevice(before, event);
  if (fold.accepted) putState(db, event.id, fold.state);
  return { id: event.id, writeId: event.writeId, fold };
}

function putState(db: DatabaseSync, id: string, state: DeviceState): void {
  const statements = statementsOf(db);
  statements
    .of("INSERT OR REPLACE INTO devices (id, present, type, state) VALUES (?, ?, ?, ?)")
    .run(id, state.device === undefined ? 0 : 1, state.device?.type ?? "", toJson(state));
  statements.of("DELETE FROM device_tags WHERE id = ?").run(id);
  const insert = statements.of("INSERT INTO device_tags (name, value, id) VALUES (?, ?, ?)");
  for (const [name, value] of Object.entries(state.device?.tags ?? {})) insert.run(name, value, id);
}

/** Also of a deleted device: its revision goes on. */
export function deviceState(db: DatabaseSync, id: string): DeviceState | undefined {
  const row = statementsOf(db).of("SELECT state FROM devices WHERE id = ?").get(id);
  return row === undefined ? undefined : fromJson(String(row["state"]));
}

export interface DeviceQuery {
  readonly type?: string | undefined;
  /** All of them. */
  readonly tags: readonly (readonly [name: string, value: string])[];
  /** Ids after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** By id. */
export function listDevices(db: DatabaseSync, query: DeviceQuery): readonly Device[] {
  const conditions = ["present", "id > ?"];
  const values: (string | number)[] = [query.after ?? ""];
  if (query.type !== undefined) {
    conditions.push("type = ?");
    values.push(query.type);
  }
  for (const [name, value] of query.tags) {
    conditions.push("id IN (SELECT id FROM device_tags WHERE name = ? AND value = ?)");
    values.push(name, value);
  }
  const rows = statementsOf(db)
    .of(`SELECT state FROM devices WHERE ${conditions.join(" AND ")} ORDER BY id LIMIT ?`)
    .all(...values, query.limit);
  return rows.flatMap((row) => fromJson(String(row["state"])).device ?? []);
}

function toJson(state: DeviceState): string {
  return JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : value,
  );
}

function fromJson(text: string): DeviceState {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "$bytes" in value && Object.keys(value).length === 1
      ? new Uint8Array(Buffer.from(String(value.$bytes), "base64"))
      : value,
  ) as DeviceState;
}
