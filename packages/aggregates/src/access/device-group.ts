import { RequestError } from "@headwater/core/errors";
import type { events } from "@headwater/proto";
import type { AccessInput } from "./provisioning-key.ts";

type AccessEvent = ReturnType<typeof events.access.decode>;

const deviceGroupKind = "device-group";
const prefix = "group/";

/** A saved filter of devices: who belongs to it is decided whenever it is asked for. */
export interface DeviceGroup {
  readonly id: string;
  readonly revision: number;
  /** JSON. */
  readonly filter: string;
  /** µs */
  readonly updatedAt: number;
  readonly updatedBy: string;
}

interface Grouped {
  readonly revision: number;
  readonly group?: DeviceGroup | undefined;
}

/** What a group is called in access.v1. */
export function deviceGroupName(id: string): string {
  return prefix + id;
}

/** The event that makes a group, or gives it another filter; undefined: it has that filter. */
export function saveDeviceGroup(
  state: Grouped | undefined,
  { id, filter, updatedAt, updatedBy }: Omit<DeviceGroup, "revision">,
  writeId: string,
): AccessInput | undefined {
  if (state?.group?.filter === filter) return undefined;
  return {
    ...{ id: deviceGroupName(id), revision: (state?.revision ?? 0) + 1, kind: deviceGroupKind, name: id },
    ...{ deviceFilter: filter, createdAt: updatedAt, createdBy: updatedBy, writeId },
  };
}

/** Throws RequestError: 404 `group-unknown`. */
export function deleteDeviceGroup(
  state: Grouped | undefined,
  { id, updatedAt, updatedBy }: Omit<DeviceGroup, "revision" | "filter">,
  writeId: string,
): AccessInput {
  const { revision } = presentDeviceGroup(state, id);
  return {
    ...{ id: deviceGroupName(id), revision: revision + 1, kind: deviceGroupKind, name: id, deleted: true },
    ...{ createdAt: updatedAt, createdBy: updatedBy, writeId },
  };
}

/** Throws RequestError: 404 `group-unknown`. */
export function presentDeviceGroup(state: Grouped | undefined, id: string): DeviceGroup {
  if (state?.group !== undefined) return state.group;
  throw new RequestError(404, "group-unknown", `There is no device group ${JSON.stringify(id.slice(0, 100))}`);
}

/** undefined: the event is of no group, or of its end. */
export function deviceGroupOf(event: AccessEvent): DeviceGroup | undefined {
  if (event.deleted || event.kind !== deviceGroupKind) return undefined;
  const { name: id, revision, deviceFilter: filter, createdAt: updatedAt, createdBy: updatedBy } = event;
  return { id, revision, filter, updatedAt, updatedBy };
}
