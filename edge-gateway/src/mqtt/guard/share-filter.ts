import { shareMark } from "../../devices/access/shared-filter.ts";

const share = Buffer.from("$share/");
const slash = 0x2f;
const plus = 0x2b;
const hash = 0x23;

/** `$share` alone, without a slash, is a topic like others. */
export function startsWithShare(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < share.length) return false;
  for (let i = 0; i < share.length; i += 1) if (bytes[from + i] !== share[i]) return false;
  return true;
}

/** Of a filter that begins so: a name without wildcards, a slash, and a filter that is not empty (4.8.2). */
export function isShareFilter(bytes: Uint8Array, from: number, to: number): boolean {
  const nameAt = from + share.length;
  for (let at = nameAt; at < to; at += 1) {
    const byte = bytes[at]!;
    if (byte === plus || byte === hash) return false;
    if (byte === slash) return at > nameAt && at + 1 < to;
  }
  return false;
}

/** The broker, which refuses shared subscriptions before anybody is asked, does not know it as one. */
export function markShared(bytes: Uint8Array, from: number): void {
  bytes[from] = shareMark;
}
