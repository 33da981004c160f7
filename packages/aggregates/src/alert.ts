import { alertTransition, type AlertEvent, type Evidence } from "@headwater/proto/event-types";

export type AlertStatus = "active" | "acknowledged" | "cleared";

/** An episode of a rule on a device. Times are on the log's clock (event time), µs. */
export interface AlertState {
  readonly id: string;
  readonly rule: string;
  /** Of the rule, when it was raised. */
  readonly revision: number;
  readonly device: string;
  /** The gateway that it is of, whose id is in `device`, too; absent: it is of a device. */
  readonly gateway?: string;
  /** Why a rule on absence raised it. */
  readonly reason?: string;
  readonly state: AlertStatus;
  readonly severity: string;
  readonly metric: string;
  /** The value that raised, escalated, de-escalated or amended it last… */
  readonly value: number | string;
  /** …and the threshold that it was compared with. */
  readonly threshold: number;
  readonly raisedAt: number;
  readonly acknowledgedAt?: number;
  readonly acknowledgedBy?: string;
  readonly comment?: string;
  /** Whose it is, and who said so. */
  readonly assignee?: string;
  readonly assignedAt?: number;
  readonly assignedBy?: string;
  /** What people said, with whatever they did; newest last, at most `maxComments`: the log has all of it. */
  readonly comments: readonly AlertComment[];
  readonly snooze?: AlertSnooze;
  /** What holds actions back while it is open: "snooze", or "maintenance/" and an id. */
  readonly mutedBy: readonly string[];
  /** It is held open because it raised and ended again and again. */
  readonly flapping: boolean;
  readonly clearedAt?: number;
  readonly clearedBy?: string;
  /** A person has said that it is over: no late data changes it. */
  readonly endedByHand?: true;
  /** "condition", "hand", "retracted", "rule-disabled", "rule-deleted"; "" while it is not cleared. */
  readonly clearedCause: string;
  /** Late data changed a transition that was already published. */
  readonly amended: boolean;
  /** Of the rule, when it was last raised. */
  readonly shadow: boolean;
  /** Of the engine; dense from 1. */
  readonly lastTransition: number;
  /** Newest last, at most `maxEvidence`; the log has all of it. */
  readonly evidence: readonly Evidence[];
  /** Write ids of operator actions, newest last: a repeated append is recognised. */
  readonly handWrites: readonly string[];
}

