import { foldDevice, type Device } from "@headwater/aggregates";
import { alertTransition, events, type AlertEvent } from "@headwater/proto";
import type { Position } from "@headwater/event-log";
import type { MaintenanceDefinition } from "../../definition/maintenance.ts";
import type { OperatorAction, RuleChange } from "../../engine/engine.ts";

/** A record of another topic that changes the evaluation of a partition from an exact telemetry offset on. */
export type ControlEvent = RuleControlEvent | MaintenanceControlEvent | DeviceControlEvent | OperatorControlEvent;

export interface RuleControlEvent {
  readonly kind: "rule";
  readonly source: Position;
  readonly change: RuleChange;
}

export interface MaintenanceControlEvent {
  readonly kind: "maintenance";
  readonly source: Position;
  readonly id: string;
  /** undefined if the window is taken away. */
  readonly definition: MaintenanceDefinition | undefined;
}

export interface DeviceControlEvent {
  readonly kind: "device";
  readonly source: Position;
  readonly id: string;
  /** undefined if the device is deleted. */
  readonly device: Device | undefined;
  /** Of the device, or of the next one of its id. */
  readonly incarnation: number;
  readonly record: Uint8Array;
}

export interface OperatorControlEvent {
  readonly kind: "operator";
  readonly source: Position;
  /** undefined for a transition that a rule made; such an event only saves how far alerts.v1 was read. */
  readonly action: OperatorAction | undefined;
  readonly record: Uint8Array;
}

/**
 * The control event of a record of devices.v1 that is known to have won. Credentials are left out: no rule needs them,
 * and the state log must hold no secrets.
 */
export function deviceControlEvent(source: Position, record: Uint8Array): DeviceControlEvent {
  const event = Object.assign(events.device.decode(record), { credentials: [] });
  const { device, incarnation } = foldDevice(undefined, event, 0).state;
  return {
    kind: "device",
    source,
    id: event.id,
    device,
    incarnation,
    record: events.device.encode(event),
  };
}

export function operatorControlEvent(
  source: Position,
  record: Uint8Array,
  event: AlertEvent = events.alert.decode(record),
): OperatorControlEvent {
  return { kind: "operator", source, action: operatorActionOf(event), record };
}

/** What people do that makes a difference to the evaluation. */
const actionKinds = new Map<number, OperatorAction["kind"]>([
  [alertTransition.acknowledged, "acknowledged"],
  [alertTransition.cleared, "cleared"],
  [alertTransition.snoozed, "snoozed"],
]);

/** The operator action of an event; undefined for a transition that a rule made, and for what is only said. */
function operatorActionOf(event: AlertEvent): OperatorAction | undefined {
  if (event.transition !== 0) return undefined;
  const kind = actionKinds.get(event.kind);
  if (kind === undefined) return undefined;
  const { alertId, rule, device, at, by, writeId, seen, snoozedUntil } = event;
  return { kind, alertId, rule, device, at, by, writeId, seen, ...(kind === "snoozed" && { until: snoozedUntil }) };
}
