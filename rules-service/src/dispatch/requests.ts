import { uuidv5 } from "@headwater/core";
import type { AlertState } from "@headwater/aggregates";
import type { ActionInput, AlertEvent } from "@headwater/proto";
import type { Occasion } from "../action-kinds/delivery.ts";
import { deliveryOf, type DeliveredAction } from "../action-kinds/kinds.ts";
import { groupKeyOf, groupValues, type Grouping } from "../action-kinds/grouping.ts";
import { filled } from "../action-kinds/template.ts";
import { canonicalJson } from "../language/canonical.ts";
import type { Trigger } from "../action-kinds/triggers.ts";
import type { PlacedAction, RuleActions } from "./delivered-actions.ts";

/** The name space of the ids of alerts, commands and actions; never changes. */
const namespace = "5f0e6c3a-7d0b-5c62-9f43-2a8d1b6e4c17";
/** A device whose clock is behind by so much loses none of its deadline. */
const slowClock = 300_000_000;

export interface AlertRecord {
  readonly event: AlertEvent;
  readonly offset: number;
  /** µs */
  readonly appendTime: number;
}

/**
 * The id of an action, by which the receiver of a webhook knows repetitions. An operator action has its write id in
 * place of a transition. `action`: its number among those of its rule.
 */
export function actionIdOf(alert: string, transition: number | string, action: number, repetition = 0): string {
  return uuidv5(JSON.stringify(["action", alert, transition, action, repetition]), namespace);
}

/** A transition, and how things stood after it. */
export interface Told extends AlertRecord {
  readonly state: AlertState;
  /** What its actions are grouped by of its device. */
  readonly ofDevice: Readonly<Record<string, string>>;
}

/**
 * The first that the transitions of an alert say of its device: whatever becomes of the device, the alert stays in its
 * group.
 */
export function groupedByOf(history: readonly Pick<AlertEvent, "groupedBy">[]): Readonly<Record<string, string>> {
  return history.toReversed().reduce((values, { groupedBy }) => ({ ...values, ...groupedBy }), {});
}

/** The requests that a transition with these triggers makes, by what the log holds alone. */
export function requestsOf(
  told: Told,
  triggers: readonly Trigger[],
  rule: RuleActions,
  revision: number,
): ActionInput[] {
  const { event, appendTime } = told;
  return rule.actions.flatMap((placed) => {
    const { action } = placed;
    const trigger = triggers.find((each) => action.on.includes(each));
    if (trigger === undefined) return [];
    const deadline = Math.min(event.at + slowClock, appendTime) + action.deadlineMs * 1000;
    return requestOf(told, { ...placed, trigger, deadline }, rule, revision);
  });
}

/**
 * The request of a repetition, for as long as none is due after it; none if the alert is not as it has to be for that.
 * `triggers`: what the transition that it repeats has set off.
 */
export function repetitionOf(told: Told, triggers: readonly Trigger[], rule: RuleActions): ActionInput[] {
  const { event, appendTime, state } = told;
  const placed = rule.actions.find(({ number }) => number === event.action);
  if (placed === undefined || state.state === "cleared") return [];
  const { action } = placed;
  if (state.state === "acknowledged" && !action.repeatAcknowledged) return [];
  const trigger = triggers.find((each) => action.on.includes(each)) ?? "raised";
  const deadline = Math.min(event.at, appendTime) + Math.min(action.deadlineMs * 1000, action.repeat);
  return requestOf(told, { ...placed, trigger, deadline }, rule, event.revision);
}

interface Asked extends PlacedAction {
  readonly trigger: Trigger;
  readonly deadline: number;
}

function requestOf(
  { event, offset, state, ofDevice }: Told,
  { place, number, action, trigger, deadline }: Asked,
  of: RuleActions,
  revision: number,
): ActionInput[] {
  const delivery = deliveryOf(action.kind);
  if (delivery === undefined) return [];
  const { alertId, transition, writeId, rule, device, repetition } = event;
  const occasion = occasionOf(event, trigger, state, of, revision);
  const group = action.group && groupOf(action, action.group, { occasion, ofDevice });
  return [
    {
      actionId: actionIdOf(alertId, transition === 0 ? writeId : transition, number, repetition),
      ...{ alertId, transition, rule, device },
      requested: {
        ...{ kind: action.kind, revision, action: place, trigger, repetition },
        url: delivery.urlOf(action),
        endpoint: delivery.endpointOf(action),
        definition: canonicalJson(action),
        body: group === undefined ? delivery.compose(action, occasion) : Buffer.from(JSON.stringify(occasion)),
        deadline,
        alertOffset: offset,
        ...(group !== undefined && { group }),
      },
    },
  ];
}

function groupOf(
  action: DeliveredAction,
  grouping: Grouping,
  { occasion, ofDevice }: { readonly occasion: Occasion; readonly ofDevice: Readonly<Record<string, string>> },
) {
  const { rule, device, severity, labels } = occasion;
  const by = groupValues(grouping, { rule: rule.id, device, severity, labels, ofDevice });
  return { key: groupKeyOf(action, by), by, wait: grouping.wait, interval: grouping.interval };
}

function occasionOf(
  event: AlertEvent,
  trigger: Trigger,
  state: AlertState,
  { name, labels, annotations }: RuleActions,
  revision: number,
): Occasion {
  const rule = { id: event.rule, name, revision };
  const { alertId: alert, transition, repetition, device, at, by, comment } = event;
  const { gateway, reason, severity, metric, value, threshold, raisedAt, clearedAt, clearedCause: cause } = state;
  const told = {
    ...{ trigger, alert, transition, repetition, rule, device, gateway, reason, at, by, comment },
    ...{ severity, metric, value, threshold, raisedAt, clearedAt, cause, labels },
  };
  return { ...told, annotations: filled(annotations, told) };
}
