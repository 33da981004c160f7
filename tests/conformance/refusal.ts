import { bytesOf } from "./notation.ts";
import { RawPeer } from "./raw-peer.ts";
import { connectPacket } from "./run-vector.ts";
import type { Vector } from "./vectors.ts";

const unsupportedVersion = "2003008400";
/** A limit against hanging (milliseconds). */
const patienceMs = 60_000;

/**
 * Begins a vector of MQTT 5; answers with what the client should hear and what it heard. A CONNECT that is a packet at
 * all is refused for its version, whatever it says after that; anything else is not answered.
 */
export async function refusalOf(
  vector: Vector,
  port: number,
): Promise<{ readonly expected: string; readonly heard: string; readonly closed: boolean }> {
  const peer = await RawPeer.open(port);
  try {
    const first = vector.messages.find(({ type }) => type === "send");
    const bytes =
      vector.connect || first?.type !== "send"
        ? connectPacket(5, `${vector.group} ${vector.name}`)
        : bytesOf(first.payload);
    peer.send(bytes);
    const expected = isWholeConnect(bytes) ? unsupportedVersion : "";
    const heard = (await peer.receive(5, patienceMs)).toString("hex");
    return { expected, heard, closed: await peer.closes(patienceMs) };
  } finally {
    peer.destroy();
  }
}

/** CONNECT of MQTT 5 with a remaining length that the bytes have. */
function isWholeConnect(bytes: Buffer): boolean {
  if (bytes[0]! >> 4 !== 1) return false;
  let length = 0;
  let at = 1;
  for (; at < bytes.length && at < 5; at += 1) {
    length += (bytes[at]! & 0x7f) * 128 ** (at - 1);
    if (bytes[at]! < 128) break;
  }
  return at < 5 && bytes.length - at - 1 >= length && bytes.toString("latin1", at + 3, at + 7) === "MQTT";
}
