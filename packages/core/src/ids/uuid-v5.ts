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
  if (namespace !== space) enter(namespace);
  const bytes = roomFor(name);
  let used = spaceLength;
  if (typeof name === "string") used += bytes.write(name, spaceLength);
  else {
    bytes.set(name, spaceLength);
    used += name.length;
  }
  // As text, of which the bytes are looked at one by one: a buffer for twenty bytes costs more than their digest.
  const digest = hash("sha1", bytes.subarray(0, used), "binary");
  let at = 0;
  for (let index = 0; index < 16; index++) {
    let byte = digest.charCodeAt(index);
    if (index === 6) byte = (byte & 0x0f) | 0x50;
    else if (index === 8) byte = (byte & 0x3f) | 0x80;
    if (index === 4 || index === 6 || index === 8 || index === 10) output[at++] = dash;
    output[at++] = digits[byte >> 4]!;
    output[at++] = digits[byte & 0x0f]!;
  }
  // One flat text: what is put together stays a tree of ten strings, and ids are kept by the million.
  return output.toString("latin1");
}

const spaceLength = 16;
/** Bytes of a UTF-16 unit in UTF-8, at most. */
const longestCharacter = 3;
const dash = "-".charCodeAt(0);
const digits = Buffer.from("0123456789abcdef", "latin1");
/** The name space and then the name, as they are hashed. */
const input = Buffer.alloc(4096);
const output = Buffer.alloc(36);
/** Whose bytes stand at the beginning of the input: most callers have one name space for all of their names. */
let space = "";

function enter(namespace: string): void {
  if (!isUuid(namespace)) {
    throw new InvariantError(`The name space of a UUID has to be a UUID, not ${JSON.stringify(namespace)}`);
  }
  input.write(namespace.replaceAll("-", ""), 0, "hex");
  space = namespace;
}

/** Where the name space stands already and the name finds room. */
function roomFor(name: string | Uint8Array): Buffer {
  const length = spaceLength + name.length * (typeof name === "string" ? longestCharacter : 1);
  return length <= input.length ? input : Buffer.concat([input.subarray(0, spaceLength)], length);
}
