import { DecodeError } from "@headwater/core";
import { payloadText } from "./payload-text.ts";
import { Unreadable } from "./unreadable.ts";

/** Digits enough that a double may not hold them, or an exponent: then the numbers are looked at one by one. */
const mayBeInexact = /[0-9][0-9.]{15}|[0-9][eE]/;

/** A number as it was written, where a double cannot hold it; also NaN and the infinities. */
export class InexactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** Whether it is NaN or an infinity, which say that there is no value. */
  get isNoNumber(): boolean {
    return /[NI]/.test(this.source);
  }

  /** The nearest double; undefined if the number is beyond what doubles reach. */
  get nearest(): number | undefined {
    const value = Number(this.source);
    return Number.isFinite(value) ? value : undefined;
  }
}

/**
 * Parses JSON from bytes. Numbers that a double cannot hold come as InexactNumber, never rounded in silence.
 * `__proto__` is a key like any other; of a repeated key the last one counts. Text with a lone surrogate is no valid
 * Unicode: `ofBadText` says what becomes of a payload that has some; by default it is refused.
 */
export function parseJson(payload: Uint8Array, ofBadText: (value: unknown) => unknown = refuseBadText): unknown {
  const text = payloadText(payload);
  let value: unknown;
  try {
    value = parsed(text);
  } catch (cause) {
    value = parsedLoosely(text, cause);
  }
  // Only an escape can bring a lone surrogate into text that was UTF-8.
  return text.includes("\\u") && !isWellFormed(value) ? ofBadText(value) : value;
}

const badText = "The payload has text that is no valid Unicode (a lone surrogate)";

function refuseBadText(): never {
  throw new DecodeError(badText);
}

/** Of an array those items become Unreadable that have bad text. */
export function itemsWithBadText(value: unknown): unknown {
  if (!Array.isArray(value)) throw new DecodeError(badText);
  return value.map((item: unknown) => (isWellFormed(item) ? item : new Unreadable(badText, item)));
}

function parsed(text: string): unknown {
  return mayBeInexact.test(text)
    ? JSON.parse(text, exactNumbers as (key: string, value: unknown) => unknown)
    : (JSON.parse(text) as unknown);
}

/** A text, which is left as it is, or a word outside of texts. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"?|[-+.#()\w]+/gs;
const noNumber = /^[-+]?(?:nan|inf|infinity|1\.#(?:[qs]nan|ind|inf))(?:\(\w*\))?$/i;

/** Whether the text is NaN or an infinity as C's printf, Python or JavaScript write them. */
export function isNoNumber(text: string): boolean {
  return noNumber.test(text);
}

const looseNumber = /^([-+]?)(?:(\d+)\.|(\d*)(\.\d+)|(\d+))((?:[eE][-+]?\d+)?)$/;
/** Stand for NaN and the infinities while JSON's parser reads: numbers beyond a double that nobody writes. */
const standIns: ReadonlyMap<string, string> = new Map([
  ["1e4040404", "NaN"],
  ["1e4040405", "Infinity"],
  ["-1e4040405", "-Infinity"],
]);

/**
 * Numbers as C's printf and Python's json write them, where JSON's parser refuses the text: NaN and the infinities in
 * all spellings, `.5`, `5.` and `+5`. Whatever else is wrong with it stays wrong.
 */
function parsedLoosely(text: string, cause: unknown): unknown {
  // A reviver walks nested values one call inside the other.
  if (cause instanceof RangeError) throw new DecodeError("The payload is nested too deep");
  try {
    return parsed(text.replace(tokens, asJsonToken));
  } catch (again) {
    if (again instanceof RangeError) throw new DecodeError("The payload is nested too deep");
    throw new DecodeError(`The payload is not JSON: ${(cause as Error).message}`.slice(0, 200));
  }
}

function asJsonToken(token: string): string {
  if (token.startsWith('"')) return token;
  if (noNumber.test(token)) {
    if (/nan|ind/i.test(token)) return "1e4040404";
    return token.startsWith("-") ? "-1e4040405" : "1e4040405";
  }
  const match = looseNumber.exec(token);
  if (match === null) return token;
  const [, sign, beforeDot, whole, fraction, plain, exponent] = match;
  return `${sign === "-" ? "-" : ""}${beforeDot ?? plain ?? (whole || "0")}${fraction ?? ""}${exponent}`;
}

function exactNumbers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context.source === undefined) return value;
  if (holds(value, context.source)) return value;
  return new InexactNumber(standIns.get(context.source) ?? context.source);
}

/** Whether the double says what was written: whole numbers exactly; fractions to the nearest double, as everywhere. */
export function holds(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !/[1-9]/.test(source.split(/[eE]/, 1)[0]!);
  if (Number.isSafeInteger(value)) return true;
  return /^-?\d+$/.test(source) ? BigInt(source) === BigInt(value) : true;
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The number, if the text is one as JSON writes it and nothing else. */
export function numberInText(text: string): number | InexactNumber | undefined {
  if (!jsonNumber.test(text)) return undefined;
  const value = Number(text);
  return holds(value, text) ? value : new InexactNumber(text);
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

/** The value as JSON text again. Throws DecodeError if it nests deeper than `maxDepth`, or cannot be read. */
export function nestedJson(value: object, maxDepth: number): string {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new DecodeError(`A value nests deeper than ${maxDepth} levels`);
    const next: unknown[] = [];
    for (const item of level) {
      for (const child of Object.values(item as object)) {
        if (child instanceof Unreadable) throw child.error;
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
