import {
  alertTransition,
  type AccessEvent,
  type ActionEvent,
  type AlertEvent,
  type CommandEvent,
  type events,
  type PresenceEvent,
  type QuarantineEvent,
  type RebuildEvent,
  type RuleEvent,
} from "@headwater/proto";
import { skipReasons, type SkipReason } from "./skipped-records.ts";

export type DeviceEvent = ReturnType<typeof events.device.decode>;

/** Why an event counts for nothing. */
export interface Fault {
  readonly reason: SkipReason;
  readonly detail: string;
}

/** A writer counts on from a revision, so a last one that it can count on from has to be left. */
const maxRevision = 2 ** 31;
const maxIdLength = 1024;
/** A command's id is one level of an MQTT topic. */
const forbiddenInCommandId = /[/+#\p{Cc}]/u;

const commandKinds = [
  "requested",
  "claimed",
  "delivered",
  "succeeded",
  "failed",
  "rejected",
  "expired",
  "timedOut",
] as const satisfies readonly (keyof CommandEvent)[];
const ruleKinds = [
  "created",
  "revised",
  "enabled",
  "disabled",
  "deleted",
  "shadowed",
  "maintenance",
  "maintenanceEnded",
] as const satisfies readonly (keyof RuleEvent)[];
const actionKinds = ["requested", "attempted", "succeeded", "gaveUp"] as const satisfies readonly (keyof ActionEvent)[];
const rebuildKinds = [
  "requested",
  "shadowed",
  "replacing",
  "replaced",
  "failed",
] as const satisfies readonly (keyof RebuildEvent)[];
/** More than any topic has; a table has a row for each. */
const maxPartitions = 100_000;
const alertKinds: ReadonlySet<number> = new Set(
  Object.values(alertTransition).filter((kind) => kind !== alertTransition.unspecified),
);

export function deviceFault({ id, revision, incarnation }: DeviceEvent): Fault | undefined {
  const fault = idFault("device", id) ?? revisionFault(revision);
  if (fault !== undefined || incarnation < revision) return fault;
  return implausible(`${revision} revisions cannot have ended ${incarnation} devices`);
}

export function accessFault({ id, revision }: AccessEvent): Fault | undefined {
  return idFault("key", id) ?? revisionFault(revision);
}

export function commandFault(event: CommandEvent): Fault | undefined {
  const fault = idFault("command", event.commandId) ?? idFault("device", event.device);
  if (fault !== undefined) return fault;
  if (!commandKinds.some((kind) => event[kind] !== null)) return unknownKind();
  return forbiddenInCommandId.test(event.commandId)
    ? implausible("the command's id can be no level of an MQTT topic")
    : undefined;
}

export function presenceFault({
  device,
  session,
  connected,
  disconnected,
  lastWill,
}: PresenceEvent): Fault | undefined {
  const fault = idFault("device", device) ?? idFault("session", session);
  return fault ?? ((connected ?? disconnected ?? lastWill) === null ? unknownKind() : undefined);
}

export function ruleFault(event: RuleEvent): Fault | undefined {
  const fault = idFault("rule", event.rule);
  if (fault !== undefined) return fault;
  if (!ruleKinds.some((kind) => event[kind] !== null)) return unknownKind();
  const revised = event.created ?? event.revised ?? event.maintenance;
  return revised === null ? undefined : revisionFault(revised.revision);
}

export function alertFault({ alertId, device, kind, value, threshold }: AlertEvent): Fault | undefined {
  const fault = idFault("alert", alertId) ?? idFault("device", device);
  if (fault !== undefined) return fault;
  if (!alertKinds.has(kind)) return unknownKind();
  return Number.isFinite(value) && Number.isFinite(threshold)
    ? undefined
    : implausible("its value or its threshold is no finite number");
}

export function actionFault(event: ActionEvent): Fault | undefined {
  // Of a partition as a whole, and of no action.
  if (event.begun !== null) return undefined;
  const fault = idFault("action", event.actionId) ?? idFault("alert", event.alertId) ?? idFault("device", event.device);
  if (fault !== undefined) return fault;
  return actionKinds.some((kind) => event[kind] !== null) ? undefined : unknownKind();
}

export function quarantineFault({ id }: QuarantineEvent): Fault | undefined {
  return idFault("entry", id);
}

export function rebuildFault(event: RebuildEvent): Fault | undefined {
  const fault = idFault("rebuild", event.id);
  if (fault !== undefined) return fault;
  if (!rebuildKinds.some((kind) => event[kind] !== null)) return unknownKind();
  const { requested } = event;
  if (requested === null) return undefined;
  if (requested.partitions === 0 || requested.partitions > maxPartitions) return implausible("it is of no partitions");
  return requested.from < requested.to ? undefined : implausible("its range ends before it begins");
}

function idFault(what: string, id: string): Fault | undefined {
  if (id === "") return implausible(`it names no ${what}`);
  if (id.length > maxIdLength) return implausible(`the id of its ${what} is longer than ${maxIdLength} characters`);
  return undefined;
}

function revisionFault(revision: number): Fault | undefined {
  return revision > 0 && revision < maxRevision ? undefined : implausible(`nobody writes revision ${revision}`);
}

function implausible(detail: string): Fault {
  return { reason: skipReasons.implausible, detail };
}

function unknownKind(): Fault {
  return { reason: skipReasons.unknownKind, detail: "it is of a kind that this version does not know" };
}
