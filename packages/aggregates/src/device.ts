import type { events } from "@headwater/proto";
import { readingValue } from "@headwater/proto/event-types";

type DeviceEvent = ReturnType<typeof events.device.decode>;
/** An event for devices.v1; the producer encodes it with the codec of that topic. */
export type DeviceInput = Parameters<typeof events.device.encode>[0];

export type AttributeValue = number | boolean | string;

export interface DeviceCredential {
  readonly id: string;
  /**
   * "token": `hash` is the SHA-256 of a generated token. "password": `hash` is the PHC string of its scrypt hash.
   * "x509": `subject` says which certificate. Readers pass over kinds that they do not know.
   */
  readonly kind: string;
  readonly hash: Uint8Array;
  /**
   * Of "x509": a distinguished name as `canonicalSubject` writes it, or `sha256:` and the certificate's fingerprint.
   */
  readonly subject?: string;
  /** µs */
  readonly createdAt: number;
  /** µs; 0: never. */
  readonly expiresAt: number;
}

export interface Device {
  readonly id: string;
  readonly revision: number;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly credentials: readonly DeviceCredential[];
  /** µs */
  readonly createdAt: number;
  /** µs */
  readonly updatedAt: number;
}

/** Which of the devices that have had the same id, one after the other. */
export interface Incarnation {
  /** How many were deleted before it. After a deletion: of the next one, to which belongs what is heard meanwhile. */
  readonly incarnation: number;
  /** When the last of them was deleted (the append time of that record, µs): its life begins there. 0: none was. */
  readonly incarnationSince: number;
  /** What incarnations below this one have sent is deleted. */
  readonly erasedBelow: number;
  /** When the last of those was deleted (the append time of that record, µs); 0: none was, or nobody told. */
  readonly erasedUntil: number;
}

export interface DeviceState extends Incarnation {
  readonly revision: number;
  /** undefined: deleted. Its revision goes on when it is registered again. */
  readonly device: Device | undefined;
  /** The id of the write that won this revision, by which a writer recognises its own. */
  readonly writeId: string;
  /** µs; when the winning write was decided. */
  readonly updatedAt: number;
  readonly updatedBy: string;
}

export interface DeviceFold {
  readonly state: DeviceState;
  /** Whether the event's content is now the state. */
  readonly accepted: boolean;
  /**
   * The log's last word on this key is not the state: were nothing appended, compaction would keep the loser alone and
   * later readers would believe it. Append `restateDevice(…)` unless another event of the key is accepted first
   * (docs/adr/0003-restating-compacted-aggregates.md).
   */
  readonly needsRestating: boolean;
}

/**
 * The first event of the next revision wins; later ones of that revision are ignored, by every reader alike. A restated
 * event of the present revision or a later one is the state. A reader without a state takes the first event it sees,
 * and any reader takes a revision further ahead than the next: nobody writes one, so compaction has removed what lay
 * between. `appendTime` is that of the event's record (µs).
 */
export function foldDevice(state: DeviceState | undefined, event: DeviceEvent, appendTime: number): DeviceFold {
  if (state === undefined || event.revision > state.revision) return accept(event, appendTime);
  if (event.restated && event.revision === state.revision) return accept(event, appendTime);
  // The winner landed twice (its append had an unknown outcome and was repeated): the same content is no loser.
  const repeated = event.revision === state.revision && event.writeId === state.writeId && event.writeId !== "";
  return { state, accepted: false, needsRestating: !repeated };
}

/** The state again, as an event that every reader accepts and compaction may keep alone. */
export function restateDevice(id: string, state: DeviceState): DeviceInput {
  const { device, revision, writeId, updatedAt, updatedBy } = state;
  const common = { id, revision, writeId, updatedAt, updatedBy, ...incarnationFields(state), restated: true };
  if (device === undefined) return { ...common, deleted: true };
  return { ...deviceContent(device), ...common };
}

/** The fields of an event that say which device of its id it is about; the next one of a state begins with these. */
export function incarnationFields(state: Incarnation | undefined): Incarnation {
  const { incarnation = 0, incarnationSince = 0, erasedBelow = 0, erasedUntil = 0 } = state ?? {};
  return { incarnation, incarnationSince, erasedBelow, erasedUntil };
}

/** A device's content as an event's fields, without those of the write itself. */
export function deviceContent(device: Pick<Device, "type" | "tags" | "attributes" | "credentials" | "createdAt">) {
  return {
    type: device.type,
    tags: device.tags,
    attributes: Object.fromEntries(Object.entries(device.attributes).map(([name, value]) => [name, asMessage(value)])),
    credentials: device.credentials,
    createdAt: device.createdAt,
  };
}

function asMessage(value: AttributeValue): { number: number } | { boolean: boolean } | { text: string } {
  if (typeof value === "number") return { number: value };
  return typeof value === "boolean" ? { boolean: value } : { text: value };
}

function accept(event: DeviceEvent, appendTime: number): DeviceFold {
  const { revision, writeId, updatedAt, updatedBy } = event;
  const device = event.deleted ? undefined : deviceOf(event);
  const lives = incarnationOf(event, appendTime);
  return {
    state: { revision, device, writeId, updatedAt, updatedBy, ...lives },
    accepted: true,
    needsRestating: false,
  };
}

/** By the event alone: a reader of the compacted topic has not seen those before it. */
function incarnationOf(event: DeviceEvent, appendTime: number): Incarnation {
  const { incarnation, deleted } = event;
  const incarnationSince = event.incarnationSince !== 0 || !deleted ? event.incarnationSince : appendTime;
  const erasedBelow = Math.min(incarnation, event.erasedBelow);
  // The deletion itself does not tell it, nor do writers from before there was the field.
  const isOfLast = erasedBelow > 0 && erasedBelow === incarnation;
  const erasedUntil = event.erasedUntil === 0 && isOfLast ? incarnationSince : event.erasedUntil;
  return { incarnation, incarnationSince, erasedBelow, erasedUntil };
}

function deviceOf(event: DeviceEvent): Device {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, message] of Object.entries(event.attributes)) {
    const value = readingValue(message);
    // A number that is none could not be written by anyone, nor be shown.
    if (value !== undefined && !(typeof value === "number" && !Number.isFinite(value))) attributes[name] = value;
  }
  return {
    id: event.id,
    revision: event.revision,
    type: event.type,
    tags: { ...event.tags },
    attributes,
    credentials: event.credentials.map(({ id, kind, hash, createdAt, expiresAt, subject }) => ({
      id,
      kind,
      // Decoded bytes are a view of the whole batch they came in; a device must not keep that alive.
      hash: new Uint8Array(hash),
      createdAt,
      expiresAt,
      ...(subject !== "" && { subject }),
    })),
    createdAt: event.createdAt,
    updatedAt: event.updatedAt,
  };
}
