import { open as openFile, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { SerialQueue } from "../concurrency/serial-queue.ts";
import { ResourceError } from "../errors.ts";
import { decodeLines, encodeLines, type JournalContent } from "./journal-lines.ts";
import { syncDirectory } from "../files/sync-directory.ts";

export interface JournalFileOptions {
  readonly file: string;
  /** A journal of more bytes than this, most of them history, is due for a replacement. Default 1 MiB. */
  readonly compactBytes?: number;
  /** Opens the files that are written; for tests. */
  readonly open?: typeof openFile;
}

/** A journal with more than so many times the bytes of its last replacement is mostly history. */
const historyFactor = 4;
const mode = 0o600;

/**
 * A file of entries (text of one line each) that is appended to, read at the start, and replaced as a whole by what
 * is still of use. An append is written completely or not at all: a short write is continued, and one that cannot be
 * continued is taken back and rejected. A replacement takes the file's place only when all of it is on disk.
 *
 * Calls take effect in their order. Every write rejects with ResourceError; the same call may be repeated.
 */
export class JournalFile {
  readonly #file: string;
  readonly #compactBytes: number;
  readonly #open: typeof openFile;
  readonly #queue = new SerialQueue();
  #handle: FileHandle;
  #size: number;
  #compactAt: number;
  /** The bytes of a failed append may lie behind `#size`. */
  #hasRemains = false;
  /** The file took its place in its folder, and the folder is not on disk yet. */
  #isFolderUnsynced: boolean;

  private constructor(options: JournalFileOptions, handle: FileHandle, content: JournalContent, size: number) {
    this.#file = options.file;
    this.#compactBytes = options.compactBytes ?? 1024 * 1024;
    this.#open = options.open ?? openFile;
    this.#handle = handle;
    this.#size = content.soundBytes;
    this.#hasRemains = size > content.soundBytes;
    this.#isFolderUnsynced = size === 0;
    this.#compactAt = this.#compactBytes;
  }

  /**
   * Opens the file, or makes it, and reads it. What a crash left of an append at its end is cut off by the next
   * append; a damaged line before that is passed over and counted.
   */
  static async open(options: JournalFileOptions): Promise<{ journal: JournalFile; content: JournalContent }> {
    const { file, open = openFile } = options;
    try {
      const bytes = await readIfThere(file);
      const content = decodeLines(bytes ?? Buffer.alloc(0));
      const handle = await open(file, bytes === undefined ? "w" : "r+", mode);
      return { journal: new JournalFile(options, handle, content, bytes?.length ?? 0), content };
    } catch (error) {
      throw resourceError(file, error);
    }
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#size;
  }

  /** Whether a replacement would make the file much smaller. */
  get isMostlyHistory(): boolean {
    return this.#size > this.#compactAt;
  }

  /** Resolves when all the entries are written; they survive the process, and once they are synced a power loss. */
  async append(entries: readonly string[]): Promise<void> {
    const bytes = encodeLines(entries);
    await this.#run(() => this.#append(bytes, false));
  }

  /** Resolves when everything that was appended before is on disk. */
  sync(): Promise<void> {
    return this.#run(() => this.#sync());
  }

  /** Appends the entries and syncs them. If that fails, none of them was appended. */
  async appendSynced(entries: readonly string[]): Promise<void> {
    const bytes = encodeLines(entries);
    await this.#run(() => this.#append(bytes, true));
  }

  /**
   * Replaces all entries by these, on disk when it resolves. If it rejects, the journal is the old one, and complete,
   * or already the new one, and complete.
   */
  async replace(entries: Iterable<string>): Promise<void> {
    const bytes = encodeLines(entries);
    await this.#run(async () => {
      // Should this fail, it is not tried again with every append.
      this.#compactAt = this.#size + this.#compactBytes;
      const next = await this.#writeBeside(bytes);
      const old = this.#handle;
      // From here on the new file is the journal, whatever else fails.
      this.#handle = next;
      this.#size = bytes.length;
      this.#hasRemains = false;
      this.#isFolderUnsynced = true;
      this.#compactAt = Math.max(this.#compactBytes, historyFactor * bytes.length);
      await old.close().catch(() => {});
      await this.#syncFolder();
    });
  }

  /** Waits for the calls before it. */
  close(): Promise<void> {
    return this.#run(() => this.#handle.close());
  }

  async #run(task: () => Promise<void>): Promise<void> {
    try {
      await this.#queue.run(task);
    } catch (error) {
      throw resourceError(this.#file, error);
    }
  }

  async #append(bytes: Buffer, synced: boolean): Promise<void> {
    if (this.#hasRemains) await this.#cutRemains();
    try {
      await writeAll(this.#handle, bytes, this.#size);
      if (synced) await this.#sync();
    } catch (error) {
      this.#hasRemains = true;
      // If this fails too, the next append begins with it.
      await this.#cutRemains().catch(() => {});
      throw error;
    }
    this.#size += bytes.length;
  }

  async #sync(): Promise<void> {
    await this.#handle.datasync();
    if (this.#isFolderUnsynced) await this.#syncFolder();
  }

  async #syncFolder(): Promise<void> {
    await syncDirectory(dirname(this.#file));
    this.#isFolderUnsynced = false;
  }

  async #cutRemains(): Promise<void> {
    await this.#handle.truncate(this.#size);
    this.#hasRemains = false;
  }

  async #writeBeside(bytes: Buffer): Promise<FileHandle> {
    const beside = `${this.#file}.next`;
    const next = await this.#open(beside, "w", mode);
    try {
      await writeAll(next, bytes, 0);
      await next.datasync();
      await rename(beside, this.#file);
      return next;
    } catch (error) {
      await next.close().catch(() => {});
      // A cut copy would keep the room on a full disk.
      await rm(beside, { force: true }).catch(() => {});
      throw error;
    }
  }
}

/** A file system may take less than it is given, and says so by the count alone. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw new ResourceError("nothing of a write was taken");
    done += bytesWritten;
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function resourceError(file: string, cause: unknown): ResourceError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const whatToDo = isFull ? "make room on its disk" : "check its disk and its permissions";
  return new ResourceError(`${file} cannot be used (${code ?? message}); ${whatToDo}`, { cause });
}
