import { DecodeError } from "@headwater/core";
import { isUtf8 } from "node:buffer";

/**
 * The payload as text, without a byte order mark before it and the NULs after it: firmware sends a C string with its
 * end, editors and .NET put a mark in front. Throws DecodeError if it is not UTF-8.
 */
export function payloadText(payload: Uint8Array): string {
  if (!isUtf8(payload)) throw new DecodeError("The payload is not UTF-8");
  let from = 0;
  let to = payload.length;
  while (to > 0 && payload[to - 1] === 0) to -= 1;
  if (to >= 3 && payload[0] === 0xef && payload[1] === 0xbb && payload[2] === 0xbf) from = 3;
  return Buffer.from(payload.buffer, payload.byteOffset + from, to - from).toString("utf8");
}
