import type { DeviceState, Incarnation, ProvisioningKey } from "@headwater/aggregates";
import type { EventLog, LogBatch, Position } from "@headwater/event-log";
import { openReadModel, type ReadModel } from "@headwater/event-log/read-model";
import { TimedOutError, withTimeout, type Logger } from "@headwater/core";
import { FoldOutcomes, type FoldedEvents } from "@headwater/service";
import {
  createTables,
  RegistryTables,
  tablesVersion,
  type DeviceRow,
  type RegisteredDevice,
} from "./registry-tables.ts";

export interface DeviceRegistryOptions {
  readonly log: EventLog;
  readonly topics: { readonly devices: string; readonly access: string };
  readonly file: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}

/** How long a login waits for the registry to catch up (milliseconds). */
const refreshMs = 2000;

/**
 * The principals that may log in: the devices of devices.v1 with their hashed credentials, and the provisioning keys of
 * access.v1, in a local file, so that devices log in also while the log is away and from a cold start without it.
 */
export class DeviceRegistry {
  readonly #options: DeviceRegistryOptions;
  readonly #model: ReadModel;
  readonly #tables: RegistryTables;
  /** What the fold made of the devices that this gateway writes. */
  readonly deviceOutcomes = new FoldOutcomes<DeviceState>();
  #refreshing: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  /** Told which devices have changed. */
  onChanged?: (devices: readonly string[]) => void;
  /** Told that provisioning keys have changed. */
  onKeysChanged?: () => void;

  constructor(options: DeviceRegistryOptions) {
    this.#options = options;
    const { topics, logger, folded } = options;
    let tables: RegistryTables | undefined;
    this.#model = openReadModel({
      file: options.file,
      schemaVersion: tablesVersion,
      topics: [topics.devices, topics.access],
      log: options.log,
      logger,
      migrate: createTables,
      apply: (db, batch) => {
        tables ??= new RegistryTables(db, this.deviceOutcomes, folded);
        if (batch.topic === topics.devices) tables.applyDevices(batch);
        else tables.applyAccess(batch);
      },
      onApplied: (batch) => {
        if (batch.topic === topics.devices) this.onChanged?.(keysOf(batch));
        else this.onKeysChanged?.();
      },
    });
    this.#tables = new RegistryTables(this.#model.db, this.deviceOutcomes, folded);
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

  /** undefined: not registered, or deleted. */
  device(id: string): RegisteredDevice | undefined {
    return this.#tables.device(id)?.device;
  }

  /** The last state of a device in the log, for writes. */
  row(id: string): DeviceRow | undefined {
    return this.#tables.device(id);
  }

  /** Which device of this id there is, as far as is known here; undefined: none was ever registered. */
  incarnation(id: string): Incarnation | undefined {
    return this.#tables.incarnation(id);
  }

  /** Devices that have a credential of this subject, expired ones too. */
  devicesWithSubject(subject: string): readonly string[] {
    return this.#tables.devicesWithSubject(subject);
  }

  provisioningKey(id: string): ProvisioningKey | undefined {
    return this.#tables.access(id)?.key;
  }

  provisioningKeyOf(digest: Uint8Array): ProvisioningKey | undefined {
    return this.#tables.provisioningKeyOf(digest);
  }

  /** Resolves when the record at that position is folded. Rejects with RequestError (504) after `timeoutMs`. */
  waitFor(position: Position, timeoutMs: number): Promise<void> {
    return this.#model.waitFor(position, timeoutMs);
  }

  /**
   * Resolves when what was in the log at the time of the call is known here, or after two seconds. Any number of
   * callers share two reads of the log: the one under way, which may have begun too early for them, and the next.
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
    const { log, topics, logger } = this.#options;
    const deadline = performance.now() + refreshMs;
    const caughtUp = async (topic: string): Promise<void> => {
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
        Promise.all([caughtUp(topics.devices), caughtUp(topics.access)]),
        refreshMs,
        () => new TimedOutError("The registry could not be read to its end in time"),
      );
    } catch (error) {
      // The log is away, or slow: the registry as it is decides.
      logger.debug({ err: error }, "the device registry could not be brought up to date for a login");
    }
  }
}

function keysOf(batch: LogBatch): string[] {
  return batch.records.flatMap(({ key }) => (key === null ? [] : [Buffer.from(key).toString()]));
}
