import { foldAlert, type AlertState } from "@headwater/aggregates";
import { events, type AlertInput, type CommandInput } from "@headwater/proto";

/** Whoever reads alerts.v1 and commands.v1: what they know, and whether it was written in good order. */
export class TopicReaders {
  readonly faults: string[] = [];
  readonly alerts = new Map<string, AlertState>();
  /** What is said may have been said before, as by an owner that goes on from a checkpoint. */
  isRepeating = false;
  readonly #told = new Map<string, string>();
  readonly #transitions = new Map<string, number>();

  get open(): AlertState[] {
    return [...this.alerts.values()].filter(({ state }) => state !== "cleared");
  }

  hearCommand(command: CommandInput): void {
    this.#tell(`command ${command.commandId}`, JSON.stringify(command));
  }

  hear(input: AlertInput): void {
    const event = events.alert.decode(events.alert.encode(input));
    const { alertId, transition } = event;
    if (transition > 0) {
      if (!this.#tell(`${alertId}/${transition}`, JSON.stringify(event))) return;
      const last = this.#transitions.get(alertId) ?? 0;
      if (transition !== last + 1) this.faults.push(`${alertId}: transition ${transition} after ${last}`);
      this.#transitions.set(alertId, transition);
    }
    const state = foldAlert(this.alerts.get(alertId), event);
    if (state !== undefined) this.alerts.set(alertId, state);
  }

  /** False: it was said before, as it may be by an owner that repeats. */
  #tell(name: string, text: string): boolean {
    const before = this.#told.get(name);
    this.#told.set(name, text);
    if (before === undefined) return true;
    if (!this.isRepeating) this.faults.push(`${name} is said again, and dropped by every reader`);
    else if (before !== text) this.faults.push(`${name} is repeated otherwise: ${before}, then ${text}`);
    return false;
  }
}
