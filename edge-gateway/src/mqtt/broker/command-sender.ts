import { nowMicros } from "@headwater/core";
import type { IPublishPacket } from "mqtt-packet";
import { secondsTo } from "../../commands/command-message.ts";
import { hasRoom, nextPacketId } from "./aedes-internals.ts";
import { isLargerThanTaken } from "./largest-outgoing.ts";
import { withIdentifiers } from "./matching-subscriptions.ts";
import type { Connection } from "./connection.ts";

export interface CommandPacket {
  readonly topic: string;
  readonly payload: string;
  readonly properties?: IPublishPacket["properties"];
  /** µs since the epoch: after it nothing is sent. */
  readonly deadline: number;
}

const lookAgainMs = 50;
/** Whether the command is larger than the device says it takes (MQTT 5, 3.1.2.11.4). */
export function isTooLarge(connection: Connection, command: CommandPacket): boolean {
  const { topic, payload } = command;
  const properties = withIdentifiers(connection, topic, propertiesOf(command));
  return isLargerThanTaken(connection.client, { topic, payload, properties, qos: 1 });
}

/**
 * Sends a command to a connected device, past the broker's queues: a command is never retained and never kept for a
 * later session, since the event log holds what waits. With a subscription of QoS 0 there is no acknowledgement, and
 * `acked` is never called. Answers whether there will be one.
 */
export function sendCommand(
  connection: Connection,
  grantedQos: number,
  command: CommandPacket,
  acked: () => void,
): boolean {
  if (connection.client.closed || connection.isEnding) return false;
  if (grantedQos === 0) {
    write(connection, command, undefined);
    return false;
  }
  sendAcknowledged(connection, command, acked);
  return true;
}

/** A device that takes no more messages at a time than are under way gets it when there is room, if that is in time. */
function sendAcknowledged(connection: Connection, command: CommandPacket, acked: () => void): void {
  const { client, outgoing } = connection;
  if (client.closed) return;
  if (!hasRoom(client)) {
    const timer = setTimeout(() => {
      if (nowMicros() < command.deadline) sendAcknowledged(connection, command, acked);
    }, lookAgainMs);
    timer.unref();
    return;
  }
  let messageId: number;
  do messageId = nextPacketId(client);
  while (outgoing.has(messageId));
  outgoing.set(messageId, acked);
  write(connection, command, messageId);
}

function write(connection: Connection, command: CommandPacket, messageId?: number): void {
  const qos = messageId === undefined ? 0 : 1;
  const { topic, payload } = command;
  const properties = connection.isVersion5 ? withIdentifiers(connection, topic, propertiesOf(command)) : undefined;
  connection.say({ cmd: "publish", topic, payload, qos, dup: false, retain: false, messageId, properties });
}

/** With what is left of its time by now [MQTT-3.3.2-6]. */
function propertiesOf({ properties, deadline }: CommandPacket): IPublishPacket["properties"] {
  return { ...properties, messageExpiryInterval: secondsTo(deadline) };
}
