import { commandDeviceOf } from "../../commands/command-filter.ts";
import type { CommandSession } from "../../commands/command-session.ts";
import { internals } from "./aedes-internals.ts";
import { sendCommand } from "./command-sender.ts";
import type { Connection } from "./connection.ts";
import { isHeardThroughBroker } from "../sessions/stored-sessions.ts";

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
  /** Nearly always one of each connection. */
  readonly #sessions = new Map<Connection, readonly DeviceSession[]>();

  constructor(options: CommandSessionsOptions) {
    this.#options = options;
  }

  /** Looks again at the subscriptions of the connection. */
  changed(connection: Connection): void {
    const { onBegin, onEnd, onOthers } = this.#options;
    const granted = new Map<string, number>();
    const others: string[] = [];
    for (const [filter, { qos }] of Object.entries(internals(connection.client).subscriptions)) {
      const device = commandDeviceOf(filter);
      const isHeard = device !== undefined && connection.permissions.mayReceive(`devices/${device}/commands/+`);
      if (isHeard) granted.set(device, Math.max(qos, granted.get(device) ?? 0));
      if (isHeardThroughBroker(filter)) others.push(filter);
    }
    onOthers(connection, others);
    if (!connection.ready) return;

    const before = this.#sessions.get(connection) ?? [];
    const kept = before.filter(({ device }) => granted.has(device));
    const begun: DeviceSession[] = [];
    for (const [device, qos] of granted) {
      const present = kept.find((session) => session.device === device);
      if (present === undefined) begun.push(new DeviceSession(connection, device, qos));
      else present.qos = qos;
    }
    const now = [...kept, ...begun];
    if (now.length === 0) this.#sessions.delete(connection);
    else this.#sessions.set(connection, now);
    for (const session of before) if (!kept.includes(session)) onEnd(session);
    for (const session of begun) onBegin(session);
  }

  /** The connection is gone. */
  end(connection: Connection): void {
    const { onEnd, onOthers } = this.#options;
    onOthers(connection, []);
    for (const session of this.#sessions.get(connection) ?? []) onEnd(session);
    this.#sessions.delete(connection);
  }
}

/** A class, since an object with an accessor of its own costs half a kilobyte, and there is one for every device. */
class DeviceSession implements CommandSession {
  readonly device: string;
  /** The most that was granted. */
  qos: number;
  readonly #connection: Connection;

  constructor(connection: Connection, device: string, qos: number) {
    this.#connection = connection;
    this.device = device;
    this.qos = qos;
  }

  get session(): string {
    return this.#connection.session;
  }

  get inFlight(): number {
    return this.#connection.outgoingCount;
  }

  send(commandId: string, payload: string, acked: () => void): boolean {
    return sendCommand(this.#connection, this.device, this.qos, commandId, payload, acked);
  }
}
