import { DecodeError } from "@headwater/core";
import { InexactNumber, parseJson } from "@headwater/decode";

const replyStatuses = ["succeeded", "failed", "rejected"] as const;
export type ReplyStatus = (typeof replyStatuses)[number];

export interface Reply {
  readonly status: ReplyStatus;
  /** JSON text; "" if the device gave no result. */
  readonly result: string;
}

export const maxResultBytes = 64 * 1024;
/** As deep as a body over REST may be. */
const maxDepth = 100;

/**
 * Reads `{"status": "succeeded" | "failed" | "rejected", "result"?: any JSON}`. Throws DecodeError that says what is
 * wrong.
 */
export function decodeReply(payload: Uint8Array): Reply {
  if (payload.length > maxResultBytes) throw new DecodeError(`A reply has at most ${maxResultBytes} bytes`);
  const reply = parseJson(payload);
  if (typeof reply !== "object" || reply === null || Array.isArray(reply))
    throw new DecodeError("A reply is a JSON object");
  const { status } = reply as { status?: unknown };
  if (!replyStatuses.includes(status as ReplyStatus)) {
    throw new DecodeError(`A reply's status is one of ${replyStatuses.join(", ")}`);
  }
  if (!Object.hasOwn(reply, "result")) return { status: status as ReplyStatus, result: "" };
  const { result } = reply as { result: unknown };
  return { status: status as ReplyStatus, result: JSON.stringify(shown(result, 0)) };
}

/**
 * The result as it was written, apart from white space: digits that a double cannot hold stay. What no reader of JSON
 * takes for a number (NaN, 1e400) is its text.
 */
function shown(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof InexactNumber) return value.nearest === undefined ? value.source : rawJson(value.source);
  if (depth === maxDepth) throw new DecodeError(`The result of a reply nests deeper than ${maxDepth} levels`);
  if (Array.isArray(value)) return value.map((item) => shown(item, depth + 1));
  // Without a prototype `__proto__` is a key like any other.
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, child] of Object.entries(value)) object[key] = shown(child, depth + 1);
  return object;
}

function rawJson(source: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source);
}
