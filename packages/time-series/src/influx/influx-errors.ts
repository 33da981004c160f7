import { HeadwaterError, UnknownOutcomeError } from "@headwater/core";
import { StoreNeedsMendingError, StoreRejectedCredentialsError, StoreUnavailableError } from "../errors.ts";
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

/** Something between here and InfluxDB takes no request of that size; smaller ones may pass. */
export class RequestTooLargeError extends StoreUnavailableError {}

/** The kind of the call: the outcome of a write can be unknown, that of a read cannot. */
export type Effect = "changes" | "reads";

/** No connection was made, so nothing was sent. */
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** A failure of the client as a typed error. */
export function influxError(error: unknown, effect: Effect, server: string): HeadwaterError {
  if (error instanceof HeadwaterError) return error;
  if (error instanceof HttpError) return answered(error, effect, server);
  // The client reads JSON at its end: an answer that was cut off on its way is none.
  if (error instanceof SyntaxError && effect === "reads") return brokenOff(server, error);
  const cause = error as NodeJS.ErrnoException;
  const timedOut = error instanceof RequestTimedOutError || error instanceof AbortError || cause.name === "AbortError";
  const message = timedOut
    ? `InfluxDB at ${server} did not answer in time`
    : `InfluxDB at ${server} cannot be reached: ${cause.message || cause.code}`;
  if (effect === "reads" || UNREACHED.has(cause.code ?? "")) return new StoreUnavailableError(message, { cause });
  return new UnknownOutcomeError(message, { cause });
}

/** The codes of InfluxDB's own errors (its `errors.go`); a body with another one is from something in between. */
const influxCodes: ReadonlySet<unknown> = new Set([
  "internal error",
  "not implemented",
  "not found",
  "conflict",
  "invalid",
  "unprocessable entity",
  "empty value",
  "unavailable",
  "forbidden",
  "too many requests",
  "unauthorized",
  "method not allowed",
  "request too large",
  "unsupported media type",
]);

function answered(error: HttpError, effect: Effect, server: string): HeadwaterError {
  const status = error.statusCode;
  if (status < 500 && !influxCodes.has(error.code)) return answeredByAnother(error, server);
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
      return needsMending(message, status, nothingThere);
    case 429:
    case 503:
      return new StoreUnavailableError(message, {
        details,
        retryAfterMs: retryAfterMs(error.headers?.["retry-after"]),
      });
    default:
      if (fullDisk.test(error.message)) return needsMending(message, status, roomAndRestart);
      return effect === "reads"
        ? new StoreUnavailableError(message, { details })
        : new UnknownOutcomeError(message, { details });
  }
}

const nothingThere =
  "it was deleted or renamed, or a setting is wrong: correct HEADWATER_INFLUX_ORG or HEADWATER_INFLUX_BUCKET, or create it; what is in the log waits, and `headwater rebuild` writes again what was stored";
/** Go's name for ENOSPC and EDQUOT, and what influxd says of a shard from then on. */
const fullDisk = /no space left on device|disk quota exceeded|opening shard previously failed/;
/** Measured with 2.7: a shard that could not be opened for want of room stays closed until the process ends. */
const roomAndRestart =
  "its disk is full: make room, then restart influxd if it goes on saying so; what is in the log waits";

/** Nothing but a person ends it. A write that got there in part is repeated like any other. */
function needsMending(message: string, status: number, remedy: string): StoreNeedsMendingError {
  return new StoreNeedsMendingError(`${message}; ${remedy}`, { details: { status } });
}

/**
 * An answer that is not in InfluxDB's form is a proxy's, or a server's that is no InfluxDB: it says nothing of the
 * points, and a right setting or a mended proxy makes it go away.
 */
function answeredByAnother(error: HttpError, server: string): HeadwaterError {
  const status = error.statusCode;
  const said = (error.body ?? "").slice(0, 100).replaceAll(/\s+/g, " ").trim();
  const message = `${server} answered ${status}, and not as InfluxDB does (${JSON.stringify(said)}); check HEADWATER_INFLUX_URL and what lies in between`;
  if (status === 413) return new RequestTooLargeError(message);
  return new StoreUnavailableError(message, {
    details: { status },
    retryAfterMs: retryAfterMs(error.headers?.["retry-after"]),
  });
}

/** An answer of success that is not InfluxDB's. */
export function foreignAnswer(server: string, what: string, status?: number): StoreUnavailableError {
  return new StoreUnavailableError(
    `${server} answered ${what}, and not as InfluxDB does; check HEADWATER_INFLUX_URL and what lies in between`,
    status === undefined ? {} : { details: { status } },
  );
}

/** An answer to a query that does not end as InfluxDB's do. */
export function brokenOff(server: string, cause?: SyntaxError): StoreUnavailableError {
  return new StoreUnavailableError(`the answer of ${server} to a query was broken off on its way`, { cause });
}

/** No wait that a server asks for is longer (milliseconds). */
const maxRetryAfterMs = 60_000;

/** Retry-After comes as seconds or as a date (RFC 9110, 10.2.3); undefined if it asks for no wait. */
export function retryAfterMs(header: string | string[] | undefined, now = Date.now()): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) - now : 0;
  return ms > 0 ? Math.min(ms, maxRetryAfterMs) : undefined;
}
