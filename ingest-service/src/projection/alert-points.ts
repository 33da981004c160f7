import { alertTransition, type AlertEvent } from "@headwater/proto";
import { textField, type Point } from "@headwater/time-series";

const alertMeasurement = "alerts";

const names = new Map<number, string>(Object.entries(alertTransition).map(([name, kind]) => [kind, name]));

/**
 * A transition of an alert as a point, so that any dashboard on the store shows alerts beside the data.
 * `state` is 1 while the episode is open and 0 once it is cleared. A transition that is written again gives the same
 * point.
 */
export function alertPoint(event: AlertEvent): Point {
  const kind: number = event.kind;
  const over = kind === alertTransition.cleared || (kind === alertTransition.amended && event.clearedAt !== 0);
  const fields: Record<string, number | string> = {
    state: over ? 0 : 1,
    transition: event.transition,
    shadow: event.shadow ? 1 : 0,
    [textField("kind")]: names.get(kind) ?? String(kind),
    [textField("alert")]: event.alertId,
  };
  // An operator action has no value, and a store takes no infinite sum.
  if (event.metric !== "" && Number.isFinite(event.value)) fields["value"] = event.value;
  if (event.metric !== "" && Number.isFinite(event.threshold)) fields["threshold"] = event.threshold;
  const tags: Record<string, string> = { device: event.device };
  if (event.rule !== "") tags["rule"] = event.rule;
  if (event.severity !== "") tags["severity"] = event.severity;
  return { measurement: alertMeasurement, tags, time: event.at, fields };
}
