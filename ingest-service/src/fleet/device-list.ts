import { sharedTurn } from "@headwater/core";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { statementsOf } from "@headwater/event-log/read-model";
import { nameKey } from "../devices/name-key.ts";
import {
  compareByName,
  type DeviceSort,
  FirstDevices,
  isByName,
  type OrderedRange,
  type Place,
} from "./device-order.ts";
import { SeenTimes } from "./last-seen.ts";

export interface DeviceFilter {
  readonly type?: string | undefined;
  /** All of them, as of the attributes. */
  readonly tags: readonly Fact[];
  readonly attributes: readonly Fact[];
  /** Somewhere in the id, the type, a tag or an attribute, in upper or lower case. */
  readonly text?: string | undefined;
  readonly connected?: boolean | undefined;
  /** µs, inclusive. */
  readonly seenAfter?: number | undefined;
  /** µs, exclusive; also devices that were never seen. */
  readonly seenBefore?: number | undefined;
  readonly registered: boolean | "any";
}

export type Fact = readonly [name: string, value: string];

export interface DeviceListing extends OrderedRange {
  /** Whether all that match are to be counted. */
  readonly count: boolean;
}

/** A device as lists find it. */
export interface FoundDevice extends Place {
  readonly incarnation: number;
  readonly registered: boolean;
  readonly connected: boolean;
  /** µs; undefined: never. */
  readonly lastSeen: number | undefined;
  /** µs; when it was connected, or disconnected, last. */
  readonly presenceSince: number | undefined;
}

export interface FoundDevices {
  /** One more than `limit` shows that there are more. */
  readonly devices: readonly FoundDevice[];
  readonly total: number | undefined;
}

/** Looked at between two turns of the event loop. */
const DEVICES_A_SLICE = 1_000;
/** To see that an id is of no interest takes so much of what a question about it takes. */
const costOfLook = 0.05;

/** Devices of a read model that match, in slices, so that a large fleet holds nobody up. */
export async function listDevices(
  db: DatabaseSync,
  filter: DeviceFilter,
  listing: DeviceListing,
  seen: SeenTimes = new SeenTimes(),
): Promise<FoundDevices> {
  const { sort, isBack, limit, after, count } = listing;
  const best = new FirstDevices<FoundDevice>(listing);
  const now = Date.now() * 1000;
  let total = 0;
  const take = (slice: readonly DeviceRow[]): void => {
    for (const row of slice) {
      const device = foundDevice(row, sort, seen, now);
      if (!matches(device, filter)) continue;
      total += 1;
      best.add(device);
    }
  };
  // In the order of ids, and of names, a page can be full before all are looked at.
  const endsEarly = isByName(sort) && !isBack && !count;
  const from = endsEarly ? after : undefined;
  if (filter.registered !== false) {
    for (const slice of registeredSlices(db, filter, sort === "name" ? "name_key" : "id", from)) {
      take(slice);
      if (endsEarly && best.size > limit) break;
      await sharedTurn();
    }
  }
  if (filter.registered !== true && !hasFacts(filter)) {
    // What stands behind the last of a full page is not on it.
    const upTo = endsEarly && best.size > limit ? best.take().at(-1) : undefined;
    for (const slice of heardSlices(db, filter, seen, { sort, from, upTo })) {
      take(slice);
      await sharedTurn();
    }
  }
  return { devices: best.take(), total: count ? total : undefined };
}

interface DeviceRow {
  readonly id: string;
  readonly incarnation: number;
  readonly type: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly connected: number | null;
  readonly since: number | null;
  readonly isHeard?: boolean;
}

function foundDevice(row: DeviceRow, sort: DeviceSort, seen: SeenTimes, now: number): FoundDevice {
  const presenceSince = row.since ?? undefined;
  const lastSeen = lastSeenOf(seen.of(row.id, row.incarnation), presenceSince, now);
  const keys: Readonly<Record<DeviceSort, string | number>> = {
    id: row.id,
    name: sort === "name" ? nameKey(row.id) : "",
    type: row.type,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    // Never is before every time.
    lastSeen: lastSeen ?? Number.MIN_SAFE_INTEGER,
  };
  return {
    id: row.id,
    incarnation: row.incarnation,
    key: keys[sort],
    registered: row.isHeard !== true,
    connected: row.connected === 1,
    lastSeen,
    presenceSince,
  };
}

/** A device is seen when it sends, comes and goes; one whose clock is ahead was not seen in the future. */
export function lastSeenOf(sent: number | undefined, presence: number | undefined, now: number): number | undefined {
  const times = [sent, presence].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(now, Math.max(...times));
}

function matches({ connected, lastSeen }: FoundDevice, filter: DeviceFilter): boolean {
  if (filter.connected !== undefined && connected !== filter.connected) return false;
  if (filter.seenAfter !== undefined && (lastSeen === undefined || lastSeen < filter.seenAfter)) return false;
  return filter.seenBefore === undefined || lastSeen === undefined || lastSeen < filter.seenBefore;
}

