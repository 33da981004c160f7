import type { ActionEvent } from "@headwater/proto/event-types";

export type ActionStatus = "waiting" | "succeeded" | "gave-up";

/** An action of a rule that reaches beyond the platform. Times are µs since the epoch. */
export interface ActionState {
  readonly id: string;
  readonly alert: string;
  /** 0 of an operator action. */
  readonly transition: number;
  readonly rule: string;
  readonly revision: number;
  readonly device: string;
  readonly kind: string;
  /** Its place in the rule's list. */
  readonly action: number;
  readonly trigger: string;
  /** How often the action had come due again by then. */
  readonly repetition: number;
  readonly endpoint: string;
  readonly url: string;
  /** What it is grouped by, with the values, if it is told with others. */
  readonly group?: Readonly<Record<string, string>>;
  readonly state: ActionStatus;
  readonly requestedAt: number;
  readonly deadline: number;
  readonly attempts: number;
  /** Of the newest attempt; 0 and "" while there was none, and where no answer came. */
  readonly status: number;
  readonly error: string;
  /** Of one that failed and waits. */
  readonly retryAt?: number;
  readonly endedAt?: number;
}

/**
 * Folds one event of actions.v1; undefined as long as nothing requested the action (that is older than the log's
 * retention). The same object comes back when the event changes nothing: the first request and the first end count.
 */
export function foldAction(state: ActionState | undefined, event: ActionEvent): ActionState | undefined {
  if (state === undefined) return requested(event);
  if (state.state !== "waiting" || event.device !== state.device) return state;
  const { attempted, succeeded, gaveUp, at } = event;
  if (attempted !== null) {
    if (attempted.attempt <= state.attempts) return state;
    const { attempt: attempts, status, error, retryAt } = attempted;
    return { ...state, attempts, status, error, ...(retryAt > 0 && { retryAt }) };
  }
  const { retryAt: _retryAt, ...rest } = state;
  if (succeeded !== null) {
    const attempts = Math.max(state.attempts, succeeded.attempt);
    return { ...rest, state: "succeeded", attempts, status: succeeded.status, error: "", endedAt: at };
  }
  if (gaveUp !== null) {
    return {
      ...rest,
      state: "gave-up",
      attempts: Math.max(state.attempts, gaveUp.attempt),
      error: gaveUp.reason,
      endedAt: at,
    };
  }
  return state;
}

function requested(event: ActionEvent): ActionState | undefined {
  if (event.requested === null) return undefined;
  const { kind, revision, action, trigger, repetition, endpoint, url, deadline, group } = event.requested;
  return {
    ...{ id: event.actionId, alert: event.alertId, transition: event.transition, rule: event.rule, revision },
    ...{ device: event.device, kind: kind === "" ? "webhook" : kind, action, trigger, repetition, endpoint, url },
    ...(group !== null && { group: { ...group.by } }),
    ...{ state: "waiting", requestedAt: event.at, deadline, attempts: 0, status: 0, error: "" },
  };
}
