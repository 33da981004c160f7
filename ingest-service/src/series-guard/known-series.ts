export interface SeriesName {
  readonly owner: string;
  readonly series: string;
}

/** Between the parts of a name; neither devices nor metrics have it in theirs. */
export const separator = "\u001f";
/** Above so many the series of one device are looked up in a set. */
const maxListed = 16;

/**
 * The series that a partition has: by owner (a device in one of its incarnations) the metrics, with the tags where
 * there are some. Most devices have a few, and there are many devices.
 */
export class KnownSeries {
  readonly #owners = new Map<string, string[] | Set<string>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  countOf(owner: string): number {
    const series = this.#owners.get(owner);
    return series === undefined ? 0 : Array.isArray(series) ? series.length : series.size;
  }

  has(owner: string, series: string): boolean {
    const known = this.#owners.get(owner);
    if (known === undefined) return false;
    return Array.isArray(known) ? known.includes(series) : known.has(series);
  }

  /** Whether it was new. */
  add(owner: string, series: string): boolean {
    const known = this.#owners.get(owner);
    if (known === undefined) this.#owners.set(owner, [series]);
    else if (!Array.isArray(known)) {
      if (known.size === known.add(series).size) return false;
    } else if (known.includes(series)) return false;
    else if (known.length < maxListed) known.push(series);
    else this.#owners.set(owner, new Set(known).add(series));
    this.#size += 1;
    return true;
  }

  /** The series of an owner; of all owners if none is named. */
  *of(owner?: string): Generator<SeriesName> {
    for (const each of owner === undefined ? this.#owners.keys() : [owner]) {
      for (const series of this.#owners.get(each) ?? []) yield { owner: each, series };
    }
  }

  /** Whether it was there. */
  remove(owner: string, series: string): boolean {
    const known = this.#owners.get(owner);
    if (known === undefined || !this.has(owner, series)) return false;
    if (Array.isArray(known)) known.splice(known.indexOf(series), 1);
    else known.delete(series);
    if (this.countOf(owner) === 0) this.#owners.delete(owner);
    this.#size -= 1;
    return true;
  }

  /** The series of an owner are deleted. */
  forget(owner: string): void {
    this.#size -= this.countOf(owner);
    this.#owners.delete(owner);
  }
}

/** Whose series they are: each device that has had the id has its own. */
export function ownerOf(device: string, incarnation: number): string {
  return incarnation === 0 ? device : `${device}${separator}${incarnation}`;
}

export function deviceOf(owner: string): string {
  return owner.split(separator, 1)[0]!;
}

/** The name of a metric's series; text and numbers of a metric are one. `tags`: as `tagsKey` makes it. */
export function seriesOf(metric: string, tags: string): string {
  return tags === "" ? metric : `${metric}${separator}${tags}`;
}

/** The tags of a point beside those that its owner stands for; "" if there are none. */
export function tagsKey(tags: Readonly<Record<string, string>>, names: readonly string[]): string {
  const pairs = names.flatMap((name) => (tags[name] === undefined ? [] : [[name, tags[name]]]));
  return pairs.length === 0 ? "" : JSON.stringify(pairs);
}
