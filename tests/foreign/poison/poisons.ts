import { partitionFor, type OutgoingRecord, type TopicRole } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { partitions } from "./poisonable.ts";

/** A device of which nobody asks anything: what is written of it harms nothing but the reader. */
const stranger = "stranger";
const far = Number.MAX_SAFE_INTEGER;

/** A record of each topic as it could be. */
export const validRecords: Readonly<Record<TopicRole, (more?: object) => Uint8Array>> = {
  telemetry: (more) =>
    events.telemetry.encode({
      ...{ gateway: "foreign", epoch: 7, n: 1, receivedAt: 1_780_000_000_000_000, eventTime: 1_780_000_000_000_000 },
      ...{ device: stranger, readings: [{ metric: "temperature", number: 99 }], ...more },
    }),
  devices: (more) => events.device.encode({ id: stranger, revision: 1, type: "x", writeId: "w", ...more }),
  presence: (more) => events.presence.encode({ device: stranger, session: "s", connected: {}, ...more }),
  rules: (more) =>
    events.rule.encode({
      ...{ rule: stranger, sequence: 1, writeId: "w", created: { revision: 1, schema: 1, definition: "{}" }, ...more },
    }),
  alerts: (more) =>
    events.alert.encode({ alertId: "a-1", device: stranger, rule: "r", transition: 1, kind: 1, at: 5, ...more }),
  actions: (more) => events.action.encode({ actionId: "x", device: stranger, requested: { url: "u" }, ...more }),
  commands: (more) =>
    events.command.encode({ commandId: "c-1", device: stranger, requested: { name: "n", ttlMs: 1000 }, ...more }),
  ruleState: (more) => events.ruleState.encode({ ownerEpoch: 0, checkpoint: { offset: 1, complete: true }, ...more }),
  quarantine: (more) => events.quarantine.encode({ id: "q-1", device: stranger, reason: "r", ...more }),
  access: (more) => events.access.encode({ id: stranger, revision: 1, kind: "provisioning-key", ...more }),
  rebuilds: (more) => events.rebuild.encode({ id: "r-1", failed: { reason: "r" }, ...more }),
};
export const roles = Object.keys(validRecords) as TopicRole[];

/** Topics of which one partition has all that counts. */
const single: ReadonlySet<TopicRole> = new Set(["rules", "access", "rebuilds"]);
export const homeOf = (role: TopicRole): number => (single.has(role) ? 0 : partitionFor(stranger, partitions));
const later = Buffer.from([0xba, 0x3e, 5, ...Buffer.from("later")]);

/** The kinds of event of which a topic has several, as a later version would have another. */
const withoutKind: Partial<Record<TopicRole, object>> = {
  telemetry: { gateway: "", n: 0, readings: [] },
  rules: { created: null },
  alerts: { kind: 99 },
  actions: { requested: null },
  commands: { requested: null },
  presence: { connected: null },
  ruleState: { checkpoint: null },
  rebuilds: { failed: null },
};

