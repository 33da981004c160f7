import {
  foldAccess,
  foldDevice,
  type AccessState,
  type DeviceState,
  type Incarnation,
  type ProvisioningKey,
} from "@headwater/aggregates";
import type { LogBatch } from "@headwater/event-log";
import { eventSchemaVersion } from "@headwater/proto";
import type { FoldedEvents, FoldOutcomes } from "@headwater/service";
import type { DatabaseSync } from "node:sqlite";

export interface StoredCredential {
  readonly id: string;
  readonly kind: string;
  /** Base64 */
  readonly hash: string;
  readonly subject?: string;
  /** µs; 0: never. */
  readonly expiresAt: number;
}

/** A device as the gateway needs it. */
export interface RegisteredDevice {
  readonly device: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly credentials: readonly StoredCredential[];
  readonly incarnation: number;
}

/** The last state of a device, also of a deleted one. */
export interface DeviceRow {
  readonly state: DeviceState;
  readonly device: RegisteredDevice | undefined;
}

/** Of the tables below; a change of it has the file built anew. */
export const tablesVersion = `5.${eventSchemaVersion}`;

export function createTables(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE device (
      id TEXT PRIMARY KEY, revision INTEGER NOT NULL, write_id TEXT NOT NULL, updated_by TEXT NOT NULL, deleted INTEGER NOT NULL,
      type TEXT NOT NULL, tags TEXT NOT NULL, credentials TEXT NOT NULL,
      incarnation INTEGER NOT NULL, incarnation_since INTEGER NOT NULL,
      erased_below INTEGER NOT NULL, erased_until INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE subject (subject TEXT NOT NULL, device TEXT NOT NULL, PRIMARY KEY (subject, device)) WITHOUT ROWID;
    CREATE INDEX subject_device ON subject (device);
    CREATE TABLE access (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, write_id TEXT NOT NULL, hash TEXT, provisioning_key TEXT) WITHOUT ROWID;
    CREATE INDEX access_hash ON access (hash);
  `);
}

/** Reads and writes the tables; statements are prepared on first use. */
export class RegistryTables {
  readonly #db: DatabaseSync;
  readonly #deviceOutcomes: FoldOutcomes<DeviceState>;
  readonly #folded: FoldedEvents;
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();

  constructor(db: DatabaseSync, deviceOutcomes: FoldOutcomes<DeviceState>, folded: FoldedEvents) {
    this.#db = db;
    this.#deviceOutcomes = deviceOutcomes;
    this.#folded = folded;
  }

  device(id: string): DeviceRow | undefined {
    const row = this.#sql("SELECT * FROM device WHERE id = ?").get(id) as unknown as
      | {
          revision: number;
          write_id: string;
          updated_by: string;
          deleted: number;
          type: string;
          tags: string;
          credentials: string;
          incarnation: number;
          incarnation_since: number;
          erased_below: number;
          erased_until: number;
        }
      | undefined;
    if (row === undefined) return undefined;
    const device =
      row.deleted === 1
        ? undefined
        : {
            device: id,
            type: row.type,
            tags: JSON.parse(row.tags) as Record<string, string>,
            credentials: JSON.parse(row.credentials) as StoredCredential[],
            incarnation: row.incarnation,
          };
    // Folding needs to know the revision and who wrote it, deciding whether there is a device: nothing else of what it
    // is.
    const content = { id, revision: row.revision, attributes: {}, createdAt: 0, updatedAt: 0, credentials: [] };
    const state: DeviceState = {
      revision: row.revision,
      writeId: row.write_id,
      updatedBy: row.updated_by,
      updatedAt: 0,
      incarnation: row.incarnation,
      incarnationSince: row.incarnation_since,
      erasedBelow: row.erased_below,
      erasedUntil: row.erased_until,
      device: device === undefined ? undefined : { ...content, type: device.type, tags: device.tags },
    };
    return { state, device };
  }

  /** Of a device that was registered once, also of a deleted one. */
  incarnation(id: string): Incarnation | undefined {
    const row = this.#sql(
      "SELECT incarnation, incarnation_since, erased_below, erased_until FROM device WHERE id = ?",
    ).get(id);
    if (row === undefined) return undefined;
    return {
      incarnation: Number(row["incarnation"]),
      incarnationSince: Number(row["incarnation_since"]),
      erasedBelow: Number(row["erased_below"]),
      erasedUntil: Number(row["erased_until"]),
    };
  }

  devicesWithSubject(subject: string): string[] {
    return this.#sql("SELECT device FROM subject WHERE subject = ?")
      .all(subject)
      .map((row) => String(row["device"]));
  }

  access(id: string): AccessState | undefined {
    const row = this.#sql("SELECT revision, write_id, provisioning_key FROM access WHERE id = ?").get(id);
    if (row === undefined) return undefined;
    const text = row["provisioning_key"];
    return {
      revision: Number(row["revision"]),
      writeId: String(row["write_id"]),
      key: typeof text === "string" ? keyFrom(text) : undefined,
    };
  }

  provisioningKeyOf(hash: Uint8Array): ProvisioningKey | undefined {
    const row = this.#sql("SELECT provisioning_key FROM access WHERE hash = ?").get(
      Buffer.from(hash).toString("base64"),
    );
    return typeof row?.["provisioning_key"] === "string" ? keyFrom(row["provisioning_key"]) : undefined;
  }

  applyDevices(batch: LogBatch): void {
    for (const record of batch.records) {
      const event = this.#folded.device(batch, record);
      if (event === undefined) continue;
      const { state, accepted } = foldDevice(this.device(event.id)?.state, event, record.appendTime);
      if (accepted) this.#putDevice(event.id, state);
      this.#deviceOutcomes.folded(event.writeId, accepted, state);
    }
  }

  applyAccess(batch: LogBatch): void {
    for (const record of batch.records) {
      const event = this.#folded.access(batch, record);
      if (event === undefined) continue;
      const { state, accepted } = foldAccess(this.access(event.id), event);
      if (!accepted) continue;
      const provisioningKey = state.key === undefined ? null : JSON.stringify({ ...state.key, hash: undefined });
      const hash = state.key === undefined ? null : Buffer.from(state.key.hash).toString("base64");
      this.#sql(
        "INSERT OR REPLACE INTO access (id, revision, write_id, hash, provisioning_key) VALUES (?, ?, ?, ?, ?)",
      ).run(event.id, state.revision, state.writeId, hash, provisioningKey);
    }
  }

  #putDevice(id: string, state: DeviceState): void {
    const { revision, writeId, updatedBy, device, incarnation, incarnationSince, erasedBelow, erasedUntil } = state;
    const credentials: StoredCredential[] = (device?.credentials ?? []).map(
      ({ id: credentialId, kind, hash, subject, expiresAt }) => ({
        id: credentialId,
        kind,
        hash: Buffer.from(hash).toString("base64"),
        expiresAt,
        ...(subject !== undefined && { subject }),
      }),
    );
    this.#removeDevice(id);
    this.#sql(
      "INSERT INTO device (id, revision, write_id, updated_by, deleted, type, tags, credentials, incarnation, incarnation_since, erased_below, erased_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ).run(
      id,
      revision,
      writeId,
      updatedBy,
      device === undefined ? 1 : 0,
      device?.type ?? "",
      JSON.stringify(device?.tags ?? {}),
      JSON.stringify(credentials),
      incarnation,
      incarnationSince,
      erasedBelow,
      erasedUntil,
    );
    const subjects = new Set(credentials.flatMap(({ subject }) => subject ?? []));
    for (const subject of subjects) this.#sql("INSERT INTO subject (subject, device) VALUES (?, ?)").run(subject, id);
  }

  #removeDevice(id: string): void {
    this.#sql("DELETE FROM device WHERE id = ?").run(id);
    this.#sql("DELETE FROM subject WHERE device = ?").run(id);
  }

  #sql(text: string): ReturnType<DatabaseSync["prepare"]> {
    let statement = this.#statements.get(text);
    if (statement === undefined) this.#statements.set(text, (statement = this.#db.prepare(text)));
    return statement;
  }
}

/** The hash is a column of its own, and no reader of a key needs it. */
function keyFrom(text: string): ProvisioningKey {
  return { ...(JSON.parse(text) as Omit<ProvisioningKey, "hash">), hash: new Uint8Array(0) };
}
