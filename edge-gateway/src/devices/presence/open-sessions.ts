import { FatalError, type Logger } from "@headwater/core";
import { open, readFile, rename, type FileHandle } from "node:fs/promises";

export interface OpenSession {
  readonly device: string;
  readonly session: string;
}

export interface OpenSessionsOptions {
  readonly file: string;
  readonly logger: Logger;
}

/** A file of more bytes than this, most of them history, is written anew. */
const compactBytes = 256 * 1024;
const bytesPerLine = 100;
/** How long the file may be behind the disk: only a power loss makes a difference (milliseconds). */
const syncAfterMs = 1000;
const line = /^([+-])([0-9a-f-]{36}) ?(.*)$/;

/**
 * The sessions that are told to have begun and not to have ended, on disk, so that a gateway which comes back after it
 * was killed can tell that those of its former life are over. A session is noted before it is told, and crossed out
 * once its end is durable: an end may be told twice, and is never left out.
 */
export class OpenSessions {
  readonly #options: OpenSessionsOptions;
  readonly #open = new Map<string, string>();
  #handle!: FileHandle;
  #size = 0;
  #queue: string[] = [];
  #writing: Promise<void> | undefined;
  #syncing: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: OpenSessionsOptions) {
    this.#options = options;
  }

  /** Throws FatalError if the file cannot be had. */
  static async open(options: OpenSessionsOptions): Promise<OpenSessions> {
    const sessions = new OpenSessions(options);
    try {
      sessions.#replay(await readText(options.file));
      await sessions.#compact();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new FatalError(`${options.file} cannot be used (${code ?? message})`, { cause: error });
    }
    return sessions;
  }

  get all(): OpenSession[] {
    return [...this.#open].map(([session, device]) => ({ session, device }));
  }

  begin({ device, session }: OpenSession): void {
    this.#open.set(session, device);
    this.#note(`+${session} ${device}\n`);
  }

  /** Its end is durable. */
  end(session: string): void {
    if (this.#open.delete(session)) this.#note(`-${session}\n`);
  }

  async close(): Promise<void> {
    clearTimeout(this.#syncing);
    await this.#writing;
    this.#closed = true;
    await this.#handle.close();
  }

  #note(text: string): void {
    if (this.#closed) return;
    this.#queue.push(text);
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  async #write(): Promise<void> {
    // What comes in the same moment goes out with one write.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const bytes = Buffer.from(this.#queue.join(""));
      this.#queue = [];
      try {
        await this.#append(bytes);
      } catch (error) {
        this.#options.logger.warn(
          { err: error, file: this.#options.file },
          "open sessions cannot be noted; if the gateway is killed now, the end of some will not be told",
        );
      }
    }
  }

  async #append(bytes: Buffer): Promise<void> {
    if (this.#size > compactBytes && this.#size > 8 * bytesPerLine * this.#open.size) {
      // What is queued is in the map already.
      await this.#compact();
      return;
    }
    await this.#handle.write(bytes, 0, bytes.length, this.#size);
    this.#size += bytes.length;
    this.#syncing ??= setTimeout(() => {
      this.#syncing = undefined;
      this.#handle.datasync().catch((error: unknown) => {
        this.#options.logger.warn({ err: error, file: this.#options.file }, "open sessions could not be synced");
      });
    }, syncAfterMs);
  }

  async #compact(): Promise<void> {
    const { file } = this.#options;
    const bytes = Buffer.from([...this.#open].map(([session, device]) => `+${session} ${device}\n`).join(""));
    const next = await open(`${file}.next`, "w", 0o600);
    try {
      await next.write(bytes, 0, bytes.length, 0);
      await next.datasync();
      await rename(`${file}.next`, file);
    } catch (error) {
      await next.close();
      throw error;
    }
    await this.#handle?.close();
    this.#handle = next;
    this.#size = bytes.length;
  }

  /** A line that was being written when the gateway died is none. */
  #replay(text: string): void {
    for (const each of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
      const match = line.exec(each);
      if (match === null) continue;
      const [, sign, session, device] = match as unknown as [string, string, string, string];
      if (sign === "-") this.#open.delete(session);
      else if (device !== "") this.#open.set(session, device);
    }
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
