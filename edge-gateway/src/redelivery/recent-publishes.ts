const smallest = 32;
const largest = 4096;

/** The QoS 1 messages that a session sent last: packet identifier and a hash of what they said. */
class Ring {
  #ids = new Uint16Array(smallest);
  #hashes = new Uint32Array(smallest);
  #next = 0;

  add(packetId: number, hash: number): void {
    this.#ids[this.#next] = packetId;
    this.#hashes[this.#next] = hash;
    this.#next = (this.#next + 1) & (this.#ids.length - 1);
  }

  has(packetId: number, hash: number): boolean {
    const ids = this.#ids;
    for (let i = 0; i < ids.length; i += 1) if (ids[i] === packetId && this.#hashes[i] === hash) return true;
    return false;
  }

  /** Remembers at least so many (a power of two at most `largest`). */
  growTo(count: number): void {
    let length = this.#ids.length;
    while (length < count && length < largest) length *= 2;
    if (length === this.#ids.length) return;
    const ids = new Uint16Array(length);
    const hashes = new Uint32Array(length);
    ids.set(this.#ids);
    hashes.set(this.#hashes);
    this.#next = this.#ids.length;
    this.#ids = ids;
    this.#hashes = hashes;
  }
}
export type { Ring as RecentPublishes };

/**
 * Tells a QoS 1 message that is sent again (DUP) from a new one, across reconnects, in memory: the sessions heard last are kept. What escapes it
 * (a re-send after the gateway restarted, or without DUP) is a new event.
 */
export class RecentSessions {
  readonly #sessions = new Map<string, Ring>();
  readonly #max: number;

  constructor(maxSessions = 20_000) {
    this.#max = maxSessions;
  }

  of(session: string): Ring {
    const known = this.#sessions.get(session);
    if (known !== undefined) {
      // Last in the order of the map: the first ones are forgotten.
      this.#sessions.delete(session);
      this.#sessions.set(session, known);
      return known;
    }
    if (this.#sessions.size >= this.#max) {
      for (const oldest of this.#sessions.keys()) {
        this.#sessions.delete(oldest);
        break;
      }
    }
    const ring = new Ring();
    this.#sessions.set(session, ring);
    return ring;
  }
}
