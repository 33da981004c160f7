import type { Decoder } from "../decoder.ts";
import { readHeadwater } from "../headwater-json.ts";
import { headwaterForm, type JsonForm } from "../json-form.ts";
import { InexactNumber } from "../json-text.ts";
import { Unreadable } from "../unreadable.ts";
import { readCbor } from "./cbor-reader.ts";
import type { CborValue } from "./cbor-value.ts";

/**
 * Values of one message, keys too; each takes a byte at least, so that this bounds memory rather than what devices
 * send.
 */
const maxItems = 200_000;

/** Levels around a value: an array of samples, a sample, its values. */
const levelsOfShape = 3;

/**
 * The shapes of Headwater JSON in CBOR. Keys are text; bytes become base64url text, as RFC 8949 (section 6.1) has it; a
 * tagged time (tags 0 and 1) may stand for `ts`.
 */
export const decodeHeadwaterCbor: Decoder = cborDecoder(headwaterForm);

/** CBOR as a route's devices write it. */
export function cborDecoder(form: JsonForm): Decoder {
  return (payload, limits) =>
    readHeadwater(asJson(readCbor(payload, { maxDepth: limits.maxDepth + levelsOfShape, maxItems })), limits, form);
}

/** The same value as JSON's parser would have given it, every key its object's own. */
export function asJson(value: CborValue): unknown {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof InexactNumber || value instanceof Unreadable) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64url");
  if (!(value instanceof Map)) return (value as readonly CborValue[]).map(asJson);
  // Without a prototype `__proto__` is a key like any other.
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, child] of value) {
    if (typeof key !== "string") return new Unreadable("A key has to be text");
    object[key] = asJson(child as CborValue);
  }
  return object;
}
