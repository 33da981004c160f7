import { backoff, FatalError, QueueClosedError, type Logger, syncDirectory } from "@headwater/core";
import { open, readFile, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

export interface SessionStoreOptions {
  readonly file: string;
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

type Line =
  | {
      readonly t: "session";
      readonly s: string;
      readonly f: readonly (readonly [string, number])[];
      readonly at: number;
    }
  | { readonly t: "seen"; readonly s: string; readonly at: number }
  | { readonly t: "end"; readonly s: string };

/** A file of more bytes than this, most of them history, is written anew. */
const compactBytes = 1024 * 1024;
/** A session is noted to be alive no more often than this (milliseconds). */
const seenEveryMs = 60 * 60 * 1000;

/**
 * The subscriptions of sessions that outlive their connections, on disk: what a SUBACK or UNSUBACK has said is true
 * after any crash, so that a device which is told that its session is present need not subscribe again. All of it is in
 * memory too; the file is read at the start alone.
 */
export class SessionStore {
  readonly #options: SessionStoreOptions;
  readonly #now: () => number;
  /** Heard longest ago first, roughly. */
  readonly #sessions = new Map<string, Stored>();
  #handle!: FileHandle;
  #size = 0;
  #liveBytes = 0;
  #queue: string[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  private constructor(options: SessionStoreOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Throws FatalError if the file cannot be had. */
  static async open(options: SessionStoreOptions): Promise<SessionStore> {
    const store = new SessionStore(options);
    try {
      const skipped = store.#replay(await readText(options.file));
      if (skipped > 0)
        options.logger.warn({ file: options.file, lines: skipped }, "unreadable lines among the sessions");
      await store.#compact();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new FatalError(`${options.file} cannot be used (${code ?? message})`, { cause: error });
    }
    return store;
  }

  get size(): number {
    return this.#sessions.size;
  }

  has(session: string): boolean {
    return this.#sessions.has(session);
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
      // What makes it so may be on its way to the disk still.
      await this.#flush();
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
    if (qosOf.size === 0) await this.end(session);
    else await this.#put(session, qosOf);
  }

  /** Nothing is left of the session. */
  async end(session: string): Promise<void> {
    if (!this.#sessions.delete(session)) return;
    this.#queue.push(lineOf({ t: "end", s: session }));
    await this.#flush();
  }

  /** Its client is or was connected. */
  seen(session: string): void {
    const stored = this.#sessions.get(session);
    const now = this.#now();
    if (stored === undefined || now - stored.seenAt < seenEveryMs) return;
    stored.seenAt = now;
    this.#sessions.delete(session);
    this.#sessions.set(session, stored);
    this.#queue.push(lineOf({ t: "seen", s: session, at: now }));
    this.#flush().catch(() => {
      // The gateway stops; it is no more than a time.
    });
  }

  /** Sessions that are not connected and were not heard since that time, and those too many, by `isConnected`. */
  outdated(since: number, isConnected: (session: string) => boolean): string[] {
    const outdated: string[] = [];
    let tooMany = this.#sessions.size - this.#options.maxSessions;
    for (const [session, { seenAt }] of this.#sessions) {
      if (seenAt >= since && tooMany <= 0) continue;
      if (isConnected(session)) continue;
      outdated.push(session);
      tooMany -= 1;
    }
    return outdated;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing?.catch(() => {});
    await this.#handle.close();
  }

  async #put(session: string, qosOf: Map<string, number>): Promise<void> {
    const at = this.#now();
    this.#sessions.delete(session);
    this.#sessions.set(session, { qosOf, seenAt: at });
    this.#queue.push(lineOf({ t: "session", s: session, f: [...qosOf], at }));
    await this.#flush();
  }

  /** What comes while lines are written goes out with the next write. */
  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#writing !== undefined) await this.#writing;
      else await (this.#writing = this.#writeQueue().finally(() => (this.#writing = undefined)));
    }
    await this.#writing;
  }

  async #writeQueue(): Promise<void> {
    const lines = this.#queue;
    this.#queue = [];
    const bytes = Buffer.from(lines.join(""));
    const pause = backoff({ maxMs: 2000 });
    for (;;) {
      if (this.#closed) throw new QueueClosedError("The store of sessions is closed");
      try {
        if (this.#size > compactBytes && this.#size > 4 * this.#liveBytes) {
          // What the lines say is in memory, and so in the new file.
          await this.#compact();
          return;
        }
        await this.#handle.write(bytes, 0, bytes.length, this.#size);
        await this.#handle.datasync();
        this.#size += bytes.length;
        return;
      } catch (error) {
        const { logger, file } = this.#options;
        logger.error({ err: error, file }, "subscriptions cannot be stored; they stay unacknowledged");
        await pause.wait();
      }
    }
  }

  /** Writes only what is there, beside the old file, and takes its place. */
  async #compact(): Promise<void> {
    const { file } = this.#options;
    const lines = [...this.#sessions].map(([s, { qosOf, seenAt }]) =>
      lineOf({ t: "session", s, f: [...qosOf], at: seenAt }),
    );
    const bytes = Buffer.from(lines.join(""));
    const next = await open(`${file}.next`, "w", 0o600);
    try {
      await next.write(bytes, 0, bytes.length, 0);
      await next.datasync();
      await rename(`${file}.next`, file);
      await syncDirectory(dirname(file));
    } catch (error) {
      await next.close();
      throw error;
    }
    await this.#handle?.close();
    this.#handle = next;
    this.#size = bytes.length;
    this.#liveBytes = bytes.length;
  }

  /**
   * Answers how many lines were none: one that was being written at the end is no loss, nothing was acknowledged by it.
   */
  #replay(text: string): number {
    let skipped = 0;
    for (const each of text.split("\n")) {
      if (each === "") continue;
      const line = parseLine(each);
      if (line === undefined) {
        skipped += 1;
        continue;
      }
      const stored = this.#sessions.get(line.s);
      this.#sessions.delete(line.s);
      if (line.t === "session") this.#sessions.set(line.s, { qosOf: new Map(line.f), seenAt: line.at });
      else if (line.t === "seen" && stored !== undefined)
        this.#sessions.set(line.s, { qosOf: stored.qosOf, seenAt: line.at });
    }
    return skipped;
  }
}

function lineOf(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

function parseLine(text: string): Line | undefined {
  let line: Partial<Extract<Line, { t: "session" }>>;
  try {
    line = JSON.parse(text) as typeof line;
  } catch {
    // Not what was written here.
    return undefined;
  }
  if (typeof line !== "object" || line === null || typeof line.s !== "string") return undefined;
  if ((line.t as string) === "end") return line as Line;
  if (!Number.isSafeInteger(line.at)) return undefined;
  if ((line.t as string) === "seen") return line as Line;
  const sound =
    line.t === "session" &&
    Array.isArray(line.f) &&
    line.f.every((pair) => Array.isArray(pair) && typeof pair[0] === "string" && [0, 1, 2].includes(pair[1]));
  return sound ? (line as Line) : undefined;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
