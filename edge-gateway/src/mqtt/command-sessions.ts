import { commandDeviceOf } from "../commands/command-filter.ts";
import type { CommandSession } from "../commands/command-session.ts";
import { internals } from "./aedes-internals.ts";
import { sendCommand } from "./command-sender.ts";
import type { Connection } from "./connection.ts";
import { isHeardThroughBroker } from "./stored-sessions.ts";

export interface CommandSessionsOptions {
  /** A device can take commands now, or no longer. */
  readonly onBegin: (session: CommandSession) => void;
  readonly onEnd: (session: CommandSession) => void;
  /** The connection has these subscriptions to something besides commands. */
  readonly onOthers: (connection: Connection, filters: readonly string[]) => void;
}

/** Which connections take whose commands, by what they have subscribed to. */
export class CommandSessions {
  readonly #options: CommandSessionsOptions;
  readonly #sessions = new Map<Connection, Map<string, CommandSession>>();

  constructor(options: CommandSessionsOptions) {
    this.#options = options;
  }

  /** Looks again at what the connection has subscribed to. */
  changed(connection: Connection): void {
    const { onBegin, onEnd, onOthers } = this.#options;
    const granted = new Map<string, number>();
    const others: string[] = [];
    for (const [filter, { qos }] of Object.entries(internals(connection.client).subscriptions)) {
      const device = commandDeviceOf(filter);
      if (device !== undefined) granted.set(device, Math.max(qos, granted.get(device) ?? 0));
      if (isHeardThroughBroker(filter)) others.push(filter);
    }
    onOthers(connection, others);
    connection.commandQos.clear();
    for (const [device, qos] of granted) connection.commandQos.set(device, qos);
    if (!connection.ready) return;

    const sessions = this.#sessions.get(connection) ?? new Map<string, CommandSession>();
    this.#sessions.set(connection, sessions);
    for (const [device, session] of sessions) {
      if (granted.has(device)) continue;
      sessions.delete(device);
      onEnd(session);
    }
    for (const device of granted.keys()) {
      if (sessions.has(device)) continue;
      const session = new DeviceSession(connection, device);
      sessions.set(device, session);
      onBegin(session);
    }
  }

  /** The connection is gone. */
  end(connection: Connection): void {
    const { onEnd, onOthers } = this.#options;
    onOthers(connection, []);
    for (const session of this.#sessions.get(connection)?.values() ?? []) onEnd(session);
    this.#sessions.delete(connection);
  }
}

/** A class, since an object with an accessor of its own costs half a kilobyte, and there is one for every device. */
class DeviceSession implements CommandSession {
  readonly device: string;
  readonly #connection: Connection;

  constructor(connection: Connection, device: string) {
    this.#connection = connection;
    this.device = device;
  }

  get session(): string {
    return this.#connection.session;
  }

  get inFlight(): number {
    return this.#connection.outgoingCount;
  }

  send(commandId: string, payload: string, acked: () => void): boolean {
    return sendCommand(this.#connection, this.device, commandId, payload, acked);
  }
}
