import { createHash } from "node:crypto";

const smallest = 32;
const largest = 4096;

/**
 * A connection that begins so much later than its session was last heard did not break off while a message was on its
 * way (milliseconds).
 */
const sameTroubleMs = 60_000;
/**
 * What became durable is acknowledged at once, but its sender may not have heard of it for so long: its link is slow,
 * or breaks (milliseconds).
 */
const underWayMs = 10_000;

/** A session, as its messages name it in the journal: the first 64 bits of the SHA-256 of its name. */
export interface SessionKey {
  readonly low: number;
  readonly high: number;
}

export function sessionKey(session: string): SessionKey {
  const digest = createHash("sha256").update(session).digest();
  return { low: digest.readInt32LE(0), high: digest.readInt32LE(4) };
}

/**
 * The QoS 1 messages that a session sent last: packet identifier and a hash of what they said. What a device sends
 * again with DUP is what was unacknowledged when its connection broke, so only the newest message of a packet
 * identifier counts (a device that gave it to another one has seen its acknowledgement), and of earlier connections
 * only what can still have been under way when the last one broke. There is room for what came in the last
 * `underWayMs` (up to `largest`), if the session outlives its connection.
 */
export class RecentPublishes implements SessionKey {
  readonly low: number;
  readonly high: number;
  /** Whether the session outlives its connection: only then anything of it is kept for the next one. */
  lasting = false;
  #ids: Uint16Array | undefined;
  #hashes: Uint32Array | undefined;
  #count = 0;
  /** Messages before this count are forgotten. */
  #floor = 0;
  /** When the first message of this half of the room came (milliseconds since the epoch). */
  #halfBeganAt = 0;
  /**
   * Where the present connection began, when, and when the session was heard last before (milliseconds since the
   * epoch).
   */
  #boundary = 0;
  #beganAt = 0;
  #heardBefore = 0;
  /** When messages of the session became durable last (milliseconds since the epoch). */
  heardAt = 0;

  constructor({ low, high }: SessionKey) {
    this.low = low;
    this.high = high;
  }

  /** A connection of the session begins. */
  begin(at: number, lasting: boolean): void {
    // A session that ends with its connection leaves nothing to the next one, and takes nothing from an earlier one.
    if (!lasting || !this.lasting) this.#floor = this.#count;
    else if (this.#beganAt - this.#heardBefore > sameTroubleMs) this.#floor = this.#boundary;
    this.lasting = lasting;
    this.#heardBefore = Math.max(this.heardAt, this.#beganAt);
    this.#beganAt = at;
    this.#boundary = this.#count;
  }

  /** @param now asked now and then (milliseconds since the epoch) */
  add(packetId: number, hash: number, now: () => number = Date.now): void {
    this.#ids ??= new Uint16Array(smallest);
    this.#hashes ??= new Uint32Array(smallest);
    if (this.lasting && (this.#count & (this.#ids.length / 2 - 1)) === 0) this.#beginHalf(now());
    const ids = this.#ids;
    const hashes = this.#hashes;
    const at = this.#count & (ids.length - 1);
    ids[at] = packetId;
    hashes[at] = hash;
    this.#count += 1;
  }

  /**
   * Those whose places are taken next came before the last half: if that was filled in a short time, they may be under
   * way still.
   */
  #beginHalf(now: number): void {
    const { length } = this.#ids!;
    const isTaken = this.#count - this.#floor + length / 2 > length;
    if (isTaken && now - this.#halfBeganAt < underWayMs) this.growTo(length * 2);
    this.#halfBeganAt = now;
  }

  has(packetId: number, hash: number): boolean {
    const ids = this.#ids;
    if (ids === undefined) return false;
    const oldest = Math.max(this.#floor, this.#count - ids.length);
    for (let i = this.#count - 1; i >= oldest; i -= 1) {
      const at = i & (ids.length - 1);
      if (ids[at] === packetId) return this.#hashes![at] === hash;
    }
    return false;
  }

  /**
   * Whether the last `count` messages and one more had packet identifiers that only rose (round 65,535). A sender that
   * takes a free identifier again, and has at most `count` messages under way, does not do that.
   */
  rises(count: number): boolean {
    const ids = this.#ids;
    if (ids === undefined || this.#count - this.#floor <= count || ids.length <= count) return false;
    const mask = ids.length - 1;
    for (let i = this.#count - count; i < this.#count; i += 1) {
      const step = (ids[i & mask]! - ids[(i - 1) & mask]! + 65_535) % 65_535;
      if (step === 0 || step > 32_767) return false;
    }
    return true;
  }

  /** Makes room so that the next one takes no other's place, as far as there may be room. */
  grow(): void {
    const length = this.#ids?.length ?? smallest;
    if (this.#count - this.#floor >= length) this.growTo(length * 2);
  }

  /** Remembers at least so many (up to `largest`). */
  growTo(count: number): void {
    let length = this.#ids?.length ?? smallest;
    if (count <= length || length === largest) return;
    while (length < count && length < largest) length *= 2;
    const ids = new Uint16Array(length);
    const hashes = new Uint32Array(length);
    const before = this.#ids?.length ?? 0;
    for (let i = Math.max(0, this.#count - before); i < this.#count; i += 1) {
      ids[i & (length - 1)] = this.#ids![i & (before - 1)]!;
      hashes[i & (length - 1)] = this.#hashes![i & (before - 1)]!;
    }
    this.#ids = ids;
    this.#hashes = hashes;
  }
}

/**
 * Tells a QoS 1 message that is sent again (DUP) from a new one, across reconnects: the sessions heard last are kept.
 * What escapes it (a re-send without DUP, or of a session that ended with its connection) is a new event.
 */
export class RecentSessions {
  readonly #sessions = new Map<string, RecentPublishes>();
  readonly #max: number;

  constructor(maxSessions = 20_000) {
    this.#max = maxSessions;
  }

  of(key: SessionKey): RecentPublishes {
    const name = `${key.high} ${key.low}`;
    const known = this.#sessions.get(name);
    if (known !== undefined) {
      // Last in the order of the map: the first ones are forgotten.
      this.#sessions.delete(name);
      this.#sessions.set(name, known);
      return known;
    }
    if (this.#sessions.size >= this.#max) {
      for (const oldest of this.#sessions.keys()) {
        this.#sessions.delete(oldest);
        break;
      }
    }
    const recent = new RecentPublishes(key);
    this.#sessions.set(name, recent);
    return recent;
  }
}
