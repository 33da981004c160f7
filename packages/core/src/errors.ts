/**
 * Errors whose type says what happens next. A handler never reads messages to decide:
 *
 * - `retry`: the same call may succeed shortly; back off and repeat it.
 * - `wait`: something outside is away; stop taking work until its health is back.
 * - `quarantine`: this input will never pass; set it aside with its bytes and the reason, go on with the next.
 * - `stop`: going on would do harm (wrong credentials, a broken invariant); end loudly.
 * - `reject`: the caller's request is at fault; answer it with what, where and what to do.
 */
export type Advice = "retry" | "wait" | "quarantine" | "stop" | "reject";

export interface ErrorDetails {
  readonly cause?: unknown;
  /** Facts for logs and problem details; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryAfterMs?: number;
}

export abstract class HeadwaterError extends Error {
  abstract readonly advice: Advice;
  /** Stable, kebab-case: names the kind in logs, metrics and problem details. */
  abstract readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ErrorDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** It is not known whether the call took effect; repeat exactly the same. */
export class UnknownOutcomeError extends HeadwaterError {
  readonly advice = "retry";
  readonly code = "unknown-outcome";
}

/**
 * Bytes that are not what they should be. It has no stack, which says nothing about bytes: a device chooses how many of
 * these its message costs, and the stack is nine tenths of one.
 */
export class DecodeError extends HeadwaterError {
  readonly advice = "quarantine";
  readonly code = "undecodable";

  constructor(message: string, options: ErrorDetails = {}) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A setting that is missing, unknown or out of range; the message says which and what to do. */
export class ConfigError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "config";
}

/**
 * A broken invariant: a defect of this program, or a call that the contract of the callee forbids. No setting mends
 * it; the process ends with a stack.
 */
export class InvariantError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "invariant";
}

/**
 * Something this process needs of its machine cannot be used: a port, a folder, a file, a disk. The message says which,
 * and what to do.
 */
export class ResourceError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "resource";
}

/** The caller's request is at fault; becomes a problem detail (RFC 9457) with this status. */
export class RequestError extends HeadwaterError {
  readonly advice = "reject";
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

/** Someone else wrote first (409), or the revision named is not the present one (412). */
export class ConflictError extends RequestError {
  constructor(message: string, options: ErrorDetails & { status?: 409 | 412 } = {}) {
    super(options.status ?? 409, "conflict", message, options);
  }
}

/** A queue that takes nothing more, because its owner is stopping. */
export class QueueClosedError extends HeadwaterError {
  readonly advice = "retry";
  readonly code = "queue-closed";
}

/** Something did not answer or finish within its time. */
export class TimedOutError extends HeadwaterError {
  readonly advice = "retry";
  readonly code = "timed-out";
}
