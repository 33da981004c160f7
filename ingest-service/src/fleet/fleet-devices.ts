import { Type } from "@sinclair/typebox";
import type { DatabaseSync } from "node:sqlite";
import { deviceState } from "../devices/device-model.ts";
import type { SeriesOwner } from "../telemetry/device-series.ts";
import { deviceFilterQuery, type GroupFilterText, readFilter, withGroup } from "./device-filter.ts";
import { listDevices } from "./device-list.ts";
import type { LastSeen } from "./last-seen.ts";

/** Devices by name, or those of a filter. */
export const fleetQuery = {
  device: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
      maxItems: 1000,
      verbatim: true,
      description: "These devices, in this order; with a filter those of them that match",
    }),
  ),
  ...deviceFilterQuery,
};

export interface FleetText extends GroupFilterText {
  readonly device?: string[];
}

export interface FleetDevice {
  readonly id: string;
  readonly owner: SeriesOwner;
}

export interface FleetPage {
  readonly limit: number;
  /** The id of the last device of the page before. */
  readonly after?: string | undefined;
}

/** The devices that a request names or filters. */
export class FleetDevices {
  readonly #db: DatabaseSync;
  readonly #lastSeen: LastSeen;

  constructor(db: DatabaseSync, lastSeen: LastSeen) {
    this.#db = db;
    this.#lastSeen = lastSeen;
  }

  /** One more than `limit` shows that there are more. */
  async of(query: FleetText, { limit, after }: FleetPage): Promise<readonly FleetDevice[]> {
    const { device, ...filterText } = query;
    const filter = readFilter(withGroup(this.#db, filterText));
    const isFiltered = Object.values(filterText).some((value) => value !== undefined);
    if (device !== undefined && !isFiltered) return this.#named(device, limit, after);
    const needsSeen = filter.registered !== true || filter.seenAfter !== undefined || filter.seenBefore !== undefined;
    const seen = needsSeen ? await this.#lastSeen.all() : undefined;
    const wanted = device === undefined ? undefined : new Set(device);
    const all = wanted === undefined ? limit : Number.MAX_SAFE_INTEGER;
    const listing = { sort: "id", isBack: false, limit: all, count: false } as const;
    const place = after === undefined || wanted !== undefined ? undefined : { key: after, id: after };
    const { devices } = await listDevices(this.#db, filter, { ...listing, after: place }, seen);
    const ids = devices.map(({ id }) => id);
    const there = new Set(ids);
    return wanted === undefined
      ? ids.map((id) => this.#deviceOf(id))
      : this.#named(device!, limit, after, (id) => there.has(id));
  }

  /** A page goes on behind the last device of the one before, also if that is no longer among those that match. */
  #named(
    ids: readonly string[],
    limit: number,
    after: string | undefined,
    isMeant: (id: string) => boolean = () => true,
  ): readonly FleetDevice[] {
    const distinct = [...new Set(ids)];
    const start = after === undefined ? 0 : distinct.indexOf(after) + 1;
    const meant = distinct.slice(start).filter(isMeant);
    return meant.slice(0, limit + 1).map((id) => this.#deviceOf(id));
  }

  #deviceOf(id: string): FleetDevice {
    const state = deviceState(this.#db, id);
    return { id, owner: { device: id, incarnation: state?.incarnation ?? 0, erasedBelow: state?.erasedBelow ?? 0 } };
  }
}
