import { DecodeError } from "@headwater/core";
import { isUtf8 } from "node:buffer";

/** Digits enough that a double may not hold them, or an exponent: then the numbers are looked at one by one. */
const mayBeInexact = /[0-9][0-9.]{15}|[0-9][eE]/;

/** A number as it was written, where a double cannot hold it; of binary formats also NaN and the infinities. */
export class InexactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/**
 * Parses JSON from bytes. Numbers that a double cannot hold come as InexactNumber, never rounded in silence.
 * `__proto__` is a key like any other; of a repeated key the last one counts.
 */
export function parseJson(payload: Uint8Array): unknown {
  if (!isUtf8(payload)) throw new DecodeError("The payload is not UTF-8");
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
  let value: unknown;
  try {
    value = mayBeInexact.test(text)
      ? JSON.parse(text, exactNumbers as (key: string, value: unknown) => unknown)
      : JSON.parse(text);
  } catch (cause) {
    // A reviver walks nested values one call inside the other.
    if (cause instanceof RangeError) throw new DecodeError("The payload is nested too deep");
    throw new DecodeError(`The payload is not JSON: ${(cause as Error).message}`.slice(0, 200));
  }
  // Only an escape can bring a lone surrogate into text that was UTF-8.
  if (text.includes("\\u") && !isWellFormed(value)) {
    throw new DecodeError("The payload has text that is no valid Unicode (a lone surrogate)");
  }
  return value;
}

function exactNumbers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context.source === undefined) return value;
  return holds(value, context.source) ? value : new InexactNumber(context.source);
}

/** Whether the double says what was written: whole numbers exactly; fractions to the nearest double, as everywhere. */
export function holds(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !/[1-9]/.test(source.split(/[eE]/, 1)[0]!);
  if (Number.isSafeInteger(value)) return true;
  return /^-?\d+$/.test(source) ? BigInt(source) === BigInt(value) : true;
}

/** The double that says exactly this; undefined if none does. */
export function exactNumber(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isFinite(number) && BigInt(number) === value ? number : undefined;
}

function isWellFormed(root: unknown): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "string") {
      if (!value.isWellFormed()) return false;
    } else if (typeof value === "object" && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        if (!key.isWellFormed()) return false;
        open.push(child);
      }
    }
  }
  return true;
}

/** The value as JSON text again. Throws DecodeError if it nests deeper than `maxDepth`. */
export function nestedJson(value: object, maxDepth: number): string {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new DecodeError(`A value nests deeper than ${maxDepth} levels`);
    const next: unknown[] = [];
    for (const item of level) {
      for (const child of Object.values(item as object)) {
        if (typeof child === "object" && child !== null && !(child instanceof InexactNumber)) next.push(child);
      }
    }
    level = next;
  }
  return JSON.stringify(value, (_key, item: unknown) => (item instanceof InexactNumber ? rawJson(item.source) : item));
}

/**
 * The digits as they were written (JSON.rawJSON is in V8 but not yet in TypeScript's library); JSON has no NaN: that is
 * text.
 */
function rawJson(source: string): unknown {
  if (/[NI]/.test(source)) return source;
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source);
}