export interface AlertComment {
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/** Actions of the rule on the device are held back until then. */
export interface AlertSnooze {
  readonly until: number;
  readonly at: number;
  readonly by: string;
}

export const maxEvidence = 64;
export const maxComments = 100;
const maxHandWrites = 32;
/** A repetition is of an action, and makes nothing else of the alert. */
const noChange: ReadonlySet<number> = new Set([alertTransition.unspecified, alertTransition.repeated]);
const kinds: ReadonlySet<number> = new Set(Object.values(alertTransition).filter((kind) => !noChange.has(kind)));

/**
 * Folds one event of alerts.v1; undefined as long as nothing raised the alert (that is older than the log's retention).
 * The same object comes back when the event changes nothing. The engine's transitions count once by their number, what
 * people did (transition 0) once by write id.
 */
export function foldAlert(state: AlertState | undefined, event: AlertEvent): AlertState | undefined {
  // A kind of a later version: its meaning is unknown here.
  if (!kinds.has(event.kind)) return state;
  if (state === undefined) return event.transition > 0 ? opened(event) : undefined;
  // An id belongs to one rule on one device, whoever writes it elsewhere.
  if (event.device !== state.device) return state;
  if (event.transition === 0) {
    if (event.writeId !== "" && state.handWrites.includes(event.writeId)) return state;
    const handWrites = [...state.handWrites, event.writeId].slice(-maxHandWrites);
    return { ...applied(state, event), handWrites };
  }
  if (event.transition <= state.lastTransition) return state;
  // Nothing changes an episode that a hand ended.
  const next = state.endedByHand === true ? state : applied(state, event);
  return { ...next, lastTransition: event.transition };
}

/** What is open after all is so under the rule as it is now. */
function reopened(state: AlertState, { shadow }: AlertEvent): AlertState {
  return state.state === "cleared" || state.shadow === shadow ? state : { ...state, shadow };
}

function opened(event: AlertEvent): AlertState {
  const blank: AlertState = {
    id: event.alertId,
    rule: event.rule,
    revision: event.revision,
    device: event.device,
    ...(event.gateway !== "" && { gateway: event.gateway }),
    ...(event.reason !== "" && { reason: event.reason }),
    state: "active",
    severity: event.severity,
    metric: event.metric,
    value: event.text ?? event.value,
    threshold: event.threshold,
    raisedAt: event.raisedAt === 0 ? event.at : event.raisedAt,
    comments: [],
    mutedBy: [],
    flapping: false,
    clearedCause: "",
    amended: false,
    shadow: event.shadow,
    lastTransition: event.transition,
    evidence: [],
    handWrites: [],
  };
  return applied(blank, event);
}

function applied(state: AlertState, event: AlertEvent): AlertState {
  const seen: AlertState = {
    ...state,
    amended: state.amended || event.amended || (event.kind as number) === alertTransition.amended,
    evidence: event.evidence.length === 0 ? state.evidence : [...state.evidence, ...event.evidence].slice(-maxEvidence),
    ...(event.transition === 0 ? { comments: commented(state, event) } : told(event)),
  };
  const kind: number = event.kind;
  switch (kind) {
    case alertTransition.raised:
      return open({
        ...{ ...seen, ...measured(event), shadow: event.shadow },
        raisedAt: event.raisedAt === 0 ? event.at : event.raisedAt,
      });
    case alertTransition.escalated:
    case alertTransition.deescalated:
      return { ...seen, ...measured(event) };
    case alertTransition.acknowledged:
      return acknowledged(seen, event);
    case alertTransition.cleared:
      return cleared(seen, event);
    case alertTransition.amended:
      return reopened(amended(seen, event), event);
    case alertTransition.assigned:
      return assigned(seen, event);
    case alertTransition.snoozed:
      return snoozed(seen, event);
    case alertTransition.muted:
    case alertTransition.unmuted:
      return isSnoozeOver(seen, event) ? awake(seen) : seen;
    case alertTransition.commented:
    case alertTransition.flapping:
      return seen;
    default:
      return state;
  }
}

function measured(event: AlertEvent): Pick<AlertState, "severity" | "metric" | "value" | "threshold"> {
  const { severity, metric, text, value, threshold } = event;
  return { severity, metric, value: text ?? value, threshold };
}

/** What every transition of the engine says anew; of an episode that is over nothing is held back. */
function told({ kind, clearedAt, cause, mutedBy, flapping }: AlertEvent): Pick<AlertState, "mutedBy" | "flapping"> {
  const isOver = (kind as number) === alertTransition.cleared || clearedAt !== 0 || cause === "retracted";
  return isOver ? { mutedBy: [], flapping: false } : { mutedBy, flapping };
}

function commented({ comments }: AlertState, { at, by, comment }: AlertEvent): readonly AlertComment[] {
  return comment === "" ? comments : [...comments, { at, by, text: comment }].slice(-maxComments);
}

function assigned(state: AlertState, { at, by, assignee }: AlertEvent): AlertState {
  const { assignee: _whose, ...rest } = state;
  return { ...rest, ...(assignee !== "" && { assignee }), assignedAt: at, assignedBy: by };
}

function snoozed(state: AlertState, { at, by, snoozedUntil }: AlertEvent): AlertState {
  return snoozedUntil === 0 ? awake(state) : { ...state, snooze: { until: snoozedUntil, at, by } };
}

function awake(state: AlertState): AlertState {
  const { snooze: _snooze, ...rest } = state;
  return rest;
}

/** Of a snooze that is not in effect yet the engine says nothing either. */
function isSnoozeOver({ snooze }: AlertState, { at, mutedBy }: AlertEvent): boolean {
  return snooze !== undefined && at >= snooze.until && !mutedBy.includes("snooze");
}

function acknowledged(state: AlertState, event: AlertEvent): AlertState {
  if (state.acknowledgedAt !== undefined) return state;
  return {
    ...state,
    state: state.state === "cleared" ? "cleared" : "acknowledged",
    acknowledgedAt: event.at,
    acknowledgedBy: event.by,
    ...(event.comment !== "" && { comment: event.comment }),
  };
}

function cleared(state: AlertState, event: AlertEvent): AlertState {
  // By hand and by its condition: whichever came first in the log ended the episode, unless late data corrects it…
  if (state.state === "cleared" && !event.amended) {
    // …which it cannot any more once a person has said that it is over.
    return event.transition === 0 ? { ...state, endedByHand: true } : state;
  }
  return {
    ...state,
    state: "cleared",
    clearedAt: event.clearedAt === 0 ? event.at : event.clearedAt,
    clearedCause: event.cause === "" ? "condition" : event.cause,
    ...(event.by !== "" && { clearedBy: event.by }),
    mutedBy: [],
    flapping: false,
    ...(event.transition === 0 && { endedByHand: true }),
  };
}

function amended(state: AlertState, event: AlertEvent): AlertState {
  const changed: AlertState = {
    ...state,
    severity: event.severity === "" ? state.severity : event.severity,
    ...(event.metric !== "" && { metric: event.metric, value: event.text ?? event.value, threshold: event.threshold }),
    raisedAt: event.raisedAt === 0 ? state.raisedAt : event.raisedAt,
  };
  if (event.cause === "retracted" || event.clearedAt !== 0) {
    return {
      ...changed,
      state: "cleared",
      clearedAt: event.clearedAt === 0 ? event.at : event.clearedAt,
      clearedCause: event.cause === "" ? "condition" : event.cause,
    };
  }
  // Late data shows that the condition still holds.
  return state.clearedCause === "condition" ? open(changed) : changed;
}

function open(state: AlertState): AlertState {
  const { clearedAt: _at, clearedBy: _by, ...rest } = state;
  return { ...rest, state: state.acknowledgedAt === undefined ? "active" : "acknowledged", clearedCause: "" };
}
