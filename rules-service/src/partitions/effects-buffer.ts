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

/** Encoded effects in the order in which the engine emitted them. */
export interface Outputs {
  readonly alerts: readonly OutgoingRecord[];
  readonly commands: readonly OutgoingRecord[];
  readonly derived: readonly OutgoingRecord[];
  /** Number of raises among the alerts. */
  readonly raised: number;
}

/** Collects the effects of the engine as records for the log. */
export class EffectsBuffer implements Effects {
  readonly #source: string;
  #alerts: OutgoingRecord[] = [];
  #commands: OutgoingRecord[] = [];
  #derived: OutgoingRecord[] = [];
  #raised = 0;

  constructor(instance: string) {
    this.#source = `/headwater/rules/${instance}`;
  }

  get size(): number {
    return this.#alerts.length + this.#commands.length + this.#derived.length;
  }

  alert(event: AlertInput): void {
    if (event.kind === alertTransition.raised) this.#raised += 1;
    const isRepeated = event.kind === alertTransition.repeated;
    const headers = cloudEventHeaders({
      type: eventTypes.alert,
      source: this.#source,
      // The identity of the transition, so that readers recognise a repeat by the header alone.
      id: `${event.alertId}/${event.transition}${isRepeated ? `/${event.action}/${event.repetition}` : ""}`,
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

  /** The outputs since the last call; undefined if there are none. */
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
