import { BareSessions } from "./bare-sessions.ts";
import { JournalFile, JournalWriter, type JournalFileOptions, type Logger } from "@headwater/core";

export interface SessionStoreOptions extends JournalFileOptions {
  /** More sessions are not kept: those that were heard longest ago make room. */
  readonly maxSessions: number;
  readonly logger: Logger;
  readonly now?: () => number;
}

export interface Subscription {
  readonly topic: string;
  readonly qos: number;
}

interface Stored {
  readonly qosOf: Map<string, number>;
  /** Milliseconds since the epoch. */
  seenAt: number;
}

type Entry =
  | {
      readonly t: "session";
      readonly s: string;
      readonly f: readonly (readonly [string, number])[];
      readonly at: number;
    }
  | { readonly t: "seen"; readonly s: string; readonly at: number }
  | { readonly t: "end"; readonly s: string };

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
    return [...this.#sessions].map(([session, { qosOf }]) => ({
      session,
      subscriptions: [...qosOf].map(([topic, qos]) => ({ topic, qos })),
    }));
  }

  /** Resolves when it is durable; at once if it is nothing new. */
  async add(session: string, subscriptions: readonly Subscription[]): Promise<void> {
    const stored = this.#sessions.get(session);
    if (subscriptions.every(({ topic, qos }) => stored?.qosOf.get(topic) === qos)) {
      this.seen(session);
      // The entry that says so may still be on its way to the disk.
      await this.#writer.flush();
      return;
    }
    const qosOf = stored?.qosOf ?? new Map<string, number>();
    for (const { topic, qos } of subscriptions) qosOf.set(topic, qos);
    await this.#put(session, qosOf);
  }

  async remove(session: string, filters: readonly string[]): Promise<void> {
    const qosOf = this.#sessions.get(session)?.qosOf;
    if (qosOf === undefined || !filters.some((filter) => qosOf.has(filter))) return;
    for (const filter of filters) qosOf.delete(filter);
    if (qosOf.size > 0) {
      await this.#put(session, qosOf);
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
  seen(session: string): void {
    const stored = this.#sessions.get(session);
    const now = this.#now();
    if (this.#bare.has(session)) this.#bare.seen(session, now);
    if (stored === undefined || Math.abs(now - stored.seenAt) < seenEveryMs) return;
    stored.seenAt = now;
    this.#sessions.delete(session);
    this.#sessions.set(session, stored);
    this.#writer.add(encodeEntry({ t: "seen", s: session, at: now }));
    this.#writer.flush().catch(() => {
      // The gateway stops; only the time of the last sign of life is lost.
    });
  }

  /** When a session was last heard of (milliseconds since the epoch); undefined if there is none. */
  get lastSeen(): number | undefined {
    const times = [...this.#bare.all.map(([, seenAt]) => seenAt), ...[...this.#sessions.values()].map((s) => s.seenAt)];
    return times.length === 0 ? undefined : times.reduce((latest, time) => Math.max(latest, time));
  }

  /** Sessions that are not connected and were not heard since that time, and those too many, by `isConnected`. */
  outdated(since: number, isConnected: (session: string) => boolean): string[] {
    const outdated: string[] = [];
    let tooMany = this.#sessions.size + this.#bare.size - this.#options.maxSessions;
    const all = [...this.#bare.all, ...[...this.#sessions].map(([session, { seenAt }]) => [session, seenAt] as const)];
    for (const [session, seenAt] of all) {
      if (seenAt >= since && tooMany <= 0) continue;
      if (isConnected(session)) continue;
      outdated.push(session);
      tooMany -= 1;
    }
    return outdated;
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  async #put(session: string, qosOf: Map<string, number>): Promise<void> {
    const at = this.#now();
    this.#bare.delete(session);
    this.#sessions.delete(session);
    this.#sessions.set(session, { qosOf, seenAt: at });
    this.#writer.add(encodeEntry({ t: "session", s: session, f: [...qosOf], at }));
    await this.#writer.flush();
  }

  *#liveEntries(): Iterable<string> {
    for (const [s, { qosOf, seenAt }] of this.#sessions) {
      yield encodeEntry({ t: "session", s, f: [...qosOf], at: seenAt });
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
      if (entry.t === "session") this.#sessions.set(entry.s, { qosOf: new Map(entry.f), seenAt: entry.at });
      else if (entry.t === "seen" && stored !== undefined)
        this.#sessions.set(entry.s, { qosOf: stored.qosOf, seenAt: entry.at });
    }
    return skipped;
  }
}

function encodeEntry(entry: Entry): string {
  return JSON.stringify(entry);
}

/** undefined if it is none: a line of version 0.1 has no checksum. */
function decodeEntry(text: string): Entry | undefined {
  let entry: Partial<Extract<Entry, { t: "session" }>>;
  try {
    entry = JSON.parse(text) as typeof entry;
  } catch {
    return undefined;
  }
  if (typeof entry !== "object" || entry === null || typeof entry.s !== "string") return undefined;
  if ((entry.t as string) === "end") return entry as Entry;
  if (!Number.isSafeInteger(entry.at)) return undefined;
  if ((entry.t as string) === "seen") return entry as Entry;
  const sound =
    entry.t === "session" &&
    Array.isArray(entry.f) &&
    entry.f.every((pair) => Array.isArray(pair) && typeof pair[0] === "string" && [0, 1, 2].includes(pair[1]));
  return sound ? (entry as Entry) : undefined;
}
