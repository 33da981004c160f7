import { connackFault } from "./connack.ts";
import { bytesOf } from "./notation.ts";
import { RawPeer } from "./raw-peer.ts";
import type { Message, Vector } from "./vectors.ts";

export interface VectorHost {
  readonly port: number;
  /** Publishes by a client of its own; resolves when it is acknowledged. */
  publish(message: Extract<Message, { type: "external_publish" | "publish" }>): Promise<void>;
  /** Counts a CONNACK that lets the client in and has all that the specification obliges to. */
  countConnack(): void;
}

const pingreq = Buffer.of(0xc0, 0);
const pingresp = "d000";
const connackType = 0x20;

/**
 * Runs a vector; answers with what went wrong, or undefined if it passed.
 *
 * @param patienceMs How long is waited for what comes at once or never; a busy machine may take a while.
 */
export async function runVector(vector: Vector, host: VectorHost, patienceMs: number): Promise<string | undefined> {
  const peer = await RawPeer.open(host.port);
  try {
    if (vector.connect) {
      const connect = connectPacket(vector.version, `${vector.group} ${vector.name}`);
      peer.send(connect);
      const wrong = await expectAcceptance(vector.version, connect, peer, host, patienceMs);
      if (wrong !== undefined) return wrong;
    }
    let sent: Buffer = Buffer.alloc(0);
    for (const [index, message] of vector.messages.entries()) {
      const wrong = await play(message, vector.version, sent, peer, host, patienceMs);
      if (message.type === "send") sent = bytesOf(message.payload);
      if (wrong !== undefined) return `message ${index + 1}: ${wrong}`;
    }
    if (vector.expectDisconnect) {
      return (await peer.closes(patienceMs)) ? undefined : "the connection stays open";
    }
    peer.send(pingreq);
    const answer = (await peer.receive(2, patienceMs)).toString("hex");
    return answer === pingresp ? undefined : `PINGREQ was answered by ${answer || "nothing"}`;
  } finally {
    peer.destroy();
  }
}

async function play(
  message: Message,
  version: Vector["version"],
  sentBefore: Buffer,
  peer: RawPeer,
  host: VectorHost,
  patienceMs: number,
): Promise<string | undefined> {
  switch (message.type) {
    case "send":
      peer.send(bytesOf(message.payload));
      return undefined;
    case "recv": {
      const expected = bytesOf(message.payload);
      return isAcceptance(expected)
        ? expectAcceptance(version, sentBefore, peer, host, patienceMs)
        : expectBytes(peer, expected, patienceMs);
    }
    case "subscribe":
      peer.send(filterPacket(0x82, message.topic, [message.qos]));
      return expectBytes(peer, Buffer.of(0x90, 3, 0, 1, message.qos), patienceMs);
    case "unsubscribe":
      peer.send(filterPacket(0xa2, message.topic, []));
      return expectBytes(peer, Buffer.of(0xb0, 2, 0, 1), patienceMs);
    default:
      await host.publish(message);
      return undefined;
  }
}

/** The next packet, whole if its length is told by one byte. */
async function receivePacket(peer: RawPeer, patienceMs: number): Promise<Buffer> {
  const header = await peer.receive(2, patienceMs);
  return header.length < 2 ? header : Buffer.concat([header, await peer.receive(header[1]!, patienceMs)]);
}

/** CONNACK without a session that lets the client in. */
function isAcceptance(packet: Buffer): boolean {
  return packet[0] === connackType && packet[2] === 0 && packet[3] === 0;
}

/**
 * What the gateway tells a client of MQTT 5 in CONNACK is its own affair within what section 3.2.2 obliges to; the
 * vectors have what Mosquitto tells. Of an earlier version it is always the same.
 */
async function expectAcceptance(
  version: Vector["version"],
  connect: Buffer,
  peer: RawPeer,
  host: VectorHost,
  patienceMs: number,
): Promise<string | undefined> {
  if (version !== 5) return expectBytes(peer, Buffer.of(connackType, 2, 0, 0), patienceMs);
  const heard = await receivePacket(peer, patienceMs);
  const hex = heard.toString("hex");
  if (!isAcceptance(heard)) return `expected CONNACK of success, heard ${hex || "nothing"}`;
  const fault = connackFault(connect, heard);
  if (fault !== undefined) return `CONNACK ${hex}: ${fault}`;
  host.countConnack();
  return undefined;
}

async function expectBytes(peer: RawPeer, expected: Buffer, patienceMs: number): Promise<string | undefined> {
  const heard = await peer.receive(expected.length, patienceMs);
  return heard.equals(expected)
    ? undefined
    : `expected ${expected.toString("hex")}, heard ${heard.toString("hex") || "nothing"}`;
}

export function connectPacket(version: 3 | 4 | 5, clientId: string): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
  };
  const keepAlive = Buffer.of(0, 60);
  const properties = version === 5 ? Buffer.of(0) : Buffer.alloc(0);
  const body = Buffer.concat([
    text(version === 3 ? "MQIsdp" : "MQTT"),
    Buffer.of(version, 2),
    keepAlive,
    properties,
    text(clientId),
  ]);
  return Buffer.concat([bytesOf(`10 r${body.length}`), body]);
}

function filterPacket(first: number, filter: string, rest: readonly number[]): Buffer {
  const length = 4 + Buffer.byteLength(filter) + rest.length;
  return Buffer.concat([
    Buffer.of(first),
    bytesOf(`r${length} m1 s${Buffer.byteLength(filter)}`),
    Buffer.from(filter),
    Buffer.from(rest),
  ]);
}
