import { HeadwaterError } from "@headwater/core";

/** Values below this depth are left out. */
const maxDepth = 8;
const maxItems = 100;
const redacted = "[redacted]";

/** Keys whose values are secrets, whatever they are called before or after: apiToken, client_secret, saslPassword… */
const secretKey =
  /(?:authorization|password|passwd|passphrase|token|credential|secret|private_?-?key|api_?-?key|cookie)s?$/i;

/** Secrets inside of texts: bearer tokens, and passwords in URLs. */
const secretText = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}|(\/\/[^\s/:@"]*):[^\s/@"]+@/gi;

/** A line as it may be written: texts that carry a secret lose it. */
export function redactText(text: string): string {
  return text.replace(secretText, (_match, scheme: string | undefined, user: string | undefined) =>
    scheme === undefined ? `${user}:${redacted}@` : `${scheme} ${redacted}`,
  );
}

/** A copy of a value for the log: without secrets, errors as objects, bytes as their length. */
export function loggable(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return loggableError(value, depth);
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (value instanceof Date) return value;
  if (depth >= maxDepth) return "[too deep]";
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item) => loggable(item, depth + 1));
    return value.length > maxItems ? [...items, `… ${value.length - maxItems} more`] : items;
  }
  if (value instanceof Map) return loggable(Object.fromEntries(value), depth);
  if (value instanceof Set) return loggable([...value], depth);
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = shown(key, item, depth);
  return copy;
}

function shown(key: string, item: unknown, depth: number): unknown {
  // A count or a flag named like a secret (`tokens: 3`, `hasPassword: true`) is none.
  const isSecret =
    secretKey.test(key) && item !== undefined && item !== null && typeof item !== "number" && typeof item !== "boolean";
  return isSecret ? redacted : loggable(item, depth + 1);
}

function loggableError(error: Error, depth: number): unknown {
  const known =
    error instanceof HeadwaterError
      ? { code: error.code, advice: error.advice, details: loggable(error.details, depth + 1) }
      : {};
  const system = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const cause = error.cause === undefined || depth >= maxDepth ? {} : { cause: loggable(error.cause, depth + 1) };
  return { type: error.name, message: error.message, ...system, ...known, stack: error.stack, ...cause };
}
