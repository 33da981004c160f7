import { foldDevice, type DeviceState } from "@headwater/aggregates";
import type { EventLog, LogBatch } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { openReadModel, type ReadModel } from "@headwater/read-model";
import {
  DecodeError,
  nowMicros,
  sameDigest,
  sha256,
  TimedOutError,
  withTimeout,
  type Logger,
} from "@headwater/service-kit";
import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface DeviceRegistryOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly file: string;
  readonly logger: Logger;
}

export type Verdict =
  | { readonly outcome: "accepted"; readonly credentialId: string }
  | { readonly outcome: "unknown-device" | "wrong-token" };

interface StoredCredential {
  readonly id: string;
  readonly kind: string;
  /** Base64 */
  readonly hash: string;
  /** µs; 0: never. */
  readonly expiresAt: number;
}

interface Row {
  readonly revision: number;
  readonly write_id: string;
  readonly deleted: number;
  readonly credentials: string;
}

/** How long a login waits for the registry to catch up (milliseconds). */
const refreshMs = 2000;

/**
 * Who may log in: the devices of devices.v1 with their hashed credentials, in a local file, so that devices log in also while the log is away
 * and from a cold start without it.
 */
export class DeviceRegistry {
  readonly #options: DeviceRegistryOptions;
  readonly #model: ReadModel;
  #find: StatementSync | undefined;
  #refreshing: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  /** Told which devices have changed. */
  onChanged?: (devices: readonly string[]) => void;

  constructor(options: DeviceRegistryOptions) {
    this.#options = options;
    this.#model = openReadModel({
      file: options.file,
      schemaVersion: "1",
      topics: [options.topic],
      log: options.log,
      logger: options.logger,
      migrate: (db) => {
        db.exec(
          "CREATE TABLE device (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, write_id TEXT NOT NULL, deleted INTEGER NOT NULL, credentials TEXT NOT NULL) WITHOUT ROWID",
        );
      },
      apply: (db, batch) => this.#apply(db, batch),
      onApplied: (batch) => this.onChanged?.(devicesOf(batch)),
    });
  }

  async start(): Promise<void> {
    await this.#model.start({ allowStale: true, withinMs: refreshMs });
  }

  async stop(): Promise<void> {
    await this.#model.stop();
  }

  get died(): Promise<never> {
    return this.#model.died;
  }

  get caughtUp(): boolean {
    return this.#model.caughtUp;
  }

  /** Compares the token with every credential that has not expired, in a time that does not depend on where they differ. */
  verify(device: string, token: Uint8Array): Verdict {
    const row = this.#row(device);
    if (row === undefined || row.deleted === 1) return { outcome: "unknown-device" };
    const digest = sha256(token);
    const now = nowMicros();
    for (const credential of JSON.parse(row.credentials) as StoredCredential[]) {
      if (isUsable(credential, now) && sameDigest(digest, Buffer.from(credential.hash, "base64"))) {
        return { outcome: "accepted", credentialId: credential.id };
      }
    }
    return { outcome: "wrong-token" };
  }

  /** Whether a connection that logged in with this credential may stay. */
  stillValid(device: string, credentialId: string): boolean {
    const row = this.#row(device);
    if (row === undefined || row.deleted === 1) return false;
    const now = nowMicros();
    return (JSON.parse(row.credentials) as StoredCredential[]).some(
      (credential) => credential.id === credentialId && isUsable(credential, now),
    );
  }

  /**
   * Resolves when what was in devices.v1 at the time of the call is known here, or after two seconds. Any number of callers share two reads of the
   * log: the one under way, which may have begun too early for them, and the next.
   */
  async refresh(): Promise<void> {
    if (this.#refreshing === undefined) {
      this.#refreshing = this.#catchUp().finally(() => (this.#refreshing = undefined));
      return this.#refreshing;
    }
    this.#following ??= this.#refreshing.then(() => {
      this.#following = undefined;
      this.#refreshing ??= this.#catchUp().finally(() => (this.#refreshing = undefined));
      return this.#refreshing;
    });
    return this.#following;
  }

  async #catchUp(): Promise<void> {
    const { log, topic, logger } = this.#options;
    const deadline = performance.now() + refreshMs;
    const caughtUp = async (): Promise<void> => {
      const positions = await log.positions(topic);
      await Promise.all(
        positions
          .filter(({ start, end }) => end > start)
          .map(({ partition, end }) =>
            this.#model.waitFor({ topic, partition, offset: end - 1 }, Math.max(1, deadline - performance.now())),
          ),
      );
    };
    try {
      await withTimeout(
        caughtUp(),
        refreshMs,
        () => new TimedOutError("devices.v1 could not be read to its end in time"),
      );
    } catch (error) {
      // The log is away, or slow: what is known here decides.
      logger.debug({ err: error }, "the device registry could not be brought up to date for a login");
    }
  }

  #row(device: string): Row | undefined {
    this.#find ??= this.#model.db.prepare("SELECT revision, write_id, deleted, credentials FROM device WHERE id = ?");
    return this.#find.get(device) as unknown as Row | undefined;
  }

  #apply(db: DatabaseSync, batch: LogBatch): void {
    const find = db.prepare("SELECT revision, write_id, deleted, credentials FROM device WHERE id = ?");
    const put = db.prepare(
      "INSERT OR REPLACE INTO device (id, revision, write_id, deleted, credentials) VALUES (?, ?, ?, ?, ?)",
    );
    const remove = db.prepare("DELETE FROM device WHERE id = ?");
    for (const { key, value } of batch.records) {
      if (value === null) {
        if (key !== null) remove.run(Buffer.from(key).toString());
        continue;
      }
      const event = decode(value);
      if (event === undefined) {
        this.#options.logger.error(
          { topic: batch.topic, partition: batch.partition },
          "an undecodable device event was passed over",
        );
        continue;
      }
      const row = find.get(event.id) as unknown as Row | undefined;
      const { state, accepted } = foldDevice(row === undefined ? undefined : stateOf(row), event);
      if (!accepted) continue;
      const credentials: StoredCredential[] = (state.device?.credentials ?? []).map(
        ({ id, kind, hash, expiresAt }) => ({
          id,
          kind,
          hash: Buffer.from(hash).toString("base64"),
          expiresAt,
        }),
      );
      put.run(event.id, state.revision, state.writeId, state.device === undefined ? 1 : 0, JSON.stringify(credentials));
    }
  }
}

/** Folding needs to know the revision and who wrote it, nothing else of what went before. */
function stateOf(row: Row): DeviceState {
  return { revision: row.revision, writeId: row.write_id, device: undefined, updatedAt: 0, updatedBy: "" };
}

function isUsable({ kind, expiresAt }: StoredCredential, now: number): boolean {
  return kind === "token" && (expiresAt === 0 || expiresAt > now);
}

function devicesOf(batch: LogBatch): string[] {
  return batch.records.flatMap(({ key }) => (key === null ? [] : [Buffer.from(key).toString()]));
}

function decode(value: Uint8Array): ReturnType<typeof events.device.decode> | undefined {
  try {
    return events.device.decode(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
