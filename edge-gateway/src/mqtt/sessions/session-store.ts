import { BareSessions } from "./bare-sessions.ts";
import { decodeEntry, encodeEntry, fromDisk, bareSubscription, toDisk, type Subscription } from "./session-entry.ts";
import { JournalFile, JournalWriter, type JournalFileOptions, type Logger } from "@headwater/core";

export interface SessionStoreOptions extends JournalFileOptions {
  /** More sessions are not kept: those that were heard longest ago make room. */
  readonly maxSessions: number;
  readonly logger: Logger;
  readonly now?: () => number;
}

interface Stored {
  readonly byFilter: Map<string, Subscription>;
  /** Milliseconds since the epoch. */
  seenAt: number;
  /** Seconds that it lives on without a connection, if its client said so (MQTT 5). */
  readonly expiry: number | undefined;
}

/** A session is noted to be alive no more often than this (milliseconds). */
const seenEveryMs = 60 * 60 * 1000;

/**
 * The sessions that outlive their connections, with their subscriptions on disk: what a SUBACK or UNSUBACK has said is
 * true after any crash, so that a device which is told that its session is present need not subscribe again. All of it
 * is in memory too; the file is read at the start alone. A session without a subscription is in memory alone.
 */
export class SessionStore {
  readonly #options: SessionStoreOptions;
  readonly #now: () => number;
  /** Heard longest ago first, roughly. */
  readonly #sessions = new Map<string, Stored>();
  readonly #bare = new BareSessions();
  readonly #writer: JournalWriter;

