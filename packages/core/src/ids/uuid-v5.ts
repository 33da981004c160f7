import { hash } from "node:crypto";
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
  const space = Buffer.from(namespace.replaceAll("-", ""), "hex");
  const bytes = typeof name === "string" ? Buffer.from(name) : name;
  const digest = hash("sha1", Buffer.concat([space, bytes]), "buffer");
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString("hex", 0, 16);
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  // One flat text: what is put together stays a tree of ten strings, and ids are kept by the million.
  return Buffer.from(id, "latin1").toString("latin1");
}
