import type { CommandEvent } from "@headwater/proto";
import type { Incarnation } from "./device.ts";

export type CommandStatus =
  | "requested"
  | "claimed"
  | "delivered"
  | "succeeded"
  | "failed"
  | "rejected"
  | "expired"
  | "timed-out";

export interface CommandClaim {
  readonly gateway: string;
  /** The MQTT session that the claim is for. */
  readonly session: string;
  /** µs, by the log's append time. */
  readonly at: number;
}

/** The transition for which a rule requested the command. */
export interface CommandOrigin {
  readonly alertId: string;
  readonly transition: number;
  readonly action: number;
  readonly rule: string;
  /** µs */
  readonly eventTime: number;
  /** When it happened, as far as the device's clock is known to be slow (µs); absent in requests of 0.1. */
  readonly time?: number;
  /** How often the action had come due again by then; absent of the first. */
  readonly repetition?: number;
}

export interface CommandPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** All times are append times of the log (µs) unless said otherwise. */
export interface CommandState {
  readonly id: string;
  readonly device: string;
  readonly name: string;
  /** JSON text; "" if the command has none. */
  readonly params: string;
  readonly ttlMs: number;
  readonly requestedAt: number;
  readonly requestedBy: string;
  /** The ttl after the time of the cause, or after requestedAt where no rule asked. */
  readonly deadline: number;
  readonly status: CommandStatus;
  readonly claim?: CommandClaim;
  readonly deliveredAt?: number;
  /** When the final state landed. */
  readonly endedAt?: number;
  /** JSON text that the device replied with. */
  readonly result?: string;
  /** Why it expired, timed out, or was rejected by somebody else than the device. */
  readonly reason?: string;
  /** The incarnation of the device that was meant; undefined: the one that there was when it was requested. */
  readonly incarnation?: number;
  /** A claim without outcome may be taken over and the command published again under the same id. */
  readonly redeliver: boolean;
  readonly cause?: CommandOrigin;
  /** Of its request. */
  readonly position: CommandPosition;
}

export interface CommandEventAt extends CommandPosition {
  /** µs */
  readonly appendTime: number;
}

const finals: ReadonlySet<CommandStatus> = new Set(["succeeded", "failed", "rejected", "expired", "timed-out"]);

export function isFinal(state: CommandState): boolean {
  return finals.has(state.status);
}

/**
 * Folds one event of commands.v1; undefined as long as the request has not been seen (it is older than the log's
 * retention). The same object comes back when the event changes nothing. A second request of an id is ignored, the
 * first claim and the first final state in log order win; an `expired` or `timed out` that the log appended before the
 * deadline does not count, unless the cause was late.
 */
export function foldCommand(
  state: CommandState | undefined,
  event: CommandEvent,
  at: CommandEventAt,
): CommandState | undefined {
  if (state === undefined) return event.requested === null ? undefined : requested(event, event.requested, at);
  // A device has no say about the commands of another, whatever id it names.
  if (event.device !== state.device) return state;
  if (isFinal(state)) {
    // A reply may come before the delivery is on record; that it was delivered is still worth knowing.
    return event.delivered !== null && state.deliveredAt === undefined
      ? { ...state, deliveredAt: at.appendTime }
      : state;
  }
  if (event.claimed !== null) return claimed(state, event.claimed, at);
  if (event.delivered !== null) {
    return state.status === "delivered" ? state : { ...state, status: "delivered", deliveredAt: at.appendTime };
  }
  return ended(state, event, at.appendTime);
}

/**
 * Whether the command was asked for because of something that lies further behind than its ttl: it is recorded as
 * expired and not sent, so that a pipeline which catches up does not act today on last night's reading.
 */
export function lateCause(state: CommandState): boolean {
  if (state.cause?.time !== undefined) return state.deadline < state.requestedAt;
  const eventTime = state.cause?.eventTime ?? 0;
  return eventTime > 0 && state.requestedAt - eventTime > state.ttlMs * 1000;
}

/** The reason of a command that was rejected because the device that was meant is no more. */
export const deviceDeleted = "device-deleted";

/**
 * Whether a command belongs to the present incarnation of its device: to an earlier one, whose commands end with it
 * (`ended`), or to one that the reader of `device` has not heard of yet (`unborn`). Nobody sends either.
 */
export function lifeOf(state: CommandState, device: Incarnation | undefined): "ended" | "present" | "unborn" {
  const { incarnation = 0, incarnationSince = 0 } = device ?? {};
  if (state.incarnation !== undefined && state.incarnation !== incarnation) {
    return state.incarnation < incarnation ? "ended" : "unborn";
  }
  return state.incarnation === undefined && state.requestedAt < incarnationSince ? "ended" : "present";
}

/**
 * How the command ends by the log's time (µs): `expired` if nobody claimed it, `timed-out` if it was claimed or
 * delivered and no reply came; undefined before its deadline and once it is final. Only the owner of the partition
 * writes it.
 */
export function dueOutcome(state: CommandState, logTime: number): "expired" | "timed-out" | undefined {
  if (isFinal(state) || logTime < state.deadline) return undefined;
  return state.status === "requested" ? "expired" : "timed-out";
}

function requested(
  event: CommandEvent,
  request: NonNullable<CommandEvent["requested"]>,
  { topic, partition, offset, appendTime }: CommandEventAt,
): CommandState {
  const { cause } = request;
  // Not after the request, whatever is written there.
  const causedAt = cause === null || cause.time <= 0 ? appendTime : Math.min(cause.time, appendTime);
  return {
    id: event.commandId,
    device: event.device,
    name: request.name,
    params: request.params,
    ttlMs: request.ttlMs,
    requestedAt: appendTime,
    requestedBy: request.requestedBy,
    deadline: Math.min(causedAt + request.ttlMs * 1000, Number.MAX_SAFE_INTEGER),
    status: "requested",
    redeliver: request.redeliver,
    ...(request.life > 0 && { incarnation: request.life - 1 }),
    ...(cause !== null && {
      cause: {
        alertId: cause.alertId,
        transition: cause.transition,
        action: cause.action,
        rule: cause.rule,
        eventTime: cause.eventTime,
        ...(cause.time > 0 && { time: cause.time }),
        ...(cause.repetition > 0 && { repetition: cause.repetition }),
      },
    }),
    position: { topic, partition, offset },
  };
}

function claimed(
  state: CommandState,
  { gateway, session }: NonNullable<CommandEvent["claimed"]>,
  at: CommandEventAt,
): CommandState {
  const holds = state.claim?.gateway === gateway && state.claim.session === session;
  // A delivered command is with the device: nobody takes it over, its reply is what is missing.
  const free = state.claim === undefined || (state.redeliver && state.status === "claimed");
  if (holds || !free || state.status === "delivered") return state;
  return { ...state, status: "claimed", claim: { gateway, session, at: at.appendTime } };
}

function ended(state: CommandState, event: CommandEvent, endedAt: number): CommandState {
  for (const status of ["succeeded", "failed", "rejected"] as const) {
    const reply = event[status];
    if (reply === null) continue;
    const { result, reason } = reply;
    return { ...state, status, endedAt, ...(result !== "" && { result }), ...(reason !== "" && { reason }) };
  }
  // An owner whose clock runs ahead of the log's wrote this too early; it writes it again when it is due.
  if (endedAt < state.deadline && !lateCause(state)) return state;
  if (event.expired !== null) return { ...state, status: "expired", endedAt, reason: event.expired.reason };
  if (event.timedOut !== null) return { ...state, status: "timed-out", endedAt, reason: event.timedOut.reason };
  return state;
}
