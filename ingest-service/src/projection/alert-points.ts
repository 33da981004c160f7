import { alertTransition, type AlertEvent } from "@headwater/proto";
import { textField, type Point } from "@headwater/time-series";

export const alertMeasurement = "alerts";

/** What makes no difference to whether an alert is open. */
const saidByPeople: ReadonlySet<number> = new Set([
  alertTransition.acknowledged,
  alertTransition.assigned,
  alertTransition.commented,
  alertTransition.snoozed,
]);

const names = new Map<number, string>(Object.entries(alertTransition).map(([name, kind]) => [kind, name]));

/**
 * A transition of an alert as a point, so that any dashboard on the store shows alerts beside the data. A transition
 * that is written again gives the same point.
 *
 * `state` is 1 while the episode is open and 0 once it is over; an acknowledgement, an assignment, a comment and a
 * snooze have none, because whoever acknowledges an alert that is over does not open it. A point says only what its
 * transition says. What is open now is told by all points of an alert (`alert_text`): no `cleared` of transition 0,
 * which is a person's, and state 1 in the point with the highest transition, for late data writes later transitions to
 * earlier times.
 */
export function alertPoint(event: AlertEvent): Point {
  const kind: number = event.kind;
  const fields: Record<string, number | string> = {
    transition: event.transition,
    shadow: event.shadow ? 1 : 0,
    [textField("kind")]: names.get(kind) ?? String(kind),
    [textField("alert")]: event.alertId,
  };
  if (event.gateway !== "") fields[textField("gateway")] = event.gateway;
  if (event.reason !== "") fields[textField("reason")] = event.reason;
  if (!saidByPeople.has(kind)) fields["state"] = isOver(event) ? 0 : 1;
  // In milliseconds, as dashboards take times that are numbers.
  if (event.raisedAt !== 0) fields["raisedAt"] = event.raisedAt / 1000;
  // An operator action has no value, and a store takes no infinite sum.
  if (event.text !== null && event.metric !== "") fields[textField("value")] = event.text;
  else if (event.metric !== "" && Number.isFinite(event.value)) fields["value"] = event.value;
  if (event.metric !== "" && Number.isFinite(event.threshold)) fields["threshold"] = event.threshold;
  const tags: Record<string, string> = { device: event.device };
  if (event.rule !== "") tags["rule"] = event.rule;
  if (event.severity !== "") tags["severity"] = event.severity;
  return { measurement: alertMeasurement, tags, time: event.at, fields };
}

function isOver({ kind, clearedAt, cause }: AlertEvent): boolean {
  if ((kind as number) === alertTransition.cleared) return true;
  return (kind as number) === alertTransition.amended && (clearedAt !== 0 || cause === "retracted");
}