/** In the order of a column that is `id` or has an index, from behind a place. */
function* registeredSlices(
  db: DatabaseSync,
  filter: DeviceFilter,
  column: "id" | "name_key",
  after: Place | undefined,
): Generator<readonly DeviceRow[]> {
  const { conditions, values } = conditionsOf(filter);
  const behind = `(devices.${column}, devices.id) > (?, ?)`;
  const order = `ORDER BY devices.${column}, devices.id`;
  const bound = statementsOf(db).of(
    `SELECT ${column} AS key, id FROM devices WHERE ${behind} ${order} LIMIT 1 OFFSET ${DEVICES_A_SLICE - 1}`,
  );
  const columns = "devices.id, incarnation, type, created_at, updated_at, connected, since";
  const from = "devices LEFT JOIN presence ON presence.device = devices.id";
  const slice = (conditionsOfPlace: readonly string[]): StatementSync =>
    statementsOf(db).of(
      `SELECT ${columns} FROM ${from} WHERE ${[...conditionsOfPlace, ...conditions].join(" AND ")} ${order}`,
    );
  for (let place = [String(after?.key ?? ""), after?.id ?? ""]; ;) {
    const last = bound.get(...place);
    if (last === undefined) {
      yield slice([behind]).all(...place, ...values) as unknown as DeviceRow[];
      return;
    }
    const end = [String(last["key"]), String(last["id"])];
    const upTo = `(devices.${column}, devices.id) <= (?, ?)`;
    yield slice([behind, upTo]).all(...place, ...end, ...values) as unknown as DeviceRow[];
    place = end;
  }
}

/** What a registered device has to be, in SQL. */
function conditionsOf(filter: DeviceFilter): { readonly conditions: readonly string[]; readonly values: string[] } {
  const conditions = ["present"];
  const values: string[] = [];
  if (filter.type !== undefined) {
    conditions.push("type = ?");
    values.push(filter.type);
  }
  for (const fact of filter.tags) {
    conditions.push("EXISTS (SELECT 1 FROM device_tags t WHERE t.name = ? AND t.value = ? AND t.id = devices.id)");
    values.push(...fact);
  }
  for (const fact of filter.attributes) {
    conditions.push(
      "EXISTS (SELECT 1 FROM device_attributes a WHERE a.id = devices.id AND a.name = ? AND a.value = ?)",
    );
    values.push(...fact);
  }
  if (filter.text !== undefined) {
    conditions.push("instr(search, ?) > 0");
    values.push(filter.text.toLowerCase());
  }
  return { conditions, values };
}

/** Whether a list by a filter has this device now. The filter is not by when devices were seen. */
export function isListed(db: DatabaseSync, id: string, filter: DeviceFilter): boolean {
  const known = statementsOf(db)
    .of(
      "SELECT present, connected FROM (SELECT ? AS id) LEFT JOIN devices USING (id) LEFT JOIN presence ON device = id",
    )
    .get(id);
  if (filter.connected !== undefined && (known?.["connected"] === 1) !== filter.connected) return false;
  if (known?.["present"] !== 1) {
    if (filter.registered === true || hasFacts(filter)) return false;
    return filter.text === undefined || id.toLowerCase().includes(filter.text.toLowerCase());
  }
  if (filter.registered === false) return false;
  const { conditions, values } = conditionsOf(filter);
  const one = statementsOf(db).of(`SELECT 1 FROM devices WHERE devices.id = ? AND ${conditions.join(" AND ")}`);
  return one.get(id, ...values) !== undefined;
}

function hasFacts({ type, tags, attributes }: DeviceFilter): boolean {
  return type !== undefined || tags.length > 0 || attributes.length > 0;
}

interface Stretch {
  readonly sort: DeviceSort;
  /** Exclusive; undefined: from the first. */
  readonly from: Place | undefined;
  /** Inclusive; undefined: to the last. */
  readonly upTo: Place | undefined;
}

/** What has sent under an id of a stretch of the list that no device has, or no longer. */
function* heardSlices(
  db: DatabaseSync,
  filter: DeviceFilter,
  seen: SeenTimes,
  { sort, from, upTo }: Stretch,
): Generator<readonly DeviceRow[]> {
  const statement = statementsOf(db).of("SELECT present, incarnation FROM devices WHERE id = ?");
  const presence = statementsOf(db).of("SELECT connected, since FROM presence WHERE device = ?");
  const text = filter.text?.toLowerCase();
  let slice: DeviceRow[] = [];
  let cost = 0;
  for (const [id, incarnations] of seen.devices) {
    if (cost >= DEVICES_A_SLICE) {
      yield slice;
      slice = [];
      cost = 0;
    }
    cost += costOfLook;
    const place = { key: sort === "name" ? nameKey(id) : id, id };
    if (from !== undefined && compareByName(place, from) <= 0) continue;
    if (upTo !== undefined && compareByName(place, upTo) > 0) continue;
    cost += 1;
    if (text !== undefined && !id.toLowerCase().includes(text)) continue;
    const known = statement.get(id);
    const incarnation = Number(known?.["incarnation"] ?? 0);
    // What there is under the id may have been sent by a device that is deleted.
    if (known?.["present"] === 1 || !incarnations.includes(incarnation)) continue;
    const there = presence.get(id);
    const connected = (there?.["connected"] ?? null) as number | null;
    const since = (there?.["since"] ?? null) as number | null;
    slice.push({ id, incarnation, type: "", created_at: 0, updated_at: 0, connected, since, isHeard: true });
  }
  yield slice;
}
