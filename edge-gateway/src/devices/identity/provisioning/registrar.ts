import { registerDevice, type DeviceRegistration } from "@headwater/aggregates";
import type { EventLog } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { HeadwaterError, RequestError, TimedOutError, withTimeout, type Logger } from "@headwater/core";
import { performWrite } from "@headwater/service";
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
 * Registers new devices on behalf of those who may: it writes as a REST request does. A device that exists is never
 * changed.
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
    const { withinMs = 5000, registry, logger } = this.#options;
    if (this.#pending >= maxPending) return "unavailable";
    this.#pending += 1;
    const deadline = performance.now() + withinMs;
    try {
      const late = (): TimedOutError => new TimedOutError("The event log did not take a device's registration in time");
      await withTimeout(this.#afterOthersOf(registration, by, deadline), withinMs, late);
      return "registered";
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      if (error instanceof RequestError && error.status === 400) throw error;
      // A conflict without a device: others registered and deleted it meanwhile.
      const isConflict = error instanceof RequestError && error.status === 409;
      if (isConflict && registry.device(registration.id) !== undefined) return "exists";
      logger.warn({ err: error, device: registration.id }, "a device could not be registered now");
      return "unavailable";
    } finally {
      this.#pending -= 1;
    }
  }

  /** One registration of an id at a time: a request that is repeated finds what the one before it did. */
  async #afterOthersOf(registration: DeviceRegistration, by: string, deadline: number): Promise<void> {
    const { id } = registration;
    const before = this.#underWay.get(id) ?? Promise.resolve();
    const own = before.catch(() => {}).then(() => this.#write(registration, by, deadline));
    this.#underWay.set(id, own);
    try {
      await own;
    } finally {
      if (this.#underWay.get(id) === own) this.#underWay.delete(id);
    }
  }

  async #write(registration: DeviceRegistration, by: string, deadline: number): Promise<void> {
    const { log, topic, registry, gateway, logger } = this.#options;
    await registry.refresh();
    await performWrite(
      {
        topic,
        subject: `device ${JSON.stringify(registration.id)}`,
        read: () => registry.row(registration.id)?.state,
        decide: (state, stamp) => ({
          key: registration.id,
          value: events.device.encode(registerDevice(state, registration, { ...stamp, by })),
          headers: cloudEventHeaders({
            type: eventTypes.device,
            source: `/headwater/gateway/${gateway}`,
            id: stamp.writeId,
            time: stamp.at,
          }),
        }),
        outcomes: registry.deviceOutcomes,
      },
      { log, logger, timeoutMs: Math.max(1, deadline - performance.now()), model: registry },
    );
  }
}
