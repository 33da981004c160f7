import { sharedTurn } from "@headwater/core";
import { isTextField } from "../field-names.ts";
import { FirstValues } from "./first-values.ts";
import type { TagValuePage } from "../time-series-store.ts";
import type { SeriesDefinition } from "./protocol.ts";

/** Id, measurement, tags as JSON, field. */
type KnownRow = readonly [number, string, string, string];

type Tags = Readonly<Record<string, string>>;

const GROUPS_A_SLICE = 5_000;

/** All fields under one measurement and one set of tags. */
export interface SeriesGroup {
  readonly measurement: string;
  readonly tags: Tags;
  readonly fields: Map<string, KnownSeries>;
}

export interface KnownSeries {
  readonly id: number;
  readonly group: SeriesGroup;
  readonly field: string;
  readonly isText: boolean;
  /** The worker has its definition on disk. */
  confirmed: boolean;
}

/**
 * Numbers for series, dense from 1. Finding one again costs two map look-ups as long as the caller shares its tags
 * object.
 */
export class SeriesRegistry {
  readonly #byMeasurement = new Map<string, Map<string, SeriesGroup>>();
  readonly #byTagsObject = new WeakMap<Tags, SeriesGroup>();
  #count = 0;
  #nextId = 1;

  /** With the series that the worker knows, as it tells them; read in slices. */
  static async of(texts: readonly string[]): Promise<SeriesRegistry> {
    const registry = new SeriesRegistry();
    for (const text of texts) {
      registry.#learn(JSON.parse(text) as KnownRow[]);
      await sharedTurn();
    }
    return registry;
  }

  #learn(rows: readonly KnownRow[]): void {
    let group: SeriesGroup | undefined;
    let [ofMeasurement, ofTags]: (string | undefined)[] = [];
    for (const [id, measurement, tags, field] of rows) {
      // Those of one device mostly follow each other.
      if (group === undefined || tags !== ofTags || measurement !== ofMeasurement) {
        group =
          this.#byMeasurement.get(measurement)?.get(tags) ?? this.#groupOf(measurement, JSON.parse(tags) as Tags, tags);
        [ofMeasurement, ofTags] = [measurement, tags];
      }
      group.fields.set(field, { id, group, field, isText: isTextField(field), confirmed: true });
      this.#nextId = Math.max(this.#nextId, id + 1);
      this.#count++;
    }
  }

  get size(): number {
    return this.#count;
  }

  /** Undefined unless the group was met before under this very object; then its names need no checking either. */
  groupMet(measurement: string, tags: Tags): SeriesGroup | undefined {
    const group = this.#byTagsObject.get(tags);
    return group?.measurement === measurement ? group : undefined;
  }

  group(measurement: string, tags: Tags): SeriesGroup {
    const own = sorted(tags);
    const group = this.#groupOf(measurement, own, JSON.stringify(own));
    this.#byTagsObject.set(tags, group);
    return group;
  }

  add(group: SeriesGroup, field: string): KnownSeries {
    const series = { id: this.#nextId++, group, field, isText: isTextField(field), confirmed: false };
    group.fields.set(field, series);
    this.#count++;
    return series;
  }

  find(measurement: string, tags: Tags, field: string): KnownSeries | undefined {
    return this.#exactly(measurement, tags)?.fields.get(field);
  }

  withExactly(measurement: string, tags: Tags): KnownSeries[] {
    return [...(this.#exactly(measurement, tags)?.fields.values() ?? [])];
  }

  fieldsOf(measurement: string, tags: Tags): Iterable<KnownSeries> {
    return this.#exactly(measurement, tags)?.fields.values() ?? [];
  }

  groups(measurement: string): readonly SeriesGroup[] {
    return [...(this.#byMeasurement.get(measurement)?.values() ?? [])];
  }

  containing(measurement: string, tags: Tags): KnownSeries[] {
    const wanted = Object.entries(tags);
    const found: KnownSeries[] = [];
    for (const group of this.#byMeasurement.get(measurement)?.values() ?? []) {
      if (wanted.every(([name, value]) => Object.hasOwn(group.tags, name) && group.tags[name] === value)) {
        for (const series of group.fields.values()) found.push(series);
      }
    }
    return found;
  }

  /** The next `limit` values of a tag, in the order of their bytes; in slices, since there may be many. */
  async tagValues(measurement: string, tag: string, after: string | undefined, limit: number): Promise<TagValuePage> {
    const first = new FirstValues(after, limit);
    let looked = 0;
    for (const { tags } of this.#byMeasurement.get(measurement)?.values() ?? []) {
      if (Object.hasOwn(tags, tag)) first.add(tags[tag]!);
      looked += 1;
      if (looked % GROUPS_A_SLICE === 0) await sharedTurn();
    }
    return first.take();
  }

  #exactly(measurement: string, tags: Tags): SeriesGroup | undefined {
    return this.#byMeasurement.get(measurement)?.get(JSON.stringify(sorted(tags)));
  }

  #groupOf(measurement: string, tags: Tags, key: string): SeriesGroup {
    let groups = this.#byMeasurement.get(measurement);
    if (groups === undefined) this.#byMeasurement.set(measurement, (groups = new Map<string, SeriesGroup>()));
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { measurement, tags, fields: new Map() }));
    return group;
  }
}

export function definitionOf({ id, group, field }: KnownSeries): SeriesDefinition {
  return { id, measurement: group.measurement, tags: JSON.stringify(group.tags), field };
}

function sorted(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
