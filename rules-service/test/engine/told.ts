import { foldAlert } from "@headwater/aggregates";
import type { AlertState } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import type { ReferenceEpisode } from "../reference/reference.ts";
import type { Told } from "./harness.ts";

/** What a reader of alerts.v1 and commands.v1 knows, and whether it was told in good order. */
export class Listener {
  readonly alerts = new Map<string, AlertState>();
  readonly transitions = new Map<string, number>();
  /** Alerts whose first transition was a raise like any other, not a matter of record. */
  readonly real = new Set<string>();
  readonly commanded = new Set<string>();
  readonly faults: string[] = [];

  hear(told: readonly Told[]): string[] {
    const begun: string[] = [];
    for (const { alert, command } of told) {
      if (alert !== undefined) {
        const event = events.alert.decode(events.alert.encode(alert));
        const last = this.transitions.get(event.alertId) ?? 0;
        if (event.transition !== last + 1) this.faults.push(`transition ${event.transition} after ${last}`);
        this.transitions.set(event.alertId, event.transition);
        if (last === 0) {
          begun.push(event.alertId);
          if (!event.amended) this.real.add(event.alertId);
        }
        this.alerts.set(event.alertId, foldAlert(this.alerts.get(event.alertId), event)!);
      } else if (command?.requested !== undefined && command.requested !== null) {
        const id = command.requested.cause?.alertId ?? "";
        if (this.commanded.has(id)) this.faults.push(`a second command for ${id}`);
        if (!this.real.has(id)) this.faults.push(`a command for ${id}, which was no real raise`);
        this.commanded.add(id);
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

export function byTime(a: ReferenceEpisode, b: ReferenceEpisode): number {
  return a.raisedAt - b.raisedAt || (a.clearedAt ?? Infinity) - (b.clearedAt ?? Infinity);
}
