import { createHash } from "node:crypto";
import { InvariantError } from "../errors.ts";

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a UUID of any version, in its canonical form. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/**
 * The UUID version 5 (RFC 9562) of a name in a name space: the same pair gives the same id, everywhere and for ever.
 * Throws InvariantError if the name space is no UUID.
 */
export function uuidv5(name: string | Uint8Array, namespace: string): string {
  if (!isUuid(namespace)) {
    throw new InvariantError(`The name space of a UUID has to be a UUID, not ${JSON.stringify(namespace)}`);
  }
  const digest = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name)
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
