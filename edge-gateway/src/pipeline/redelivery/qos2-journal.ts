import { backoff, DecodeError, FatalError, QueueClosedError, type Logger, syncDirectory } from "@headwater/core";
import { open, readFile, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** A QoS 2 message and the identity of its record; `n` is 0 if it became no event. */
export interface Qos2Arrival {
  readonly token: string;
  readonly partition: number;
  readonly n: number;
}

export interface Qos2JournalOptions {
  readonly file: string;
  readonly logger: Logger;
  /** The last identity found durable in a lane; decides which announced messages have landed. */
  readonly lastN: (partition: number) => number;
}

/** A journal of more bytes than this, most of them history, is written anew. */
const compactBytes = 1024 * 1024;

/** In place of n, once nobody has to ask the lane any more. */
const knownToHaveLanded = -1;

type Line =
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
  /** By token; false while its commit is under way. */
  readonly #open = new Map<string, { readonly arrival: Qos2Arrival; landed: boolean }>();
  readonly #bySession = new Map<string, Set<string>>();
  #handle: FileHandle | undefined;
  #size = 0;
  #queue: string[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  private constructor(options: Qos2JournalOptions) {
    this.#options = options;
  }

  static async open(options: Qos2JournalOptions): Promise<Qos2Journal> {
    const journal = new Qos2Journal(options);
    await journal.#recover();
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
      this.remember(arrival);
      this.#queue.push(lineOf({ t: "arrival", token: arrival.token, p: arrival.partition, n: arrival.n }));
    }
    await this.#flush();
  }

  /** Known as received from now on, durable with its commit. */
  remember(arrival: Qos2Arrival): void {
    if (this.#open.has(arrival.token)) return;
    this.#open.set(arrival.token, { arrival, landed: false });
    const session = sessionOf(arrival.token);
    const tokens = this.#bySession.get(session);
    if (tokens === undefined) this.#bySession.set(session, new Set([arrival.token]));
    else tokens.add(arrival.token);
  }

  landed(token: string): void {
    const entry = this.#open.get(token);
    if (entry !== undefined) entry.landed = true;
  }

  /** Resolves when the release is durable. */
  async release(token: string): Promise<void> {
    if (!this.#forgetToken(token)) return;
    this.#queue.push(lineOf({ t: "release", token }));
    await this.#flush();
  }

  /** The session ended; its packet identifiers mean nothing any more. */
  async forget(session: string): Promise<void> {
    const tokens = this.#bySession.get(session);
    if (tokens === undefined) return;
    for (const token of tokens) this.#forgetToken(token);
    this.#queue.push(lineOf({ t: "forget", session }));
    await this.#flush();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing?.catch(() => {});
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #forgetToken(token: string): boolean {
    if (!this.#open.delete(token)) return false;
    const session = sessionOf(token);
    const tokens = this.#bySession.get(session);
    tokens?.delete(token);
    if (tokens?.size === 0) this.#bySession.delete(session);
    return true;
  }

  /** What comes while lines are written goes out with the next write. */
  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#writing !== undefined) await this.#writing;
      else await (this.#writing = this.#writeQueue().finally(() => (this.#writing = undefined)));
    }
    // Who finds the queue empty may still have lines in the write that is under way.
    await this.#writing;
  }

  async #writeQueue(): Promise<void> {
    const lines = this.#queue;
    this.#queue = [];
    const bytes = Buffer.from(lines.join(""));
    const pause = backoff({ maxMs: 2000 });
    for (;;) {
      if (this.#closed) throw new QueueClosedError("The journal of QoS 2 messages is closed");
      try {
        if (this.#size > compactBytes && this.#size > 8 * 128 * this.#open.size) await this.#compact();
        await this.#handle!.write(bytes, 0, bytes.length, this.#size);
        await this.#handle!.datasync();
        this.#size += bytes.length;
        return;
      } catch (error) {
        this.#options.logger.error(
          { err: error, file: this.#options.file },
          "QoS 2 messages cannot be noted; they stay unacknowledged",
        );
        await pause.wait();
      }
    }
  }

  /** Writes only what is open, beside the old file, and takes its place. */
  async #compact(): Promise<void> {
    const { file } = this.#options;
    const lines = [...this.#open.values()].map(({ arrival, landed }) =>
      lineOf({ t: "arrival", token: arrival.token, p: arrival.partition, n: landed ? knownToHaveLanded : arrival.n }),
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
  }

  async #recover(): Promise<void> {
    const { file, lastN, logger } = this.#options;
    let text = "";
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        throw new FatalError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
      }
    }
    let skipped = 0;
    for (const line of text.split("\n")) {
      if (line === "") continue;
      try {
        this.#replay(parseLine(line));
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        skipped += 1;
      }
    }
    // A line that was being written at the end is no loss: nothing was acknowledged by it.
    if (skipped > 0) logger.warn({ file, lines: skipped }, "unreadable lines in the journal of QoS 2 messages");
    for (const [token, { arrival }] of this.#open) {
      if (arrival.n === knownToHaveLanded || (arrival.n > 0 && arrival.n <= lastN(arrival.partition)))
        this.landed(token);
      else this.#forgetToken(token);
    }
    try {
      await this.#compact();
    } catch (error) {
      throw new FatalError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`, { cause: error });
    }
  }

  #replay(line: Line): void {
    if (line.t === "arrival") this.remember({ token: line.token, partition: line.p, n: line.n });
    else if (line.t === "release") this.#forgetToken(line.token);
    else for (const token of this.#bySession.get(line.session) ?? []) this.#forgetToken(token);
  }
}

function lineOf(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

function parseLine(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch (cause) {
    throw new DecodeError("not a line of the journal", { cause });
  }
}

function sessionOf(token: string): string {
  return token.slice(token.indexOf(" ") + 1);
}
