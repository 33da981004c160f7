import { registerDevice, type DeviceRegistration } from "@headwater/aggregates";
import type { EventLog, OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { HeadwaterError, nowMicros, RequestError, TimedOutError, withTimeout, type Logger } from "@headwater/core";
import { randomUUID } from "node:crypto";
import type { DeviceRegistry } from "../../registry/device-registry.ts";

export interface RegistrarOptions {
  readonly log: Pick<EventLog, "append">;
  readonly topic: string;
  readonly registry: DeviceRegistry;
  readonly gateway: string;
  readonly logger: Logger;
  /** All of a registration takes no longer (milliseconds). Default 5 s. */
  readonly withinMs?: number;
}

/** "unavailable": the log is away or slow; the same again later. It may have been registered all the same. */
export type Registered = "registered" | "exists" | "unavailable";

/** Appends under way at a time. */
const maxPending = 200;

/**
 * Registers new devices on behalf of who may: appends to devices.v1 what the aggregates decide, and answers after
 * folding its own event, since another may have come first. A device that exists is never changed.
 */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #underWay = new Map<string, Promise<unknown>>();
  #pending = 0;

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /** Throws RequestError (400) for what a device may not be. */
  async register(registration: DeviceRegistration, by: string): Promise<Registered> {
    const { withinMs = 5000, logger } = this.#options;
    if (this.#pending >= maxPending) return "unavailable";
    this.#pending += 1;
    try {
      const late = (): TimedOutError => new TimedOutError("The event log did not take a device's registration in time");
      return await withTimeout(this.#inTurn(registration, by, withinMs), withinMs, late);
    } catch (error) {
      if (error instanceof RequestError && error.status < 500) throw error;
      if (!(error instanceof HeadwaterError)) throw error;
      logger.warn({ err: error, device: registration.id }, "a device could not be registered now");
      return "unavailable";
    } finally {
      this.#pending -= 1;
    }
  }

  /** One registration of an id at a time: a request that is repeated finds what the one before it did. */
  async #inTurn(registration: DeviceRegistration, by: string, withinMs: number): Promise<Registered> {
    const { id } = registration;
    const before = this.#underWay.get(id);
    const mine = (before ?? Promise.resolve()).catch(() => {}).then(() => this.#append(registration, by, withinMs));
    this.#underWay.set(id, mine);
    try {
      return await mine;
    } finally {
      if (this.#underWay.get(id) === mine) this.#underWay.delete(id);
    }
  }

  async #append(registration: DeviceRegistration, by: string, withinMs: number): Promise<Registered> {
    const { log, topic, registry, gateway } = this.#options;
    await registry.refresh();
    const row = registry.row(registration.id);
    if (row?.device !== undefined) return "exists";
    const writeId = randomUUID();
    const input = registerDevice(row?.state, registration, { at: nowMicros(), by, writeId });
    const record: OutgoingRecord = {
      key: registration.id,
      value: events.device.encode(input),
      headers: cloudEventHeaders({
        type: eventTypes.device,
        source: `/headwater/gateway/${gateway}`,
        id: writeId,
        time: nowMicros(),
      }),
    };
    const [range] = await log.append(topic, [record]);
    if (range === undefined) return "unavailable";
    await registry.waitFor({ topic, partition: range.partition, offset: range.baseOffset }, withinMs);
    return registry.row(registration.id)?.state.writeId === writeId ? "registered" : "exists";
  }
}