  private constructor(options: SessionStoreOptions, journal: JournalFile) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#writer = new JournalWriter({
      journal,
      liveEntries: () => this.#liveEntries(),
      logger: options.logger,
      onFailure: "subscriptions cannot be stored; they stay unacknowledged",
    });
  }

  /** Throws ResourceError if the file cannot be read or written. */
  static async open(options: SessionStoreOptions): Promise<SessionStore> {
    const { journal, content } = await JournalFile.open(options);
    const store = new SessionStore(options, journal);
    const skipped = content.damaged + store.#replay(content.entries);
    if (skipped > 0) options.logger.warn({ file: options.file, lines: skipped }, "unreadable lines among the sessions");
    await journal.replace(store.#liveEntries());
    return store;
  }

  get size(): number {
    return this.#sessions.size;
  }

  has(session: string): boolean {
    return this.#sessions.has(session);
  }

  /** The session goes on, or begins; answers whether it was there. */
  begin(session: string): boolean {
    const isThere = this.has(session) || this.#bare.has(session);
    if (!this.has(session)) this.#bare.seen(session, this.#now());
    return isThere;
  }

  /** Sessions without a subscription that begin so. */
  bareOf(prefix: string): readonly string[] {
    return this.#bare.of(prefix);
  }

  get all(): { readonly session: string; readonly subscriptions: readonly Subscription[] }[] {
    return [...this.#sessions].map(([session, { byFilter }]) => ({ session, subscriptions: [...byFilter.values()] }));
  }

  /** Resolves when it is durable; at once if it is nothing new. */
  async add(session: string, subscriptions: readonly Subscription[], expiry?: number): Promise<void> {
    const stored = this.#sessions.get(session);
    if (stored?.expiry === expiry && subscriptions.every((one) => isSame(stored?.byFilter.get(one.topic), one))) {
      this.seen(session);
      // The entry that says so may still be on its way to the disk.
      await this.#writer.flush();
      return;
    }
    const byFilter = stored?.byFilter ?? new Map<string, Subscription>();
    for (const one of subscriptions) byFilter.set(one.topic, bareSubscription(one));
    await this.#put(session, byFilter, expiry);
  }

  /** How long the session lives on without a connection (seconds), if its client says so. */
  async expiresAfter(session: string, expiry: number | undefined): Promise<void> {
    const stored = this.#sessions.get(session);
    this.#bare.expiresAfter(session, expiry);
    if (stored !== undefined && stored.expiry !== expiry) await this.#put(session, stored.byFilter, expiry);
  }

  /** Whether the session, which is not connected, has lived on for as long as its client said. */
  isOver(session: string): boolean {
    const { seenAt, expiry } = this.#sessions.get(session) ?? {
      seenAt: this.#bare.seenAt(session),
      expiry: this.#bare.expiryOf(session),
    };
    return seenAt !== undefined && expiry !== undefined && seenAt + expiry * 1000 <= this.#now();
  }

  /** Whether a connection that asks for it goes on with the session. */
  goesOn(session: string, isConnected: boolean): boolean {
    const stored = this.#sessions.get(session);
    if (stored === undefined && !this.#bare.has(session)) return false;
    // One that was to end with its connection ends when another takes it over.
    const expiry = stored === undefined ? this.#bare.expiryOf(session) : stored.expiry;
    return expiry !== 0 && (isConnected || !this.isOver(session));
  }

  async remove(session: string, filters: readonly string[]): Promise<void> {
    const stored = this.#sessions.get(session);
    if (stored === undefined || !filters.some((filter) => stored.byFilter.has(filter))) return;
    const { byFilter } = stored;
    for (const filter of filters) byFilter.delete(filter);
    if (byFilter.size > 0) {
      await this.#put(session, byFilter, stored.expiry);
      return;
    }
    const ended = this.end(session);
    this.#bare.seen(session, this.#now());
    await ended;
  }

  /** Nothing is left of the session. */
  async end(session: string): Promise<void> {
    this.#bare.delete(session);
    if (!this.#sessions.delete(session)) return;
    this.#writer.add(encodeEntry({ t: "end", s: session }));
    await this.#writer.flush();
  }

  /** Its client is or was connected. */
  seen(session: string, isConnected = false): void {
    const stored = this.#sessions.get(session);
    const now = this.#now();
    if (this.#bare.has(session)) this.#bare.seen(session, now);
    // One that may live for seconds alone is known by the second, and for as long as it is connected.
    const isExact = stored?.expiry !== undefined;
    if (stored === undefined || (!isExact && Math.abs(now - stored.seenAt) < seenEveryMs)) return;
    stored.seenAt = now;
    this.#sessions.delete(session);
    this.#sessions.set(session, stored);
    this.#writer.add(encodeEntry({ t: "seen", s: session, at: now, c: isExact && isConnected ? 1 : undefined }));
    this.#writer.flush().catch(() => {
      // The gateway stops; only the time of the last sign of life is lost.
    });
  }

  /** When a session was last heard of (milliseconds since the epoch); undefined if there is none. */
  get lastSeen(): number | undefined {
    const times = [...this.#bare.all.map(([, seenAt]) => seenAt), ...[...this.#sessions.values()].map((s) => s.seenAt)];
    return times.length === 0 ? undefined : times.reduce((latest, time) => Math.max(latest, time));
  }

  /**
   * Sessions that are not connected and were not heard since that time, or for as long as they were to live on, if that
   * is less than `expiryMs`; and those too many. By `isConnected`.
   */
  outdated(since: number, isConnected: (session: string) => boolean, expiryMs = 0): string[] {
    const outdated: string[] = [];
    let tooMany = this.#sessions.size + this.#bare.size - this.#options.maxSessions;
    const all: (readonly [string, number, number | undefined])[] = [];
    for (const [session, seenAt] of this.#bare.all) all.push([session, seenAt, this.#bare.expiryOf(session)]);
    for (const [session, { seenAt, expiry }] of this.#sessions) all.push([session, seenAt, expiry]);
    for (const [session, seenAt, expiry] of all) {
      const sooner = expiry === undefined ? 0 : Math.max(0, expiryMs - expiry * 1000);
      if (seenAt >= since + sooner && tooMany <= 0) continue;
      if (isConnected(session)) continue;
      outdated.push(session);
      tooMany -= 1;
    }
    return outdated;
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  async #put(session: string, byFilter: Map<string, Subscription>, expiry: number | undefined): Promise<void> {
    const at = this.#now();
    this.#bare.delete(session);
    this.#sessions.delete(session);
    this.#sessions.set(session, { byFilter, seenAt: at, expiry });
    this.#writer.add(encodeEntry({ t: "session", s: session, f: toDisk(byFilter), at, x: expiry }));
    await this.#writer.flush();
  }

  *#liveEntries(): Iterable<string> {
    for (const [s, { byFilter, seenAt, expiry }] of this.#sessions) {
      yield encodeEntry({ t: "session", s, f: toDisk(byFilter), at: seenAt, x: expiry });
    }
  }

  /** Answers how many lines are no entries. */
  #replay(lines: readonly string[]): number {
    let skipped = 0;
    for (const line of lines) {
      const entry = decodeEntry(line);
      if (entry === undefined) {
        skipped += 1;
        continue;
      }
      const stored = this.#sessions.get(entry.s);
      this.#sessions.delete(entry.s);
      if (entry.t === "session") {
        this.#sessions.set(entry.s, { byFilter: fromDisk(entry.f), seenAt: entry.at, expiry: entry.x });
      } else if (entry.t === "seen" && stored !== undefined) {
        // One that was connected when the gateway ended was so until now, as far as anybody knows.
        this.#sessions.set(entry.s, { ...stored, seenAt: entry.c === 1 ? this.#now() : entry.at });
      }
    }
    return skipped;
  }
}

function isSame(known: Subscription | undefined, other: Subscription): boolean {
  return (
    known !== undefined &&
    known.qos === other.qos &&
    known.nl === other.nl &&
    known.rap === other.rap &&
    known.rh === other.rh &&
    known.subscriptionIdentifier === other.subscriptionIdentifier
  );
}
