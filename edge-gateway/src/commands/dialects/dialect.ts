import type { CommandToSend } from "../command-message.ts";
import type { ReplyStatus } from "../reply.ts";

/** A command that was sent on a connection and is not answered yet. */
export interface SentCommand {
  readonly id: string;
  readonly name: string;
  readonly params: string;
  /** Of this connection alone. */
  readonly n: number;
}

export interface Answer {
  readonly status: ReplyStatus;
  /** JSON text; "" if the device gave no result. */
  readonly result: string;
}

export interface DialectMessage {
  readonly topic: string;
  readonly payload: string;
}

/** How a firmware takes commands and answers them, on topics of its own. */
export interface CommandDialect {
  /** undefined: the firmware can have no such command. */
  message(command: CommandToSend, n: number): DialectMessage | undefined;
  /** How this message answers the command; undefined if it does not. */
  answer(topic: string, payload: Uint8Array, sent: SentCommand): Answer | undefined;
}

/** Text as it is, nothing for null; everything else as its JSON. What somebody else logged may be no JSON. */
export function plainParams(params: string): string {
  if (params === "null") return "";
  const value = jsonOf(params);
  return typeof value === "string" ? value : params;
}

/** The text as strict JSON; undefined if it is none. */
export function jsonOf(text: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof text === "string" ? text : Buffer.from(text).toString());
  } catch {
    return undefined;
  }
}

/** The payload as an object; undefined if it is none. */
export function objectOf(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const json = jsonOf(payload);
  return typeof json === "object" && json !== null && !Array.isArray(json)
    ? (json as Readonly<Record<string, unknown>>)
    : undefined;
}
