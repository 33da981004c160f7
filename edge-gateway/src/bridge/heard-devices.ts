import { commandProperties, headwaterMessage } from "../commands/command-message.ts";
import type { CommandSession } from "../commands/command-session.ts";
import type { CommandSpec } from "./bridge-spec.ts";
import type { RemoteBroker } from "./remote-broker.ts";

/** A device behind the broker. */
interface HeardDevice {
  readonly device: string;
  /** When it was heard last; milliseconds since the epoch. */
  at: number;
  /** Open while it is reachable. */
  session: CommandSession | undefined;
}

export interface HeardDevicesOptions {
  readonly spec: CommandSpec;
  /** A device can take commands now, or no longer. */
  readonly onSession: (session: CommandSession) => void;
  readonly onSessionEnd: (session: CommandSession) => void;
  /** The broker takes no message as large as this command. */
  readonly onTooLarge: (device: string, commandId: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Which devices can be reached through a broker: those that were heard on it not too long ago and did not say that they
 * are gone. Nobody else says so: a broker tells nobody who is connected to it.
 */
export class HeardDevices {
  readonly #options: HeardDevicesOptions;
  readonly #devices = new Map<string, HeardDevice>();
  readonly #now: () => number;
  #connection: RemoteBroker | undefined;
  #session = "";

  constructor(options: HeardDevicesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get size(): number {
    return this.#devices.size;
  }

  /** It said something. */
  heard(device: string): void {
    const known = this.#devices.get(device);
    if (known === undefined) this.#meet(device);
    else known.at = this.#now();
  }

  /** It said that it is there, or that it is gone. */
  said(device: string, online: boolean): void {
    if (online) {
      this.heard(device);
      return;
    }
    const known = this.#devices.get(device);
    if (known !== undefined) this.#forget(known);
  }

  /** Commands go out by this connection now; `session` names it. */
  connected(connection: RemoteBroker, session: string): void {
    this.#connection = connection;
    this.#session = session;
    this.sweep();
    for (const device of this.#devices.values()) this.#open(device);
  }

  disconnected(): void {
    this.#connection = undefined;
    for (const device of this.#devices.values()) this.#close(device);
  }

  /** Those that were not heard for too long are taken to be gone. */
  sweep(): void {
    const limit = this.#now() - this.#options.spec.heardWithinMs;
    for (const device of this.#devices.values()) if (device.at < limit) this.#forget(device);
  }

  /** When each was heard, to outlive the process. */
  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#devices.values()].map(({ device, at }) => [device, at]));
  }

  /** Before anything is heard. */
  restore(all: Readonly<Record<string, number>>): void {
    for (const [device, at] of Object.entries(all).slice(0, this.#options.spec.maxDevices))
      this.#devices.set(device, { device, at: Math.min(at, this.#now()), session: undefined });
    this.sweep();
  }

  #meet(name: string): void {
    if (this.#devices.size >= this.#options.spec.maxDevices) this.#makeRoom();
    const device: HeardDevice = { device: name, at: this.#now(), session: undefined };
    this.#devices.set(name, device);
    this.#open(device);
  }

  /** A tenth goes at once, those not heard for longest: finding them takes a look at all. */
  #makeRoom(): void {
    const oldest = [...this.#devices.values()].toSorted((a, b) => a.at - b.at);
    for (const device of oldest.slice(0, Math.ceil(oldest.length / 10))) this.#forget(device);
  }

  #forget(device: HeardDevice): void {
    this.#close(device);
    this.#devices.delete(device.device);
  }

  #open(device: HeardDevice): void {
    const connection = this.#connection;
    if (connection === undefined || device.session !== undefined) return;
    const { spec, onSession, onTooLarge } = this.#options;
    let inFlight = 0;
    device.session = {
      device: device.device,
      session: this.#session,
      assumed: true,
      get inFlight() {
        return inFlight;
      },
      send(command, acked) {
        inFlight += 1;
        const topicOf = (pattern: string): string =>
          pattern.replace("{device}", () => device.device).replace("{commandId}", () => command.id);
        const properties = commandProperties(command, topicOf(spec.reply));
        const message = {
          topic: topicOf(spec.topic),
          payload: headwaterMessage(command),
          qos: 1,
          properties,
          deadline: command.deadline,
        } as const;
        const sending = connection.publish(message, (isAcked) => {
          inFlight -= 1;
          if (isAcked) acked();
        });
        if (sending === "awaited") return true;
        inFlight -= 1;
        if (sending === "too-large") onTooLarge(device.device, command.id);
        return false;
      },
    };
    onSession(device.session);
  }

  #close(device: HeardDevice): void {
    const { session } = device;
    if (session === undefined) return;
    device.session = undefined;
    this.#options.onSessionEnd(session);
  }
}
