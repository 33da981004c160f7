import type { Client, ConnectPacket } from "aedes";
import { QueueClosedError } from "@headwater/core";
import { connectionOf } from "./connection.ts";
import { internals } from "./aedes-internals.ts";

/**
 * A client of MQTT 5 that would be silent for longer than it may is told to be heard more often: Server Keep Alive
 * (3.2.2.3.14). Nobody can tell an older one. 0: any time.
 */
export function imposeKeepAlive(client: Client, { protocolVersion, keepalive }: ConnectPacket, mostMs: number): void {
  const most = Math.ceil(mostMs / 1000);
  if (protocolVersion !== 5 || most === 0) return;
  if (keepalive === undefined || keepalive === 0 || keepalive > most) internals(client)._serverKeepAlive = most;
}

/** Why a client is not let in by a gateway that stops: aedes names the other one to those who understand it. */
export function goElsewhere(serverReference: string | undefined): Error {
  return Object.assign(new QueueClosedError("The gateway stops"), { serverReference });
}

/** What aedes tells each client: head, sharing, the largest packet and the receive maximum; and what it may tell. */
const told = { always: 5 + 2 + 5 + 3, aliases: 3, keepAlive: 3, expiry: 5, text: 3 } as const;

/**
 * Bytes of the CONNACK that lets a client of MQTT 5 in, at most: one that takes no packet so large cannot be let in
 * (3.1.2.11.4).
 */
export function connackLength(client: Client): number {
  const { _assignedClientId: id, _serverKeepAlive: keepAlive, _sessionExpiryClamped: isClamped } = internals(client);
  return (
    told.always +
    told.aliases +
    (id === undefined ? 0 : told.text + Buffer.byteLength(id)) +
    (keepAlive === undefined ? 0 : told.keepAlive) +
    (isClamped ? told.expiry : 0)
  );
}

/** More than any acknowledgement of the broker with the reason that it gives. */
const largestReason = 256;

/** To a client that takes small packets alone the broker gives no reasons: it does not see how large they make them. */
export function explainWithin(client: Client): void {
  if ((client.maximumPacketSize ?? Infinity) < largestReason) internals(client)._requestProblemInformation = false;
}

const connack = 0x20;
const sharedAvailable = 0x2a;

/**
 * aedes tells every client that there are no shared subscriptions. CONNACK comes to the stream in pieces; it goes on
 * whole, and says the truth to a client that may share.
 */
export function tellOfSharing(client: Client, { protocolVersion }: ConnectPacket): void {
  if (protocolVersion !== 5) return;
  const { conn } = client;
  const write = conn.write as (...args: unknown[]) => boolean;
  const pieces: Uint8Array[] = [];
  conn.write = ((piece: Uint8Array | string, ...rest: unknown[]): boolean => {
    pieces.push(typeof piece === "string" ? Buffer.from(piece) : piece);
    const packet = Buffer.concat(pieces);
    // Whoever is told something else is told it as it is.
    if (packet[0] === connack) {
      const lengthAt = propertiesOf(packet);
      if (lengthAt === undefined) return true;
      if (packet.length > (client.maximumPacketSize ?? Infinity)) {
        // A refusal by the broker itself, which names another server.
        conn.write = write as typeof conn.write;
        return write.call(conn, Buffer.of(connack, 3, packet[lengthAt - 2]!, packet[lengthAt - 1]!, 0), ...rest);
      }
      // The length is a byte or two.
      const propertiesAt = lengthAt + (packet[lengthAt]! < 0x80 ? 1 : 2);
      const mayShare = connectionOf(client)?.permissions.mayShare === true;
      if (mayShare && packet[propertiesAt] === sharedAvailable) packet[propertiesAt + 1] = 1;
    }
    conn.write = write as typeof conn.write;
    return write.call(conn, packet, ...rest);
  }) as typeof conn.write;
}

/** Where the length of the properties of a CONNACK stands; undefined if it is not whole. */
function propertiesOf(packet: Uint8Array): number | undefined {
  let length = 0;
  let at = 1;
  for (; at < packet.length; at += 1) {
    length += (packet[at]! & 0x7f) << (7 * (at - 1));
    if (packet[at]! < 0x80) break;
  }
  if (packet.length < at + 1 + length || at >= packet.length) return undefined;
  // Behind the flags and the reason code.
  return at + 3;
}
