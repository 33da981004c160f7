import { RequestError } from "@headwater/core/errors";
import type { CommandInput } from "@headwater/proto";

const day = 24 * 60 * 60 * 1000;

export const commandLimits = {
  /** Characters. */
  name: 128,
  /** Bytes of JSON. */
  params: 64 * 1024,
  minTtlMs: 1,
  /** Well within the retention of commands.v1, so that a command's end is always written beside its request. */
  maxTtlMs: 7 * day,
  defaultTtlMs: 60_000,
} as const;

export interface CommandRequest {
  readonly id: string;
  readonly device: string;
  readonly name: string;
  /** Any JSON value. */
  readonly params?: unknown;
  readonly ttlMs?: number;
  readonly redeliver?: boolean;
  /** Of the device that is meant. */
  readonly incarnation: number;
  readonly requestedBy: string;
  /** µs */
  readonly at: number;
}

/** The event that requests a command. Throws RequestError (400, `invalid-command`). */
export function requestCommand(request: CommandRequest): CommandInput {
  const { name, ttlMs = commandLimits.defaultTtlMs } = request;
  if (name === "" || name.length > commandLimits.name) {
    throw invalid(`A command needs a name of 1 to ${commandLimits.name} characters`);
  }
  if (/\p{Cc}/u.test(name) || !name.isWellFormed()) {
    throw invalid("A command's name may not contain control characters");
  }
  if (!Number.isSafeInteger(ttlMs) || ttlMs < commandLimits.minTtlMs || ttlMs > commandLimits.maxTtlMs) {
    throw invalid(`A command's ttl lies between 1 ms and 7 days; this one is ${ttlMs} ms`);
  }
  const params = request.params === undefined ? "" : JSON.stringify(request.params);
  if (Buffer.byteLength(params) > commandLimits.params) {
    throw invalid(`A command's params have at most ${commandLimits.params} bytes of JSON`);
  }
  return {
    commandId: request.id,
    device: request.device,
    at: request.at,
    requested: {
      name,
      params,
      ttlMs,
      requestedBy: request.requestedBy,
      redeliver: request.redeliver ?? false,
      life: request.incarnation + 1,
    },
  };
}

function invalid(message: string): RequestError {
  return new RequestError(400, "invalid-command", message);
}
