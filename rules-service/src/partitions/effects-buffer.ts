import {
  alertTransition,
  cloudEventHeaders,
  events,
  eventTypes,
  telemetryHeaders,
  type AlertInput,
  type CommandInput,
  type TelemetryInput,
} from "@headwater/proto";
import type { OutgoingRecord } from "@headwater/event-log";
import type { Effects } from "../engine/engine.ts";

/** Encoded effects, in the order in which they arose. */
export interface Outputs {
  readonly alerts: readonly OutgoingRecord[];
  readonly commands: readonly OutgoingRecord[];
  readonly derived: readonly OutgoingRecord[];
  /** Raised ones among the alerts. */
  readonly raised: number;
}

/** Collects what the engine says, as records for the log. */
export class EffectsBuffer implements Effects {
  readonly #source: string;
  #alerts: OutgoingRecord[] = [];
  #commands: OutgoingRecord[] = [];
  #derived: OutgoingRecord[] = [];
  #raised = 0;

  constructor(instance: string) {
    this.#source = `/headwater/rules/${instance}`;
  }

  alert(event: AlertInput): void {
    if (event.kind === alertTransition.raised) this.#raised += 1;
    const headers = cloudEventHeaders({
      type: eventTypes.alert,
      source: this.#source,
      // The transition's own identity, so that a repeat is recognised by the header alone.
      id: `${event.alertId}/${event.transition}`,
      time: event.at ?? 0,
    });
    this.#alerts.push({ key: event.device ?? "", value: events.alert.encode(event), headers });
  }

  command(event: CommandInput): void {
    const headers = cloudEventHeaders({
      type: eventTypes.command,
      source: this.#source,
      id: `${event.commandId}/${event.expired == null ? "requested" : "expired"}`,
      time: event.at ?? 0,
    });
    this.#commands.push({ key: event.device ?? "", value: events.command.encode(event), headers });
  }

  derived(event: TelemetryInput): void {
    this.#derived.push({
      key: event.device ?? "",
      value: events.telemetry.encode(event),
      headers: telemetryHeaders.derived,
    });
  }

  /** What was collected since the last call; undefined if nothing was. */
  take(): Outputs | undefined {
    if (this.#alerts.length === 0 && this.#commands.length === 0 && this.#derived.length === 0) return undefined;
    const outputs = { alerts: this.#alerts, commands: this.#commands, derived: this.#derived, raised: this.#raised };
    this.#alerts = [];
    this.#commands = [];
    this.#derived = [];
    this.#raised = 0;
    return outputs;
  }
}
