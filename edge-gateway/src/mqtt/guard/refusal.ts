import { types } from "./packet-types.ts";
import { ids } from "./properties.ts";

/** Of a reason string: with its head it stays within two bytes of length. */
const longestText = 1024;

/** CONNACK of MQTT 5 for a client that is not let in (section 3.2). */
export function connackRefusal(code: number, text: string | undefined, maxPacketBytes: number): Uint8Array {
  return packet(types.connack, [0, code], text, maxPacketBytes) ?? Uint8Array.of(types.connack << 4, 3, 0, code, 0);
}

/** DISCONNECT of MQTT 5 (section 3.14). */
export function disconnectRefusal(code: number, text: string | undefined, maxPacketBytes: number): Uint8Array {
  return packet(types.disconnect, [code], text, maxPacketBytes) ?? Uint8Array.of(types.disconnect << 4, 1, code);
}

/** With a reason string, if there is one and the client takes a packet as large as it makes. */
function packet(
  type: number,
  head: readonly number[],
  text: string | undefined,
  maxPacketBytes: number,
): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text).subarray(0, longestText);
  const string = [ids.reasonString, bytes.length >> 8, bytes.length & 0xff];
  const propertyBytes = string.length + bytes.length;
  const body = [...head, ...variable(propertyBytes), ...string];
  const whole = Buffer.concat([Buffer.of(type << 4, ...variable(body.length + bytes.length), ...body), bytes]);
  return whole.length > maxPacketBytes ? undefined : whole;
}

function variable(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
}
