import { bytesOf } from "./notation.ts";
import { RawPeer } from "./raw-peer.ts";
import type { Message, Vector } from "./vectors.ts";

export interface VectorHost {
  readonly port: number;
  /** Publishes by a client of its own; resolves when it is acknowledged. */
  publish(message: Extract<Message, { type: "external_publish" | "publish" }>): Promise<void>;
}

const pingreq = Buffer.of(0xc0, 0);
const pingresp = "d000";

/**
 * Runs a vector of MQTT 3.1 or 3.1.1; answers with what went wrong, or undefined if it passed.
 *
 * @param patienceMs How long is waited for what comes at once or never; a busy machine may take a while.
 */
export async function runVector(vector: Vector, host: VectorHost, patienceMs: number): Promise<string | undefined> {
  const peer = await RawPeer.open(host.port);
  try {
    if (vector.connect) {
      peer.send(connectPacket(vector.version, `${vector.group} ${vector.name}`));
      const connack = (await peer.receive(4, patienceMs)).toString("hex");
      if (connack !== "20020000") return `CONNACK was ${connack || "missing"}`;
    }
    for (const [index, message] of vector.messages.entries()) {
      const wrong = await play(message, peer, host, patienceMs);
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
  peer: RawPeer,
  host: VectorHost,
  patienceMs: number,
): Promise<string | undefined> {
  switch (message.type) {
    case "send":
      peer.send(bytesOf(message.payload));
      return undefined;
    case "recv":
      return expectBytes(peer, bytesOf(message.payload), patienceMs);
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
