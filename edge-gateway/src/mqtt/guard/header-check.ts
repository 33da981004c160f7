import { fixedLength, leastLength, requiredFlags, types } from "./packet-types.ts";
import type { Violation } from "./violations.ts";

/** What of the fixed header can be told before the rest of a packet is there. */
export interface HeaderState {
  readonly connected: boolean;
  /** MQTT 3.1, where flags that are not used mean nothing (3.1, section 2.1). */
  readonly is31: boolean;
}

const fromServer = new Set<number>([types.connack, types.suback, types.unsuback, types.pingresp]);

export function checkHeader(first: number, length: number, { connected, is31 }: HeaderState): Violation | undefined {
  const type = first >> 4;
  if (type === types.connect) return connected ? "second-connect" : undefined;
  if (type === 0 || type > types.disconnect) return "reserved-type";
  if (fromServer.has(type)) return "server-only-packet";
  if (type !== types.publish && !is31 && (first & 0x0f) !== requiredFlags[type]) return "reserved-flags";
  const only = fixedLength[type]!;
  return (only >= 0 ? length !== only : length < leastLength[type]!) ? "wrong-length" : undefined;
}
