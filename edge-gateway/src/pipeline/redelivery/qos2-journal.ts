import { JournalFile, JournalWriter, type JournalFileOptions, type Logger } from "@headwater/core";

/**
 * A QoS 2 message and the identity that tells whether it is durable: of its event, or of the witness behind its record;
 * `n` is 0 if there was no room for one.
 */
export interface Qos2Arrival {
  readonly token: string;
  readonly partition: number;
  readonly n: number;
}

export interface Qos2JournalOptions extends JournalFileOptions {
  readonly logger: Logger;
  /**
   * The last identity of a lane that was found durable with everything before it; decides which announced messages have
   * landed.
   */
  readonly lastN: (partition: number) => number;
}

/** In place of n, once nobody has to ask the lane any more. */
const knownToHaveLanded = -1;

interface Open {
  readonly arrival: Qos2Arrival;
  /** False while its commit is under way. */
  landed: boolean;
  /** Of those that release it before that. */
  landing?: PromiseWithResolvers<void>;
}

type Entry =
  | { readonly t: "arrival"; readonly token: string; readonly p: number; readonly n: number }
  | { readonly t: "release"; readonly token: string }
  | { readonly t: "forget"; readonly session: string };

/**
 * The QoS 2 messages that were received and are not released yet, on disk. An arrival is announced, with its identity,
 * before the commit of its message; after a crash the lane tells whether that identity, and so the message, became
 * durable. A release is durable before PUBCOMP goes out. So a message that is sent again is known as the same one for
 * as long as the device may send it, across any restart.
 */
export class Qos2Journal {
  readonly #options: Qos2JournalOptions;
  readonly #open = new Map<string, Open>();
  readonly #bySession = new Map<string, Set<string>>();
  readonly #writer: JournalWriter;

  private constructor(options: Qos2JournalOptions, journal: JournalFile) {
    this.#options = options;
    this.#writer = new JournalWriter({
      journal,
      liveEntries: () => this.#liveEntries(),
      logger: options.logger,
      onFailure: "QoS 2 messages cannot be noted; they stay unacknowledged",
    });
  }

  /** Throws ResourceError if the file cannot be read or written. */
  static async open(options: Qos2JournalOptions): Promise<Qos2Journal> {
    const { journal: file, content } = await JournalFile.open(options);
    const journal = new Qos2Journal(options, file);
    journal.#recover(content.entries, content.damaged);
    await file.replace(journal.#liveEntries());
    return journal;
  }

  /** How a message is named: its session and packet identifier. */
  static token(session: string, packetId: number): string {
    return `${packetId} ${session}`;
  }

  has(token: string): boolean {
    return this.#open.has(token);
  }

  get size(): number {
    return this.#open.size;
  }

  /** To be durable before the messages are. Repeats until it is. */
  async announce(arrivals: readonly Qos2Arrival[]): Promise<void> {
    for (const arrival of arrivals) {
      this.add(arrival);
      this.#writer.add(encodeArrival(arrival, arrival.n));
    }
    await this.#writer.flush();
  }

  /** Known as received from now on, durable with its commit. */
  add(arrival: Qos2Arrival): void {
    if (this.#open.has(arrival.token)) return;
    this.#open.set(arrival.token, { arrival, landed: false });
    const session = sessionOf(arrival.token);
    const tokens = this.#bySession.get(session);
    if (tokens === undefined) this.#bySession.set(session, new Set([arrival.token]));
    else tokens.add(arrival.token);
  }

  landed(token: string): void {
    const entry = this.#open.get(token);
    if (entry === undefined) return;
    entry.landed = true;
    entry.landing?.resolve();
  }

  /** Resolves when the release is durable: after its message, although a device may not have waited for that. */
  async release(token: string): Promise<void> {
    const entry = this.#open.get(token);
    if (entry?.landed === false) await (entry.landing ??= Promise.withResolvers()).promise;
    // Its session may have ended meanwhile, and the identifier be another message's.
    if (entry === undefined || this.#open.get(token) !== entry) return;
    this.#forgetToken(token);
    this.#writer.add(`{"t":"release","token":${JSON.stringify(token)}}`);
    await this.#writer.flush();
  }

  /** Those with messages that are not released yet. */
  get sessions(): readonly string[] {
    return [...this.#bySession.keys()];
  }

  /** The session ended; its packet identifiers mean nothing any more. */
  async forget(session: string): Promise<void> {
    const tokens = this.#bySession.get(session);
    if (tokens === undefined) return;
    for (const token of tokens) this.#forgetToken(token);
    this.#writer.add(`{"t":"forget","session":${JSON.stringify(session)}}`);
    await this.#writer.flush();
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  #forgetToken(token: string): void {
    const entry = this.#open.get(token);
    if (entry === undefined) return;
    this.#open.delete(token);
    // Whoever waits to release it has nothing to wait for any more.
    entry.landing?.resolve();
    const session = sessionOf(token);
    const tokens = this.#bySession.get(session);
    tokens?.delete(token);
    if (tokens?.size === 0) this.#bySession.delete(session);
  }

  *#liveEntries(): Iterable<string> {
    for (const { arrival, landed } of this.#open.values()) {
      yield encodeArrival(arrival, landed ? knownToHaveLanded : arrival.n);
    }
  }

  #recover(entries: readonly string[], damaged: number): void {
    const { file, lastN, logger } = this.#options;
    let skipped = damaged;
    for (const text of entries) {
      const entry = decodeEntry(text);
      if (entry === undefined) skipped += 1;
      else this.#replay(entry);
    }
    if (skipped > 0) logger.warn({ file, lines: skipped }, "unreadable lines in the journal of QoS 2 messages");
    for (const [token, { arrival }] of this.#open) {
      if (arrival.n === knownToHaveLanded || (arrival.n > 0 && arrival.n <= lastN(arrival.partition)))
        this.landed(token);
      else this.#forgetToken(token);
    }
  }

  #replay(entry: Entry): void {
    if (entry.t === "arrival") this.add({ token: entry.token, partition: entry.p, n: entry.n });
    else if (entry.t === "release") this.#forgetToken(entry.token);
    else for (const token of this.#bySession.get(entry.session) ?? []) this.#forgetToken(token);
  }
}

/** There are two entries a message, so none is made by way of an object. */
function encodeArrival({ token, partition }: Qos2Arrival, n: number): string {
  return `{"t":"arrival","token":${JSON.stringify(token)},"p":${partition},"n":${n}}`;
}

/** undefined if it is none: a line of version 0.1 has no checksum. */
function decodeEntry(text: string): Entry | undefined {
  let entry: { t?: unknown; token?: unknown; session?: unknown; p?: unknown; n?: unknown } | null;
  try {
    entry = JSON.parse(text) as typeof entry;
  } catch {
    return undefined;
  }
  if (typeof entry !== "object" || entry === null) return undefined;
  const { t, token, session, p, n } = entry;
  const isSound =
    (t === "arrival" && typeof token === "string" && Number.isSafeInteger(p) && Number.isSafeInteger(n)) ||
    (t === "release" && typeof token === "string") ||
    (t === "forget" && typeof session === "string");
  return isSound ? (entry as Entry) : undefined;
}

function sessionOf(token: string): string {
  return token.slice(token.indexOf(" ") + 1);
}
