import type { FirmwareTopics } from "@headwater/decode";
import { commandDeviceOf } from "../../commands/command-filter.ts";
import { isShared, sharedFilterOf } from "../../devices/access/shared-filter.ts";
import { commandProperties, headwaterMessage, type CommandToSend } from "../../commands/command-message.ts";
import type { AnswerToCommand } from "../../commands/dialects/awaited-answers.ts";
import type { CommandDialect } from "../../commands/dialects/dialect.ts";
import { dialectOf } from "../../commands/dialects/dialects.ts";
import type { CommandSession } from "../../commands/command-session.ts";
import { internals } from "./aedes-internals.ts";
import { isTooLarge, sendCommand, type CommandPacket } from "./command-sender.ts";
import type { Connection } from "./connection.ts";
import { isHeardThroughBroker } from "../sessions/stored-sessions.ts";

export interface CommandSessionsOptions {
  readonly firmware: FirmwareTopics;
  /** A device can take commands now, or no longer. */
  readonly onBegin: (session: CommandSession) => void;
  readonly onEnd: (session: CommandSession) => void;
  /** The firmware of a device can have no such command. */
  readonly onRejected: (device: string, answer: AnswerToCommand) => void;
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
    const { firmware, onBegin, onEnd, onRejected, onOthers } = this.#options;
    const granted = new Map<string, Granted>();
    const others: string[] = [];
    for (const [filter, { qos }] of Object.entries(internals(connection.client).subscriptions)) {
      // A command goes to one session in any case: to share its topic is to subscribe to it.
      const device = commandDeviceOf(sharedFilterOf(filter));
      const isHeard = device !== undefined && connection.permissions.mayReceive(`devices/${device}/commands/+`);
      if (isHeard) granted.set(device, { qos: Math.max(qos, qosOf(granted.get(device))), dialect: undefined });
      else if (!isShared(filter)) this.#addDialect(granted, connection, filter, qos, firmware);
      if (isHeardThroughBroker(filter)) others.push(filter);
    }
    onOthers(connection, others);
    if (!connection.ready) return;

    const before = this.#sessions.get(connection) ?? [];
    const kept = before.filter(({ device }) => granted.has(device));
    const begun: DeviceSession[] = [];
    for (const [device, how] of granted) {
      const present = kept.find((session) => session.device === device);
      if (present === undefined) begun.push(new DeviceSession(connection, device, how, onRejected));
      else present.how = how;
    }
    const now = [...kept, ...begun];
    if (now.length === 0) this.#sessions.delete(connection);
    else this.#sessions.set(connection, now);
    for (const session of before) if (!kept.includes(session)) onEnd(session);
    for (const session of begun) onBegin(session);
  }

  /** What a device takes on Headwater's own topics counts before what its firmware does. */
  #addDialect(
    granted: Map<string, Granted>,
    { device, permissions }: Connection,
    filter: string,
    qos: number,
    firmware: FirmwareTopics,
  ): void {
    if (device === undefined || granted.has(device)) return;
    const dialect = dialectOf(firmware, device, filter);
    if (dialect !== undefined && permissions.maySubscribe(filter)) granted.set(device, { qos, dialect });
  }

  /** The connection is gone. */
  end(connection: Connection): void {
    const { onEnd, onOthers } = this.#options;
    onOthers(connection, []);
    for (const session of this.#sessions.get(connection) ?? []) onEnd(session);
    this.#sessions.delete(connection);
  }
}

/** How commands reach a device on one connection. */
interface Granted {
  /** The most that was granted. */
  readonly qos: number;
  /** Of its firmware; undefined: on Headwater's own topics. */
  readonly dialect: CommandDialect | undefined;
}

function qosOf(granted: Granted | undefined): number {
  return granted === undefined || granted.dialect !== undefined ? 0 : granted.qos;
}

/** A class, since an object with an accessor of its own costs half a kilobyte, and there is one for every device. */
class DeviceSession implements CommandSession {
  readonly device: string;
  how: Granted;
  readonly #connection: Connection;
  readonly #onRejected: CommandSessionsOptions["onRejected"];

  constructor(connection: Connection, device: string, how: Granted, onRejected: CommandSessionsOptions["onRejected"]) {
    this.#connection = connection;
    this.#onRejected = onRejected;
    this.device = device;
    this.how = how;
  }

  get session(): string {
    return this.#connection.session;
  }

  get inFlight(): number {
    return this.#connection.outgoingCount;
  }

  send(command: CommandToSend, acked: () => void): boolean {
    const { qos, dialect } = this.how;
    const { deadline } = command;
    if (dialect !== undefined) {
      const message = this.#connection.awaitAnswer(dialect, command);
      if (message === undefined) return this.#reject(command, "The firmware of the device has no command of this name");
      return this.#send(command, qos, { ...message, deadline }, acked);
    }
    const topic = `devices/${this.device}/commands/${command.id}`;
    const properties = commandProperties(command, `${topic}/reply`);
    const packet = { topic, payload: headwaterMessage(command), properties, deadline };
    return this.#send(command, qos, packet, acked);
  }

  #send(command: CommandToSend, qos: number, packet: CommandPacket, acked: () => void): boolean {
    if (isTooLarge(this.#connection, packet))
      return this.#reject(command, "The command is larger than the device takes");
    return sendCommand(this.#connection, qos, packet, acked);
  }

  #reject(command: CommandToSend, why: string): false {
    this.#onRejected(this.device, { commandId: command.id, status: "rejected", result: JSON.stringify(why) });
    return false;
  }
}
