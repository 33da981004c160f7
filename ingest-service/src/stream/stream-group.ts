import type { DatabaseSync } from "node:sqlite";
import { RequestError } from "@headwater/core";
import { readFilter, withGroup } from "../fleet/device-filter.ts";
import { type DeviceFilter, isListed } from "../fleet/device-list.ts";
import type { ToldBatch, ToldEvent } from "./told-batch.ts";

/** Of each batch the groups that are asked for, and of each event those that were looked up: once for all listeners. */
const groups = new WeakMap<ToldBatch, Map<string, DeviceFilter>>();
const found = new WeakMap<ToldEvent, Map<DeviceFilter, boolean>>();

/**
 * Whether an event is of a device of the group, as both are now. Throws RequestError (400) if there is no such group,
 * or if it is by when devices were seen: every event would put its own device there.
 */
export function isOfGroup(db: DatabaseSync, batch: ToldBatch, event: ToldEvent, group: string): boolean {
  const filters = kept(groups, batch);
  let filter = filters.get(group);
  if (filter === undefined) filters.set(group, (filter = streamedGroup(db, group)));
  const known = kept(found, event);
  let isOf = known.get(filter);
  if (isOf === undefined) known.set(filter, (isOf = isListed(db, event.device, filter)));
  return isOf;
}

export function streamedGroup(db: DatabaseSync, group: string): DeviceFilter {
  const filter = readFilter(withGroup(db, { group }));
  if (filter.seenAfter === undefined && filter.seenBefore === undefined) return filter;
  const text = `The device group ${JSON.stringify(group)} is by when devices were seen; a stream cannot follow that`;
  throw new RequestError(400, "group-of-seen-devices", text);
}

function kept<K extends object, A, B>(all: WeakMap<K, Map<A, B>>, key: K): Map<A, B> {
  let map = all.get(key);
  if (map === undefined) all.set(key, (map = new Map()));
  return map;
}
