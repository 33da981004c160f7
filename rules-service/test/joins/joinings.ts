import type { Device } from "@headwater/aggregates";
import type { MaintenanceDefinition } from "../../src/definition/maintenance.ts";
import type { CheckpointState, OperatorAction, RuleChange, StateBytes } from "../../src/engine/engine.ts";
import type { PastControlEvent } from "../../src/partitions/control-events/control-event-history.ts";
import type { ControlEvent } from "../../src/partitions/control-events/control-events.ts";

/** A control event that takes effect. */
export type Joining =
  | { readonly kind: "rule"; readonly change: RuleChange }
  | { readonly kind: "device"; readonly id: string; readonly device: Device | undefined; readonly incarnation: number }
  | { readonly kind: "maintenance"; readonly id: string; readonly definition: MaintenanceDefinition | undefined }
  | { readonly kind: "hand"; readonly action: OperatorAction };

/** A record of the state log. */
export type StateRecord =
  | { readonly kind: "effective"; readonly fromOffset: number; readonly warmFrom: number; readonly joining: Joining }
  | { readonly kind: "state"; readonly epoch: number; readonly state: StateBytes }
  | { readonly kind: "checkpoint"; readonly epoch: number; readonly offset: number; readonly state: CheckpointState };

/** As an owner finds it in the state log, with the offset of its record in the topic that it comes from left out. */
export function pastOf({
  joining,
  fromOffset,
  warmFrom,
}: StateRecord & { readonly kind: "effective" }): PastControlEvent {
  const source = { topic: "", partition: 0, offset: 0 };
  const common = { source, record: new Uint8Array(0) };
  const event: ControlEvent =
    joining.kind === "hand" ? { ...common, kind: "operator", action: joining.action } : { ...common, ...joining };
  return { event, fromOffset, warmFrom, key: "" };
}

export function joiningOf(event: ControlEvent): Joining {
  return event.kind === "operator" ? { kind: "hand", action: event.action! } : event;
}