/** Events that can be read and that nobody writes. */
const nonsense: Readonly<Record<TopicRole, readonly object[]>> = {
  telemetry: [
    { eventTime: -far, receivedAt: -far },
    { eventTime: far, readings: [{ metric: "temperature", number: 99, timeDelta: far }] },
    { n: 0 },
    { n: far },
    { gateway: "" },
    { device: "" },
    { device: "x".repeat(300_000) },
    { readings: [{ metric: "temperature", number: Number.NaN }, { metric: "temperature" }, { metric: "", number: 1 }] },
    { readings: [], mark: { received: far, dropped: far } },
    { readings: [], gap: { fromN: 9, toN: 2 } },
    { n: 2, readings: Array.from({ length: 10_000 }, (_, n) => ({ metric: `metric-${n}`, number: Number.NaN })) },
  ],
  devices: [
    { id: "" },
    { revision: 0 },
    { revision: 2 ** 32 - 1 },
    { attributes: { a: { number: Number.NaN }, b: {} }, createdAt: -far, updatedAt: far },
    { credentials: [{ id: "", kind: "later", expiresAt: -far }] },
  ],
  presence: [{ device: "", at: -far }],
  rules: [
    { rule: "" },
    { sequence: 2 ** 32 - 1 },
    { created: { revision: 2 ** 32 - 1, definition: "{}" } },
    { created: { revision: 1, schema: 99, definition: "no json" }, at: -far },
    { sequence: 2, created: null, enabled: {}, at: far },
  ],
  alerts: [
    { alertId: "" },
    { alertId: "a-2", value: Number.NaN, threshold: Infinity },
    { alertId: "a-3", at: -far, raisedAt: far, transition: 2 ** 32 - 1 },
    { alertId: "a-4", evidence: [{ partition: 99, offset: far, n: far, eventTime: -far, value: Number.NaN }] },
    { alertId: "a-1", transition: 0, kind: 5, by: "nobody", device: stranger },
  ],
  actions: [{ actionId: "" }],
  commands: [
    { commandId: "" },
    { commandId: "a/#" },
    { commandId: "c-2", requested: { name: "n", ttlMs: far, params: "no json" } },
    { commandId: "c-3", requested: { name: "n", cause: { eventTime: -far } }, at: -far },
    { commandId: "c-4", requested: { name: "n", cause: { eventTime: 1 } } },
  ],
  ruleState: [
    { ownerEpoch: far },
    { checkpoint: null, claim: { instance: "nobody" } },
    { checkpoint: { offset: far, clock: far, complete: true, seen: [{ gateway: "", epoch: 0, n: far }] } },
    { checkpoint: null, effective: { topic: "rules.v1", position: far, fromOffset: far } },
    { checkpoint: null, effective: { topic: "nothing", partition: 99, record: Buffer.from([0xff]) } },
    { checkpoint: null, state: { rule: "r", device: "d", covers: far, version: 99, state: Buffer.from([0xff]) } },
  ],
  quarantine: [{ id: "" }, { id: "q-2", at: far, logOffset: far }, { id: "q-3", at: -far }],
  access: [{ id: "" }, { revision: 2 ** 32 - 1 }, { id: stranger, expiresAt: -far, provisioning: { devices: "**" } }],
  rebuilds: [
    { id: "" },
    { failed: null, requested: { from: 2, to: 1, partitions: 4 } },
    { failed: null, requested: { from: 1, to: 2, partitions: 2 ** 32 - 1 } },
    { id: "r-2", failed: null, requested: { from: -far, to: far, partitions: 9 } },
    { id: "r-2", partition: 2 ** 32 - 1, failed: null, replaced: { position: far, values: far } },
    { id: "r-3", failed: null, shadowed: { position: far, checksum: "?" } },
  ],
};

/** What is in a topic that no reader can use; by role, what to append to it. */
export const poisons: Readonly<Record<string, (role: TopicRole, key: string) => readonly OutgoingRecord[]>> = {
  garbage: (role, key) => [at(role, key, Buffer.from([0xff, 0xfe, ...Buffer.from("_garbage")]))],
  "no value": (role, key) => [at(role, key, null)],
  "an empty value": (role, key) => [at(role, key, Buffer.alloc(0))],
  "a truncated event": (role, key) => [at(role, key, validRecords[role]().subarray(0, -3))],
  "an event under another key": (role) => [at(role, "somebody", validRecords[role]())],
  "an event without a key": (role) => [at(role, null, validRecords[role]())],
  "an event in another partition": (role) => {
    const partition = single.has(role) ? 0 : (homeOf(role) + 1) % partitions;
    return [{ ...at(role, stranger, validRecords[role]()), partition }];
  },
  "an event of a later version": (role) => [
    at(role, stranger, Buffer.concat([validRecords[role](withoutKind[role]), later])),
    at(role, stranger, Buffer.concat([validRecords[role](), later])),
  ],
  "a megabyte": (role, key) => [at(role, key, Buffer.alloc(950_000, 0x5f))],
  nonsense: (role) => nonsense[role].map((more) => at(role, keyOf(role, more), validRecords[role](more))),
};

function at(role: TopicRole, key: string | null, value: Uint8Array | null): OutgoingRecord {
  return { key, value, partition: homeOf(role) };
}

/** As its writer would have it, so that nothing else is wrong with the record. */
function keyOf(role: TopicRole, more: { readonly device?: string; readonly id?: string }): string {
  const id = role === "devices" || role === "access" ? more.id : more.device;
  return id === undefined || id.length > 1000 ? stranger : id;
}
