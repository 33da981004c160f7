import { RequestError } from "@headwater/core/errors";
import {
  deviceContent,
  incarnationFields,
  type AttributeValue,
  type Device,
  type DeviceCredential,
  type DeviceInput,
  type DeviceState,
} from "./device.ts";
import { checkAttributes, checkDeviceId, checkDeviceType, checkTags, deviceLimits, invalid } from "./device-limits.ts";

/** The author, the time and the id of a write. */
export interface DeviceWrite {
  /** µs */
  readonly at: number;
  readonly by: string;
  /** Unique; names this write among concurrent ones of the same revision. */
  readonly writeId: string;
}

export interface DeviceRegistration {
  readonly id: string;
  readonly type?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly credentials?: readonly DeviceCredential[];
}

/** A JSON merge patch (RFC 7396): null removes a tag or an attribute; one that is not named stays. */
export interface DevicePatch {
  readonly type?: string;
  readonly tags?: Readonly<Record<string, string | null>>;
  readonly attributes?: Readonly<Record<string, AttributeValue | null>>;
}

/** Throws RequestError: 400 for an invalid device, 409 `device-exists`. */
export function registerDevice(
  state: DeviceState | undefined,
  registration: DeviceRegistration,
  write: DeviceWrite,
): DeviceInput {
  checkDeviceId(registration.id);
  if (state?.device !== undefined) {
    throw new RequestError(409, "device-exists", `There is a device ${JSON.stringify(registration.id)} already`);
  }
  const { type = "", tags = {}, attributes = {}, credentials = [] } = registration;
  const event = next(state, registration.id, write, { type, tags, attributes, credentials, createdAt: write.at });
  // Version 0.1 did not count when it deleted a device.
  return state === undefined ? event : { ...event, incarnation: Math.max(1, state.incarnation) };
}

/** Throws RequestError: 400, 404. */
export function patchDevice(
  state: DeviceState | undefined,
  id: string,
  patch: DevicePatch,
  write: DeviceWrite,
): DeviceInput {
  const device = present(state, id);
  return next(state, id, write, {
    ...device,
    type: patch.type ?? device.type,
    tags: merged(device.tags, patch.tags),
    attributes: merged(device.attributes, patch.attributes),
  });
}

/** With `eraseData` what it has sent is deleted too, and what its predecessors have sent. Throws RequestError: 404. */
export function deleteDevice(
  state: DeviceState | undefined,
  id: string,
  write: DeviceWrite,
  { eraseData = false }: { readonly eraseData?: boolean } = {},
): DeviceInput {
  present(state, id);
  const incarnation = incarnationFields(state).incarnation + 1;
  // Readers take the append time of this record.
  const ended = { incarnation, incarnationSince: 0, ...(eraseData && { erasedBelow: incarnation, erasedUntil: 0 }) };
  return { ...named(state, id, write), ...ended, deleted: true };
}

/** Throws RequestError: 404, 409 `credential-exists`, `too-many-credentials` or `too-many-passwords`. */
export function addCredential(
  state: DeviceState | undefined,
  id: string,
  credential: DeviceCredential,
  write: DeviceWrite,
): DeviceInput {
  const device = present(state, id);
  if (device.credentials.some((other) => other.id === credential.id)) {
    throw new RequestError(409, "credential-exists", `The device has a credential ${credential.id} already`);
  }
  if (device.credentials.length >= deviceLimits.credentials) {
    throw new RequestError(
      409,
      "too-many-credentials",
      `A device has at most ${deviceLimits.credentials} credentials; remove one first`,
    );
  }
  const { kind, subject } = credential;
  if (subject !== undefined && device.credentials.some((other) => other.subject === subject)) {
    throw new RequestError(409, "credential-exists", "The device has a credential of this certificate already");
  }
  const passwords = device.credentials.filter((other) => other.kind === "password").length;
  if (kind === "password" && passwords >= deviceLimits.passwords) {
    throw new RequestError(
      409,
      "too-many-passwords",
      `A device has at most ${deviceLimits.passwords} passwords; remove one first`,
    );
  }
  return next(state, id, write, { ...device, credentials: [...device.credentials, credential] });
}

/** Throws RequestError: 404 (`device-unknown`, `credential-unknown`). */
export function removeCredential(
  state: DeviceState | undefined,
  id: string,
  credentialId: string,
  write: DeviceWrite,
): DeviceInput {
  const device = present(state, id);
  const credentials = device.credentials.filter((other) => other.id !== credentialId);
  if (credentials.length === device.credentials.length) {
    throw new RequestError(404, "credential-unknown", `The device has no credential ${JSON.stringify(credentialId)}`);
  }
  return next(state, id, write, { ...device, credentials });
}

function next(
  state: DeviceState | undefined,
  id: string,
  write: DeviceWrite,
  content: Pick<Device, "type" | "tags" | "attributes" | "credentials" | "createdAt">,
): DeviceInput {
  checkDeviceType(content.type);
  checkTags(content.tags);
  checkAttributes(content.attributes);
  if (content.credentials.length > deviceLimits.credentials) {
    throw invalid(`A device has at most ${deviceLimits.credentials} credentials`);
  }
  return { ...deviceContent(content), ...named(state, id, write) };
}

function named(state: DeviceState | undefined, id: string, write: DeviceWrite) {
  const { at, by, writeId } = write;
  const revision = (state?.revision ?? 0) + 1;
  return { id, revision, writeId, updatedAt: at, updatedBy: by, ...incarnationFields(state) };
}

function present(state: DeviceState | undefined, id: string): Device {
  if (state?.device === undefined) {
    throw new RequestError(404, "device-unknown", `There is no device ${JSON.stringify(id)}`);
  }
  return state.device;
}

function merged<T>(present: Readonly<Record<string, T>>, patch: Readonly<Record<string, T | null>> = {}) {
  const result = new Map<string, T>(Object.entries(present));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, value);
  }
  return Object.fromEntries(result);
}
