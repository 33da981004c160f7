import { foldAlert } from "@headwater/aggregates";
import type { AlertState } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import type { AlertEvent } from "@headwater/proto";
import type { ReferenceEpisode } from "../reference/reference.ts";
import type { Emitted } from "./harness.ts";

/** What a reader of alerts.v1 and commands.v1 knows, and whether it was emitted in good order. */
export class AlertReader {
  readonly alerts = new Map<string, AlertState>();
  readonly transitions = new Map<string, number>();
  /** Alerts whose first transition was a raise like any other, not a matter of record. */
  readonly real = new Set<string>();
  readonly commanded = new Set<string>();
  readonly faults: string[] = [];

  /**
   * Answers the alerts that have begun. `isSingle`: at most one reading came, so nothing is said and taken back at
   * once.
   */
  read(emitted: readonly Emitted[], isSingle = false): string[] {
    const begun: string[] = [];
    const retracted: AlertState[] = [];
    let before: AlertEvent | undefined;
    for (const { alert, command } of emitted) {
      if (alert !== undefined) {
        const event = events.alert.decode(events.alert.encode(alert));
        const last = this.transitions.get(event.alertId) ?? 0;
        if (event.transition !== last + 1) this.faults.push(`transition ${event.transition} after ${last}`);
        this.transitions.set(event.alertId, event.transition);
        if (last === 0) {
          begun.push(event.alertId);
          if (!event.amended) this.real.add(event.alertId);
        }
        if (event.cause === "retracted" && last > 0) retracted.push(this.alerts.get(event.alertId)!);
        if (before !== undefined && atOnce(before, event)) this.faults.push(`${event.alertId} emitted in steps`);
        before = event;
        this.alerts.set(event.alertId, foldAlert(this.alerts.get(event.alertId), event)!);
      } else if (command?.requested !== undefined && command.requested !== null) {
        const id = command.requested.cause?.alertId ?? "";
        if (this.commanded.has(id)) this.faults.push(`a second command for ${id}`);
        if (!this.real.has(id)) this.faults.push(`a command for ${id}, which was no real raise`);
        this.commanded.add(id);
      }
    }
    for (const id of begun) {
      const alert = this.alerts.get(id)!;
      for (const lost of retracted) {
        const isSame = alert.rule === lost.rule && alert.device === lost.device && overlaps(alert, lost);
        if (isSame && isSingle) this.faults.push(`${lost.id} was retracted and raised again as ${id}`);
      }
    }
    for (const id of this.real) if (!this.commanded.has(id)) this.faults.push(`no command for ${id}`);
    return begun;
  }

  /** Of one rule on one device, those that were retracted left out. */
  episodes(rule: string, device: string): ReferenceEpisode[] {
    return [...this.alerts.values()]
      .filter((alert) => alert.rule === rule && alert.device === device && alert.clearedCause !== "retracted")
      .map(({ raisedAt, clearedAt, severity }) => ({ raisedAt, clearedAt, severity }))
      .toSorted(byTime);
  }
}

/** What came of one reading, or of one instant of the clock, is one transition. */
function atOnce(a: AlertEvent, b: AlertEvent): boolean {
  if (a.alertId !== b.alertId || a.at !== b.at || a.amended || b.amended) return false;
  const [x, y] = [a.evidence.at(-1), b.evidence.at(-1)];
  return x?.role === "timer" && y?.role === "timer";
}

function overlaps(a: AlertState, b: AlertState): boolean {
  return a.raisedAt < (b.clearedAt ?? Infinity) && b.raisedAt < (a.clearedAt ?? Infinity);
}

export function byTime(a: ReferenceEpisode, b: ReferenceEpisode): number {
  const byBounds = a.raisedAt - b.raisedAt || (a.clearedAt ?? Infinity) - (b.clearedAt ?? Infinity);
  // Several may begin and end in one instant.
  return byBounds || a.severity.localeCompare(b.severity);
}
