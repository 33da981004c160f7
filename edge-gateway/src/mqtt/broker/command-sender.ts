import { generate } from "mqtt-packet";
import { nextPacketId } from "./aedes-internals.ts";
import type { Connection } from "./connection.ts";

/**
 * Sends a command to a connected device, past the broker's queues: a command is never retained and never kept for a
 * later session, since the event log holds what waits. With a subscription of QoS 0 there is no acknowledgement, and
 * `acked` is never called. Answers whether there will be one.
 */
export function sendCommand(
  connection: Connection,
  grantedQos: number,
  { topic, payload }: { readonly topic: string; readonly payload: string },
  acked: () => void,
): boolean {
  const { client, outgoing } = connection;
  if (client.closed) return false;
  const qos = grantedQos === 0 ? 0 : 1;
  let messageId: number | undefined;
  if (qos === 1) {
    do messageId = nextPacketId(client);
    while (outgoing.has(messageId));
    outgoing.set(messageId, acked);
  }
  client.conn.write(generate({ cmd: "publish", topic, payload, qos, dup: false, retain: false, messageId }));
  return qos === 1;
}
