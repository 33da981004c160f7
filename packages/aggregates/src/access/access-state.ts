import type { events } from "@headwater/proto";
import { type Board, boardOf } from "./board.ts";
import { deviceGroupOf, type DeviceGroup } from "./device-group.ts";
import { grantOf, type Grant } from "./grant.ts";
import { keyOf, type ProvisioningKey } from "./provisioning-key.ts";

type AccessEvent = ReturnType<typeof events.access.decode>;

export interface AccessState {
  readonly revision: number;
  readonly writeId: string;
  /** undefined: deleted, or another kind of access. */
  readonly key: ProvisioningKey | undefined;
  /** undefined: deleted, or another kind of access. */
  readonly grant?: Grant | undefined;
  /** undefined: deleted, or another kind of access. */
  readonly group?: DeviceGroup | undefined;
  /** undefined: deleted, or another kind of access. */
  readonly board?: Board | undefined;
}

/**
 * The first event of the next revision wins, as with devices. What is known by a random id is only ever made and
 * deleted; a token is known by its name, and one that is made again under it goes on from the revision of its end.
 */
export function foldAccess(
  state: AccessState | undefined,
  event: AccessEvent,
): { state: AccessState; accepted: boolean } {
  if (
    state !== undefined &&
    event.revision <= state.revision &&
    !(event.restated && event.revision === state.revision)
  ) {
    return { state, accepted: false };
  }
  const { revision, writeId } = event;
  const kinds = { key: keyOf(event), grant: grantOf(event), group: deviceGroupOf(event), board: boardOf(event) };
  return { state: { revision, writeId, ...kinds }, accepted: true };
}
