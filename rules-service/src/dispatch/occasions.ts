import { alertTransition, type AlertEvent } from "@headwater/proto";
import type { Trigger } from "../action-kinds/triggers.ts";

/**
 * What the last of an alert's accepted events sets off; of several an action answers the first that it names. Late
 * data and rules in shadow sound no siren. What began in earnest is ended for those who were told, once, however it
 * ends; what turns out never to have been is retracted, once. What begins while something holds actions back is told
 * when nothing does any more, if it is open then; whoever was told of a beginning is told of its end regardless.
 */
export function triggersOf(history: readonly AlertEvent[]): readonly Trigger[] {
  const last = history.length - 1;
  let acted = false;
  let ended = false;
  let retracted = false;
  let result: readonly Trigger[] = [];
  for (const [index, event] of history.entries()) {
    const earnest = !event.amended && !event.shadow && event.mutedBy.length === 0;
    const kind: number = event.kind;
    result = [];
    if (kind === alertTransition.raised && earnest) {
      if (!acted) result = ["raised"];
      acted = true;
    } else if (kind === alertTransition.unmuted && earnest) {
      result = ["raised"];
      acted = true;
    } else if (kind === alertTransition.escalated && earnest && acted) result = ["escalated"];
    else if (kind === alertTransition.deescalated && earnest && acted) result = ["deescalated"];
    else if (kind === alertTransition.acknowledged && !event.shadow && acted) result = ["acknowledged"];
    else if (acted && isEnd(event)) {
      const found: Trigger[] = [];
      if (event.cause === "retracted" && !retracted) found.push("retracted");
      if (!ended) found.push("cleared");
      retracted ||= event.cause === "retracted";
      ended = true;
      result = found;
    }
    if (index === last) return result;
  }
  return result;
}

function isEnd(event: AlertEvent): boolean {
  const kind: number = event.kind;
  if (kind === alertTransition.cleared) return true;
  return kind === alertTransition.amended && (event.clearedAt !== 0 || event.cause === "retracted");
}
