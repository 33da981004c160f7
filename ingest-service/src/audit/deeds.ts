import {
  alertTransition,
  type AccessEvent,
  type AlertEvent,
  type CommandEvent,
  type events,
  type QuarantineEvent,
  type RebuildEvent,
  type RuleEvent,
} from "@headwater/proto";

type DeviceEvent = ReturnType<typeof events.device.decode>;

/** What can be done something to. */
export const deedKinds = [
  "device",
  "command",
  "rule",
  "maintenance",
  "alert",
  "quarantine",
  "rebuild",
  "token",
  "session",
  "provisioning-key",
  "device-group",
  "board",
] as const;
export type DeedKind = (typeof deedKinds)[number];

/** What somebody did, as an event tells it. */
export interface Deed {
  readonly by: string;
  readonly action: string;
  readonly kind: DeedKind;
  /** The id or the name of what it was done to. */
  readonly subject: string;
  /** In which words, to which value: for people. */
  readonly detail: string;
  /** Tells it from a repetition of its event. */
  readonly once: string;
  /** Its number in the life of the subject: what comes with one that was there came second, and changed nothing. */
  readonly revision?: number;
}

/** What of a device a change may have been about. */
export interface DeviceFacts {
  readonly type: string;
  readonly tags: string;
  readonly attributes: string;
  readonly credentials: string;
}

export function deviceFacts({ type, tags, attributes, credentials }: DeviceEvent): DeviceFacts {
  const ids = credentials.map(({ id, expiresAt }) => `${id} ${expiresAt}`).toSorted();
  return { type, tags: sorted(tags), attributes: sorted(attributes), credentials: JSON.stringify(ids) };
}

export function deviceDeed(event: DeviceEvent, before: DeviceFacts | undefined): Deed | undefined {
  const { id: subject, revision, deleted, restated, updatedBy: by, createdAt, updatedAt } = event;
  if (restated) return undefined;
  const facts = deviceFacts(event);
  const changed = (Object.keys(facts) as (keyof DeviceFacts)[]).filter((name) => facts[name] !== before?.[name]);
  const action = deleted ? "deleted" : createdAt === updatedAt ? "registered" : "changed";
  const detail = action === "changed" && before !== undefined ? changed.join(", ") : "";
  return { by, action, kind: "device", subject, detail, once: `device/${subject}/${revision}`, revision };
}

export function accessDeed(event: AccessEvent): Deed | undefined {
  const { id, kind, name, revision, deleted, createdBy: by, scopes } = event;
  const once = `access/${id}/${revision}`;
  if (kind === "device-group" || kind === "board") {
    const action = deleted ? "deleted" : revision === 1 ? "created" : "changed";
    return { by, action, kind, subject: name, detail: deleted ? "" : event.deviceFilter, once, revision };
  }
  if (kind !== "token" && kind !== "session" && kind !== "provisioning-key") return undefined;
  const subject = kind === "token" ? name : id.replace(/^session\//, "");
  if (kind === "session") {
    return { by, action: deleted ? "signed-out" : "signed-in", kind, subject, detail: "", once, revision };
  }
  const detail = deleted ? "" : kind === "token" ? scopes.join(", ") : name;
  return { by, action: deleted ? "revoked" : "created", kind, subject, detail, once, revision };
}

const ruleActions = ["created", "revised", "enabled", "disabled", "shadowed", "deleted"] as const;
const maintenancePrefix = "maintenance/";

export function ruleDeed(event: RuleEvent): Deed | undefined {
  const { rule, sequence: revision, by, maintenance, maintenanceEnded } = event;
  const once = `rule/${rule}/${revision}`;
  if (maintenance !== null || maintenanceEnded !== null) {
    const subject = rule.startsWith(maintenancePrefix) ? rule.slice(maintenancePrefix.length) : rule;
    const action = maintenanceEnded !== null ? "ended" : maintenance!.revision === 1 ? "created" : "changed";
    return { by, action, kind: "maintenance", subject, detail: "", once, revision };
  }
  const action = ruleActions.find((each) => event[each] !== null);
  if (action === undefined) return undefined;
  const number = (event.created ?? event.revised)?.revision;
  const detail = number === undefined ? "" : `revision ${number}`;
  return { by, action, kind: "rule", subject: rule, detail, once, revision };
}

const alertActions: Readonly<Record<number, string>> = {
  [alertTransition.acknowledged]: "acknowledged",
  [alertTransition.cleared]: "cleared",
  [alertTransition.assigned]: "assigned",
  [alertTransition.commented]: "commented",
  [alertTransition.snoozed]: "snoozed",
};

/** undefined: it is of the engine. */
export function alertDeed(event: AlertEvent): Deed | undefined {
  const { alertId: subject, writeId, kind, by, rule, device, comment, assignee, snoozedUntil } = event;
  const known = alertActions[kind];
  if (by === "" || known === undefined || writeId === "") return undefined;
  const action = known === "snoozed" && snoozedUntil === 0 ? "unsnoozed" : known;
  const about = [`${rule} on ${device}`, known === "assigned" && `to ${assignee || "nobody"}`, comment];
  const detail = about.filter((part) => typeof part === "string" && part !== "").join("; ");
  return { by, action, kind: "alert", subject, detail, once: `alert/${subject}/${writeId}` };
}

/** undefined: it is a rule's, or a later step. */
export function commandDeed({ commandId, device, requested }: CommandEvent): Deed | undefined {
  if (requested === null || requested.cause !== null) return undefined;
  const detail = `${requested.name} to ${device}`;
  const once = `command/${commandId}`;
  return { by: requested.requestedBy, action: "requested", kind: "command", subject: commandId, detail, once };
}

export function quarantineDeed({ id, fixed, requested, attempt, device }: QuarantineEvent): Deed | undefined {
  const by = (fixed ?? requested)?.by ?? "";
  if (by === "") return undefined;
  const action = fixed === null ? "redriven" : "fixed";
  const once = `quarantine/${id}/${attempt}/${action}`;
  return { by, action, kind: "quarantine", subject: id, detail: device, once };
}

export function rebuildDeed({ id, requested, failed }: RebuildEvent): Deed | undefined {
  if (requested !== null) {
    const { by } = requested;
    return { by, action: "requested", kind: "rebuild", subject: id, detail: "", once: `rebuild/${id}/requested` };
  }
  if (failed === null || failed.by === "") return undefined;
  return { by: failed.by, action: "cancelled", kind: "rebuild", subject: id, detail: "", once: `rebuild/${id}/failed` };
}

function sorted(record: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
