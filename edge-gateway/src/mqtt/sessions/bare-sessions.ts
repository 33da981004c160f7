/**
 * Sessions that outlive their connections and have no subscription. They are sessions all the same (3.1.1, section
 * 3.1.2.4): what their clients have sent at QoS 2 and what waits for them is kept.
 */
export class BareSessions {
  /** When they were heard last (milliseconds since the epoch), longest ago first, by what their names begin with. */
  readonly #byPrefix = new Map<string, Map<string, number>>();
  readonly #expiries = new Map<string, number>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get all(): readonly (readonly [session: string, seenAt: number])[] {
    return [...this.#byPrefix.values()].flatMap((sessions) => [...sessions]);
  }

  has(session: string): boolean {
    return this.seenAt(session) !== undefined;
  }

  seenAt(session: string): number | undefined {
    return this.#byPrefix.get(prefixOf(session))?.get(session);
  }

  /** How long it lives on without a connection (seconds), if its client says so (MQTT 5). */
  expiryOf(session: string): number | undefined {
    return this.#expiries.get(session);
  }

  expiresAfter(session: string, expiry: number | undefined): void {
    if (expiry === undefined || !this.has(session)) this.#expiries.delete(session);
    else this.#expiries.set(session, expiry);
  }

  of(prefix: string): readonly string[] {
    return [...(this.#byPrefix.get(prefix)?.keys() ?? [])];
  }

  seen(session: string, at: number): void {
    this.#take(session);
    const prefix = prefixOf(session);
    const sessions = this.#byPrefix.get(prefix);
    if (sessions === undefined) this.#byPrefix.set(prefix, new Map([[session, at]]));
    else sessions.set(session, at);
    this.#size += 1;
  }

  delete(session: string): void {
    this.#take(session);
    this.#expiries.delete(session);
  }

  #take(session: string): void {
    const prefix = prefixOf(session);
    const sessions = this.#byPrefix.get(prefix);
    if (sessions?.delete(session) !== true) return;
    this.#size -= 1;
    if (sessions.size === 0) this.#byPrefix.delete(prefix);
  }
}

function prefixOf(session: string): string {
  return session.slice(0, session.indexOf("/") + 1);
}
