import { RequestError } from "@headwater/core/errors";
import type { events } from "@headwater/proto";
import { checkDeviceType, checkTags, invalid } from "../device-limits.ts";

type AccessEvent = ReturnType<typeof events.access.decode>;
/** An event for access.v1; the producer encodes it with the codec of that topic. */
export type AccessInput = Parameters<typeof events.access.encode>[0];

const provisioningKeyKind = "provisioning-key";
/** The only scope of a provisioning key. */
export const registerScope = "devices:register";

/** A secret with which new devices register themselves, and the type and tags that they get. */
export interface ProvisioningKey {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the key. */
  readonly hash: Uint8Array;
  readonly scopes: readonly string[];
  /** Ids that it may give, with `*` for any characters; "": every id. */
  readonly devices: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  /** µs */
  readonly createdAt: number;
  /** µs; 0: never. */
  readonly expiresAt: number;
  readonly createdBy: string;
}

const provisioningKeyLimits = { name: 128, devices: 128 } as const;

/** The event that creates a key. Throws RequestError (400) for an invalid one. */
export function createProvisioningKey(key: Omit<ProvisioningKey, "scopes">, writeId: string): AccessInput {
  const { devices, type, tags, name } = key;
  if (name === "" || name.length > provisioningKeyLimits.name || !name.isWellFormed() || /\p{Cc}/u.test(name)) {
    throw invalid(`A provisioning key needs a name of at most ${provisioningKeyLimits.name} characters`);
  }
  if (devices.length > provisioningKeyLimits.devices || /[/+#\p{Cc}]/u.test(devices) || !devices.isWellFormed()) {
    throw invalid("The pattern of device ids takes what an id may be, and * for any characters, like line4-*");
  }
  checkDeviceType(type);
  checkTags(tags);
  const { id, hash, createdAt, expiresAt, createdBy } = key;
  return {
    id,
    revision: 1,
    kind: provisioningKeyKind,
    name,
    hash,
    scopes: [registerScope],
    createdAt,
    expiresAt,
    createdBy,
    writeId,
    provisioning: { devices, type, tags },
  };
}

/** Throws RequestError: 404 `provisioning-key-unknown`. */
export function deleteProvisioningKey(
  state: { readonly revision: number; readonly key: ProvisioningKey | undefined } | undefined,
  id: string,
  writeId: string,
  by = "",
): AccessInput {
  if (state?.key === undefined) {
    throw new RequestError(
      404,
      "provisioning-key-unknown",
      `There is no provisioning key ${JSON.stringify(id.slice(0, 100))}`,
    );
  }
  return { id, revision: state.revision + 1, kind: provisioningKeyKind, deleted: true, createdBy: by, writeId };
}

/** undefined: the event is of no key, or of its end. */
export function keyOf(event: AccessEvent): ProvisioningKey | undefined {
  if (event.deleted || event.kind !== provisioningKeyKind) return undefined;
  const { id, name, scopes, createdAt, expiresAt, createdBy, provisioning } = event;
  return {
    id,
    name,
    hash: new Uint8Array(event.hash),
    scopes: [...scopes],
    devices: provisioning?.devices ?? "",
    type: provisioning?.type ?? "",
    tags: { ...provisioning?.tags },
    createdAt,
    expiresAt,
    createdBy,
  };
}
