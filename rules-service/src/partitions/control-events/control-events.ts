import { foldDevice, type Device } from "@headwater/aggregates";
import { alertTransition, events, type AlertEvent } from "@headwater/proto";
import type { Position } from "@headwater/event-log";
import type { OperatorAction, RuleChange } from "../../engine/engine.ts";

/** A record of another topic that changes how a partition is evaluated. */
export type ControlEvent = RuleControlEvent | DeviceControlEvent | OperatorControlEvent;

export interface RuleControlEvent {
  readonly kind: "rule";
  readonly source: Position;
  readonly change: RuleChange;
}

export interface DeviceControlEvent {
  readonly kind: "device";
  readonly source: Position;
  readonly id: string;
  /** undefined: deleted. */
  readonly device: Device | undefined;
  readonly record: Uint8Array;
}

export interface OperatorControlEvent {
  readonly kind: "operator";
  readonly source: Position;
  /** undefined: an event of alerts.v1 that is nobody's doing; kept only to save how far that topic was read. */
  readonly action: OperatorAction | undefined;
  readonly record: Uint8Array;
}

/**
 * What a record of devices.v1 says, taken by itself: for records that are known to have won. Credentials are left out:
 * no rule needs them, and the state log has no need of secrets.
 */
export function deviceControlEvent(source: Position, record: Uint8Array): DeviceControlEvent {
  const event = Object.assign(events.device.decode(record), { credentials: [] });
  return {
    kind: "device",
    source,
    id: event.id,
    device: foldDevice(undefined, event).state.device,
    record: events.device.encode(event),
  };
}

export function operatorControlEvent(source: Position, record: Uint8Array): OperatorControlEvent {
  return { kind: "operator", source, action: operatorActionOf(events.alert.decode(record)), record };
}

/** What people did to an alert; undefined for what rules did. */
function operatorActionOf(event: AlertEvent): OperatorAction | undefined {
  if (event.transition !== 0) return undefined;
  const kind: number = event.kind;
  const action =
    kind === alertTransition.acknowledged ? "acknowledged" : kind === alertTransition.cleared ? "cleared" : undefined;
  if (action === undefined) return undefined;
  const { alertId, rule, device, at, by } = event;
  return { kind: action, alertId, rule, device, at, by };
}
