import type { DatabaseSync } from "node:sqlite";
import type { LogBatch } from "@headwater/event-log";
import { type Device, type DeviceFold, type DeviceState, foldDevice, type Incarnation } from "@headwater/aggregates";
import type { FoldedEvents } from "@headwater/service";
import type { ModelPart } from "../model/ingest-model.ts";
import { statementsOf } from "@headwater/event-log/read-model";
import { createErasures, putErasure } from "./erasure-table.ts";
import { nameKey } from "./name-key.ts";

export interface FoldedDevice {
  readonly id: string;
  readonly writeId: string;
  readonly fold: DeviceFold;
}

export interface DevicePartOptions {
  readonly topic: string;
  readonly foldedEvents: FoldedEvents;
  /** Told of every event after it is applied, in order. */
  onFolded(folded: FoldedDevice): void;
  /** Called while a deletion of a device with its data is applied. */
  onErasing(db: DatabaseSync): void;
  /** Told after a batch in which devices were deleted with their data. */
  onErased(): void;
  /** Called while an event is applied after which there is another device of the id than before, or none. */
  onReplaced(db: DatabaseSync, id: string, state: DeviceState): void;
}

/** devices.v1 into tables of devices and their tags. */
export function devicePart(options: DevicePartOptions): ModelPart {
  const { topic } = options;
  let folded: FoldedDevice[] = [];
  let hasErased = false;
  return {
    topic,
    version: 9,
    migrate(db) {
      db.exec(`
        CREATE TABLE devices (
          id TEXT PRIMARY KEY, present INTEGER NOT NULL, incarnation INTEGER NOT NULL, type TEXT NOT NULL,
          created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, name_key TEXT NOT NULL, search TEXT NOT NULL, state TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX devices_by_name ON devices (name_key);
        CREATE TABLE device_attributes (id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (id, name)) WITHOUT ROWID;
        CREATE TABLE device_tags (name TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (name, value, id)) WITHOUT ROWID;
        CREATE INDEX device_tags_id ON device_tags (id);
      `);
      createErasures(db);
    },
    apply(db, batch) {
      for (const record of batch.records) {
        const result = applyRecord(db, batch, record, options);
        if (result === undefined) continue;
        folded.push(result);
        const { id, fold } = result;
        if (!fold.accepted || fold.state.erasedBelow === 0) continue;
        const { erasedBelow, erasedUntil } = fold.state;
        putErasure(db, batch.partition, { device: id, below: erasedBelow, until: erasedUntil });
        options.onErasing(db);
        hasErased = true;
      }
    },
    onApplied() {
      const all = folded;
      folded = [];
      for (const each of all) options.onFolded(each);
      if (hasErased) options.onErased();
      hasErased = false;
    },
  };
}

function applyRecord(
  db: DatabaseSync,
  batch: LogBatch,
  record: LogBatch["records"][number],
  options: DevicePartOptions,
): FoldedDevice | undefined {
  const event = options.foldedEvents.device(batch, record);
  if (event === undefined) return overwritten(db, record);
  const before = deviceState(db, event.id);
  const fold = foldDevice(before, event, record.appendTime);
  if (fold.accepted) {
    putState(db, event.id, fold.state);
    if (fold.state.incarnationSince !== (before?.incarnationSince ?? 0)) options.onReplaced(db, event.id, fold.state);
  }
  return { id: event.id, writeId: event.writeId, fold };
}

/** What counts for nothing under a device's key: compaction would keep it in the place of the device. */
function overwritten(db: DatabaseSync, { key }: LogBatch["records"][number]): FoldedDevice | undefined {
  if (key === null) return undefined;
  const id = Buffer.from(key).toString();
  const state = deviceState(db, id);
  return state === undefined ? undefined : { id, writeId: "", fold: { state, accepted: false, needsRestating: true } };
}

function putState(db: DatabaseSync, id: string, state: DeviceState): void {
  const statements = statementsOf(db);
  const { device } = state;
  statements
    .of(
      `INSERT OR REPLACE INTO devices (id, present, incarnation, type, created_at, updated_at, name_key, search, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      device === undefined ? 0 : 1,
      state.incarnation,
      device?.type ?? "",
      device?.createdAt ?? 0,
      device?.updatedAt ?? 0,
      nameKey(id),
      device === undefined ? "" : searchedText(device),
      toJson(state),
    );
  statements.of("DELETE FROM device_tags WHERE id = ?").run(id);
  const insertTag = statements.of("INSERT INTO device_tags (name, value, id) VALUES (?, ?, ?)");
  for (const [name, value] of Object.entries(device?.tags ?? {})) insertTag.run(name, value, id);
  statements.of("DELETE FROM device_attributes WHERE id = ?").run(id);
  const insertAttribute = statements.of("INSERT INTO device_attributes (id, name, value) VALUES (?, ?, ?)");
  for (const [name, value] of Object.entries(device?.attributes ?? {})) insertAttribute.run(id, name, String(value));
}

/** What a search for text looks at. */
function searchedText({ id, type, tags, attributes }: Device): string {
  const facts = [...Object.entries(tags), ...Object.entries(attributes)].flat();
  return [id, type, ...facts].join("\n").toLowerCase();
}

/** Also of a deleted device: its revision goes on. */
export function deviceState(db: DatabaseSync, id: string): DeviceState | undefined {
  const row = statementsOf(db).of("SELECT state FROM devices WHERE id = ?").get(id);
  return row === undefined ? undefined : fromJson(String(row["state"]));
}

/** Which device of this id there is; undefined: none was ever registered. */
export function incarnationOf(db: DatabaseSync, id: string): Incarnation | undefined {
  const row = statementsOf(db).of("SELECT state FROM devices WHERE id = ?").get(id);
  // Asked with every event of a command: none of its bytes, such as credentials, is made for that.
  return row === undefined ? undefined : (JSON.parse(String(row["state"])) as Incarnation);
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
