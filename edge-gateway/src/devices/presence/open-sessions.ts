import { JournalFile, type JournalFileOptions, type Logger } from "@headwater/core";

export interface OpenSession {
  readonly device: string;
  readonly session: string;
}

export interface OpenSessionsOptions extends JournalFileOptions {
  readonly logger: Logger;
}

const compactBytes = 256 * 1024;
/** How long the file may be behind the disk: only a power loss makes a difference (milliseconds). */
const syncAfterMs = 1000;
const entryPattern = /^([+-])([0-9a-f-]{36}) ?(.*)$/;

/**
 * The sessions that are told to have begun and not to have ended, on disk, so that a gateway which comes back after it
 * was killed can tell that those of its former life are over. A session is noted before it is told, and crossed out
 * once its end is durable: an end may be told twice, and is never left out.
 */
export class OpenSessions {
  readonly #options: OpenSessionsOptions;
  readonly #open = new Map<string, string>();
  readonly #journal: JournalFile;
  #queue: string[] = [];
  #writing: Promise<void> | undefined;
  #syncing: NodeJS.Timeout | undefined;
  /** Entries of a failed append are missing from the file until it is replaced. */
  #isIncomplete = false;
  #closed = false;

  private constructor(options: OpenSessionsOptions, journal: JournalFile) {
    this.#options = options;
    this.#journal = journal;
  }

  /** Throws ResourceError if the file cannot be read or written. */
  static async open(options: OpenSessionsOptions): Promise<OpenSessions> {
    const { journal, content } = await JournalFile.open({ compactBytes, ...options });
    const sessions = new OpenSessions(options, journal);
    for (const entry of content.entries) sessions.#replay(entry);
    await journal.replace(sessions.#liveEntries());
    return sessions;
  }

  get all(): OpenSession[] {
    return [...this.#open].map(([session, device]) => ({ session, device }));
  }

  begin({ device, session }: OpenSession): void {
    this.#open.set(session, device);
    this.#note(beginEntry(session, device));
  }

  /** Its end is durable. */
  end(session: string): void {
    if (this.#open.delete(session)) this.#note(`-${session}`);
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#closed = true;
    // What was written last has asked for it as well.
    clearTimeout(this.#syncing);
    await this.#journal.close();
  }

  #note(entry: string): void {
    if (this.#closed) return;
    this.#queue.push(entry);
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  async #write(): Promise<void> {
    // Entries of the same turn of the event loop go out with one write.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const entries = this.#queue;
      this.#queue = [];
      try {
        await this.#append(entries);
      } catch (error) {
        this.#isIncomplete = true;
        this.#warn(
          error,
          "open sessions cannot be noted; if the gateway is killed now, the end of some will not be told",
        );
      }
    }
  }

  async #append(entries: readonly string[]): Promise<void> {
    if ((this.#isIncomplete || this.#journal.isMostlyHistory) && (await this.#replace())) return;
    await this.#journal.append(entries);
    this.#syncing ??= setTimeout(() => {
      this.#syncing = undefined;
      this.#journal.sync().catch((error: unknown) => this.#warn(error, "open sessions could not be synced"));
    }, syncAfterMs);
  }

  /** The live entries hold what the queued ones say. */
  async #replace(): Promise<boolean> {
    try {
      await this.#journal.replace(this.#liveEntries());
      this.#isIncomplete = false;
      return true;
    } catch (error) {
      this.#warn(error, "the journal of open sessions could not be replaced; it grows until it can");
      return false;
    }
  }

  #warn(error: unknown, message: string): void {
    this.#options.logger.warn({ err: error, file: this.#options.file }, message);
  }

  *#liveEntries(): Iterable<string> {
    for (const [session, device] of this.#open) yield beginEntry(session, device);
  }

  /** A line that is no entry is passed over: one of version 0.1 has no checksum. */
  #replay(entry: string): void {
    const match = entryPattern.exec(entry);
    if (match === null) return;
    const [, sign, session, device] = match as unknown as [string, string, string, string];
    if (sign === "-") this.#open.delete(session);
    else if (device !== "") this.#open.set(session, device);
  }
}

function beginEntry(session: string, device: string): string {
  return `+${session} ${device}`;
}
