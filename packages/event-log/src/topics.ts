import type { TopicSpec } from "./event-log.ts";

const day = 24 * 60 * 60 * 1000;
const hour = 60 * 60 * 1000;

/** Largest record that any log takes: Kafka's own default is a little more. */
export const DEFAULT_RECORD_BYTES = 1_000_000;

/** Topic names without the configurable prefix; a new major version of an event is a new topic. */
export const topics = {
  telemetry: "telemetry.v1",
  devices: "devices.v1",
  presence: "presence.v1",
  rules: "rules.v1",
  alerts: "alerts.v1",
  actions: "actions.v1",
  commands: "commands.v1",
  ruleState: "rule-state.v1",
  quarantine: "quarantine.v1",
  access: "access.v1",
  rebuilds: "rebuilds.v1",
} as const;

export type TopicRole = keyof typeof topics;
export type TopicNames = Readonly<Record<TopicRole, string>>;

/** Names of all topics under a prefix ("" or e.g. "acme."). */
export function topicNames(prefix = ""): TopicNames {
  const names = Object.entries(topics).map(([role, name]) => [role, prefix + name]);
  return Object.fromEntries(names) as TopicNames;
}

/**
 * A consumer group of the platform with these topics: its name begins with their prefix, as platforms that share a
 * Kafka may share no group. The former group is what it was called before groups had the prefix.
 */
export function groupUnder(
  { telemetry }: TopicNames,
  name: string,
): { readonly group: string; readonly formerGroup?: string } {
  const prefix = telemetry.slice(0, -topics.telemetry.length);
  return name.startsWith(prefix) ? { group: name } : { group: prefix + name, formerGroup: name };
}

/**
 * Every topic keyed by device, and rule-state, has `partitions` partitions, so that a device has one partition
 * number throughout and its owner reads all of it. Rules, access and rebuilds are small and read whole: one partition
 * keeps their events in one order.
 */
export function topicSpecs(partitions: number, prefix = "", maxRecordBytes?: number): readonly TopicSpec[] {
  const name = topicNames(prefix);
  // Where a message of a device is a record: as an event, as it came, or as the reply to a command.
  const large = maxRecordBytes === undefined || maxRecordBytes <= DEFAULT_RECORD_BYTES ? {} : { maxRecordBytes };
  return [
    { name: name.telemetry, partitions, cleanup: "delete", retentionMs: 7 * day, ...large },
    { name: name.devices, partitions, cleanup: "compact", minCompactionLagMs: hour },
    { name: name.presence, partitions, cleanup: "delete", retentionMs: 30 * day },
    { name: name.rules, partitions: 1, cleanup: "delete" },
    { name: name.alerts, partitions, cleanup: "delete", retentionMs: 365 * day },
    { name: name.actions, partitions, cleanup: "delete", retentionMs: 30 * day },
    { name: name.commands, partitions, cleanup: "delete", retentionMs: 30 * day, ...large },
    { name: name.ruleState, partitions, cleanup: "compact", minCompactionLagMs: 10 * 60 * 1000 },
    { name: name.quarantine, partitions, cleanup: "delete", retentionMs: 30 * day, ...large },
    { name: name.access, partitions: 1, cleanup: "compact", minCompactionLagMs: hour },
    { name: name.rebuilds, partitions: 1, cleanup: "delete" },
  ];
}
