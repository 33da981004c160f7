import {
  type AccessState,
  type Board,
  boardName,
  type DeviceGroup,
  deviceGroupName,
  foldAccess,
  type ProvisioningKey,
} from "@headwater/aggregates";
import type { AccessEvent } from "@headwater/proto";
import type { FoldedEvents, FoldOutcomes } from "@headwater/service";
import type { DatabaseSync } from "node:sqlite";
import type { ModelPart } from "../model/ingest-model.ts";
import { statementsOf } from "@headwater/event-log/read-model";

/** The fold of access.v1 into a table. Hashes of keys stay in the log. */
export function accessPart(topic: string, outcomes: FoldOutcomes<AccessState>, folded: FoldedEvents): ModelPart {
  return {
    topic,
    version: 4,
    migrate(db) {
      db.exec(
        "CREATE TABLE access (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, write_id TEXT NOT NULL, provisioning_key TEXT, device_group TEXT, board TEXT) WITHOUT ROWID",
      );
    },
    apply(db, batch) {
      for (const record of batch.records) {
        const event = folded.access(batch, record);
        if (event !== undefined) applyEvent(db, event, outcomes);
      }
    },
  };
}

function applyEvent(db: DatabaseSync, event: AccessEvent, outcomes: FoldOutcomes<AccessState>): void {
  const { state, accepted } = foldAccess(accessState(db, event.id), event);
  outcomes.folded(event.writeId, accepted, state);
  if (!accepted) return;
  const key = state.key === undefined ? null : JSON.stringify({ ...state.key, hash: undefined });
  const [group, board] = [state.group, state.board].map((each) => (each === undefined ? null : JSON.stringify(each)));
  statementsOf(db)
    .of(
      "INSERT OR REPLACE INTO access (id, revision, write_id, provisioning_key, device_group, board) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .run(event.id, state.revision, state.writeId, key, group!, board!);
}

/** Without the hash. */
export function accessState(db: DatabaseSync, id: string): AccessState | undefined {
  const row = statementsOf(db)
    .of("SELECT revision, write_id, provisioning_key, device_group, board FROM access WHERE id = ?")
    .get(id);
  if (row === undefined) return undefined;
  const text = row["provisioning_key"];
  const key = typeof text === "string" ? keyFrom(text) : undefined;
  const grouped = row["device_group"];
  const group = typeof grouped === "string" ? (JSON.parse(grouped) as DeviceGroup) : undefined;
  const shown = row["board"];
  const board = typeof shown === "string" ? (JSON.parse(shown) as Board) : undefined;
  return { revision: Number(row["revision"]), writeId: String(row["write_id"]), key, group, board };
}

/** By id. */
export function listProvisioningKeys(db: DatabaseSync, after: string, limit: number): readonly ProvisioningKey[] {
  return statementsOf(db)
    .of("SELECT provisioning_key FROM access WHERE id > ? AND provisioning_key IS NOT NULL ORDER BY id LIMIT ?")
    .all(after, limit)
    .map((row) => keyFrom(String(row["provisioning_key"])));
}

/** By id. */
export function listDeviceGroups(db: DatabaseSync, after: string, limit: number): readonly DeviceGroup[] {
  return statementsOf(db)
    .of("SELECT device_group FROM access WHERE id > ? AND device_group IS NOT NULL ORDER BY id LIMIT ?")
    .all(deviceGroupName(after), limit)
    .map((row) => JSON.parse(String(row["device_group"])) as DeviceGroup);
}

/** By id. */
export function listBoards(db: DatabaseSync, after: string, limit: number): readonly Board[] {
  return statementsOf(db)
    .of("SELECT board FROM access WHERE id > ? AND board IS NOT NULL ORDER BY id LIMIT ?")
    .all(boardName(after), limit)
    .map((row) => JSON.parse(String(row["board"])) as Board);
}

function keyFrom(text: string): ProvisioningKey {
  return { ...(JSON.parse(text) as Omit<ProvisioningKey, "hash">), hash: new Uint8Array(0) };
}
