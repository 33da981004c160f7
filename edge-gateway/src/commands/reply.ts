import { DecodeError } from "@headwater/core";
import { parseJson } from "@headwater/decode";

const replyStatuses = ["succeeded", "failed", "rejected"] as const;
export type ReplyStatus = (typeof replyStatuses)[number];

export interface Reply {
  readonly status: ReplyStatus;
  /** JSON text; "" if the device gave no result. */
  readonly result: string;
}

export const maxResultBytes = 64 * 1024;

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
  // As it was written, apart from white space: numbers that a double cannot hold stay what they are.
  const { result } = JSON.parse(
    Buffer.from(payload).toString(),
    (_key, value: unknown, context?: { source?: string }) =>
      typeof value === "number" && context?.source !== undefined ? rawJson(context.source) : value,
  ) as { result: unknown };
  return { status: status as ReplyStatus, result: JSON.stringify(result) };
}

function rawJson(source: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source);
}
