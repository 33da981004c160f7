import { nowMicros, type Logger } from "@headwater/core";
import type { Identity } from "../../devices/identity/identity.ts";
import { hasExpired } from "../../devices/identity/principal.ts";
import { internals } from "./aedes-internals.ts";
import type { Connection } from "./connection.ts";
import type { StoredSessions } from "../sessions/stored-sessions.ts";

export interface RevocationOptions {
  readonly identity: Identity;
  readonly connections: ReadonlySet<Connection>;
  readonly sessions: StoredSessions;
  /** Ends the connection. */
  readonly end: (connection: Connection) => void;
  /** Nothing of the session is remembered any more. */
  readonly forget: (session: string) => Promise<void>;
  /** So many sessions have lost something. */
  readonly onRestricted: (sessions: number) => void;
  readonly logger: Logger;
}

/**
 * Rights that end while they are in use. A connection whose login no longer counts, or that has subscribed to something
 * it may not hear now, is ended: 3.1.1 has no other way to tell it. Sessions lose what they may not hear, whether their
 * client is connected or not.
 */
export class Revocation {
  readonly #options: RevocationOptions;
  #changedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RevocationOptions) {
    this.#options = options;
  }

  /** Called when a connection is let in: changes since its rights were looked up were not applied to it. */
  joined(connection: Connection): void {
    if (this.#changedAt >= connection.loggedInAt) this.#recheck(connection);
  }

  devicesChanged(devices: readonly string[]): void {
    this.#changedAt = performance.now();
    const changed = new Set(devices);
    for (const connection of this.#options.connections) {
      if (connection.device !== undefined && changed.has(connection.device)) this.#recheck(connection);
    }
    for (const device of changed) this.#restrictSoon(device);
  }

  /** Sessions lose what their devices may not hear by now. */
  restrictAll(): void {
    for (const device of new Set(this.#options.sessions.devices)) this.#restrictSoon(device);
  }

  keysChanged(): void {
    this.#changedAt = performance.now();
    for (const connection of this.#options.connections) {
      if (connection.principal.kind === "provisioning") this.#recheck(connection);
    }
  }

  /** Ends connections whose login has expired; every other end of a login is an event. */
  expire(): void {
    const now = nowMicros();
    for (const connection of this.#options.connections) {
      if (hasExpired(connection.principal, now)) this.#options.end(connection);
    }
  }

  #recheck(connection: Connection): void {
    const { identity, end } = this.#options;
    const permissions = identity.permissionsOf(connection.principal);
    if (permissions === undefined) {
      end(connection);
      return;
    }
    if (permissions.key === connection.permissions.key) return;
    const filters = Object.keys(internals(connection.client).subscriptions);
    connection.permissions = permissions;
    if (!filters.every((filter) => permissions.maySubscribe(filter))) end(connection);
  }

  #restrictSoon(device: string): void {
    this.#restrict(device).catch((error: unknown) =>
      this.#options.logger.error({ err: error, device }, "the sessions of a device could not be restricted"),
    );
  }

  async #restrict(device: string): Promise<void> {
    const { identity, sessions, forget, logger } = this.#options;
    for (const [prefix, permissions] of identity.permissionsBySessions(device)) {
      const lost = await sessions.restrict(prefix, permissions);
      if (lost.length === 0) continue;
      this.#options.onRestricted(lost.length);
      logger.info({ device, sessions: lost.length }, "sessions lost what they may no longer hear");
      // Of a device that is gone nothing is left to go on with.
      if (permissions === undefined) await Promise.all(lost.map((session) => forget(session)));
    }
  }
}
