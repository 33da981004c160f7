import { OutgoingFlows } from "../../edge-gateway/src/mqtt/guard/outgoing-flows.ts";
import { PacketGuard } from "../../edge-gateway/src/mqtt/guard/packet-guard.ts";
import type { GuardLimits } from "../../edge-gateway/src/mqtt/guard/violations.ts";
import { bytesOf } from "./notation.ts";
import { connectPacket } from "./run-vector.ts";
import type { Vector } from "./vectors.ts";

const limits: GuardLimits = {
  maxPacketBytes: 2_000_000,
  maxTopicBytes: 1024,
  maxTopicLevels: 32,
  maxFilters: 100,
  maxClientIdBytes: 512,
  maxUserProperties: 100,
  maxPropertyBytes: 16 * 1024,
  speaksVersion5: true,
};
/** What the vectors take for granted of a broker: aliases up to 10, 20 messages unacknowledged. */
const connack = bytesOf("20 r14 00000B 22 H10 27 L2000000 21 H20");
const disconnect = 0xe;

/**
 * Plays a vector of MQTT 5 to the guard alone; answers with what is wrong, or undefined. What the vector expects of a
 * broker is taken as written by it; a refusal has to be the guard's.
 */
export function playToGuard(vector: Vector): string | undefined {
  const flows = new OutgoingFlows();
  const guard = new PacketGuard(limits, flows);
  let ended = false;
  const take = (bytes: Buffer): void => {
    ended ||= endsWithDisconnect(guard.take(bytes));
  };
  if (vector.connect) {
    take(connectPacket(5, `${vector.group} ${vector.name}`));
    flows.sent(connack);
  }
  let refusal: string | undefined;
  for (const message of vector.messages) {
    if (message.type === "send") take(bytesOf(message.payload));
    // What another client publishes comes back as what is received.
    if (message.type !== "recv") continue;
    const bytes = bytesOf(message.payload);
    if (isRefusal(bytes)) refusal = bytes.toString("hex");
    else flows.sent(bytes);
  }
  const { violation, reply } = guard;
  if (!vector.expectDisconnect) return violation === undefined ? undefined : `refused: ${violation}`;
  if (violation === undefined) return ended ? undefined : "passed";
  const said = reply === undefined ? undefined : Buffer.from(reply).toString("hex");
  return refusal === undefined || said === refusal ? undefined : `${violation}: ${said ?? "nothing"}, not ${refusal}`;
}

/** CONNACK of a failure, or DISCONNECT. */
function isRefusal(bytes: Buffer): boolean {
  return bytes[0]! >> 4 === disconnect || (bytes[0]! >> 4 === 2 && bytes[3]! >= 0x80);
}

function endsWithDisconnect(whole: Buffer | null): boolean {
  return whole !== null && whole[0]! >> 4 === disconnect;
}
