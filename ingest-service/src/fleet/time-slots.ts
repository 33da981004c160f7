/** So many tables: each is small, so that one that grows is copied in a moment. */
const TABLES = 256;
const LEAST = 16;

interface Table {
  /** NaN where there is none. */
  times: Float64Array;
  slots: Int32Array;
  size: number;
}

/**
 * A number, its slot, for each of very many times, in the order in which they came. A Map of millions of them would be
 * copied as a whole, in one turn, whenever it grows, and have the collector look at each.
 */
export class TimeSlots {
  readonly #tables = Array.from({ length: TABLES }, (): Table => tableOf(LEAST));
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** -1 if the time is new. */
  of(time: number): number {
    const hash = hashOf(time);
    const table = this.#tables[hash % TABLES]!;
    return table.slots[placeIn(table, time, hash)]!;
  }

  /** The next slot, for a time that has none. */
  add(time: number): number {
    const hash = hashOf(time);
    const table = this.#tables[hash % TABLES]!;
    if (2 * ++table.size > table.times.length) grow(table);
    put(table, time, this.#size);
    return this.#size++;
  }

  /** In no particular order. */
  *times(): Generator<number> {
    for (const { times } of this.#tables) for (const time of times) if (!Number.isNaN(time)) yield time;
  }
}

function tableOf(length: number): Table {
  return { times: new Float64Array(length).fill(Number.NaN), slots: new Int32Array(length).fill(-1), size: 0 };
}

function grow(table: Table): void {
  const { times, slots } = table;
  Object.assign(table, { ...tableOf(times.length * 2), size: table.size });
  for (const [i, time] of times.entries()) if (!Number.isNaN(time)) put(table, time, slots[i]!);
}

function put(table: Table, time: number, slot: number): void {
  const place = placeIn(table, time, hashOf(time));
  table.times[place] = time;
  table.slots[place] = slot;
}

/** Where the time is, or the free place where it would be. */
function placeIn({ times }: Table, time: number, hash: number): number {
  const mask = times.length - 1;
  let place = (hash >>> 8) & mask;
  while (times[place] !== time && !Number.isNaN(times[place]!)) place = (place + 1) & mask;
  return place;
}

/** 32 bits that differ for times in an even pace. */
function hashOf(time: number): number {
  const low = time | 0;
  const mixed = Math.imul(low ^ (low >>> 15) ^ Math.floor(time / 2 ** 32), 0x2c1b3c6d);
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 0;
}
