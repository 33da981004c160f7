import { HeadwaterError, UnknownOutcomeError } from "@headwater/core";
import { StoreRejectedCredentialsError, StoreUnavailableError } from "../errors.ts";
import { AbortError, HttpError, RequestTimedOutError } from "@influxdata/influxdb-client";

/** InfluxDB will not take this request as it is, however often it comes; a part of it, perhaps. */
export class InfluxRefusedError extends HeadwaterError {
  readonly advice = "quarantine";
  readonly code = "influx-refused";
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason, { details: { status } });
    this.status = status;
  }
}

/** The kind of the call: the outcome of a write can be unknown, that of a read cannot. */
export type Effect = "changes" | "reads";

/** No connection was made, so nothing was sent. */
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** A failure of the client as a typed error. */
export function influxError(error: unknown, effect: Effect, server: string): HeadwaterError {
  if (error instanceof HeadwaterError) return error;
  if (error instanceof HttpError) return answered(error, effect, server);
  const cause = error as NodeJS.ErrnoException;
  const timedOut = error instanceof RequestTimedOutError || error instanceof AbortError || cause.name === "AbortError";
  const message = timedOut
    ? `InfluxDB at ${server} did not answer in time`
    : `InfluxDB at ${server} cannot be reached: ${cause.message || cause.code}`;
  if (effect === "reads" || UNREACHED.has(cause.code ?? "")) return new StoreUnavailableError(message, { cause });
  return new UnknownOutcomeError(message, { cause });
}

function answered(error: HttpError, effect: Effect, server: string): HeadwaterError {
  const status = error.statusCode;
  const details = { status };
  const message = `InfluxDB at ${server} answered ${status}: ${error.message}`;
  switch (status) {
    case 400:
    case 413:
    case 422:
      return new InfluxRefusedError(status, error.message);
    case 401:
    case 403:
      return new StoreRejectedCredentialsError(`${message}; check the token and what it may do`, { details });
    case 404:
      return new StoreUnavailableError(`${message}; create it, or correct the setting`, { details });
    case 429:
    case 503:
      return new StoreUnavailableError(message, {
        details,
        retryAfterMs: retryAfterMs(error.headers?.["retry-after"]),
      });
    default:
      return effect === "reads"
        ? new StoreUnavailableError(message, { details })
        : new UnknownOutcomeError(message, { details });
  }
}

/** Retry-After comes as seconds or as a date. */
export function retryAfterMs(header: string | string[] | undefined, now = Date.now()): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
