import type { Intake } from "../intake/intake.ts";

export interface SessionStart {
  readonly device: string;
  readonly session: string;
  readonly clientId: string;
  readonly address: string;
  readonly cleanSession: boolean;
}

/** A last will's payload is evidence, not data: it is cut off here (bytes). */
const maxWillBytes = 16 * 1024;

/**
 * Presence of devices as events, each of a session of its own name, so that the end of an old session never says that a device is away which
 * has a new one. They go the way of every message: durable first, then to the log.
 */
export class Presence {
  readonly #intake: Intake;

  constructor(intake: Intake) {
    this.#intake = intake;
  }

  connected({ device, session, clientId, address, cleanSession }: SessionStart): void {
    this.#intake.presence({ device, session, connected: { clientId: clientId.toWellFormed(), address, cleanSession } });
  }

  disconnected(device: string, session: string, reason: string): void {
    this.#intake.presence({ device, session, disconnected: { reason } });
  }

  lastWill(device: string, session: string, topic: string, payload: Uint8Array): void {
    this.#intake.presence({ device, session, lastWill: { topic, payload: payload.subarray(0, maxWillBytes) } });
  }
}
