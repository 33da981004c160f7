import { ResourceError, type Logger } from "@headwater/core";
import { writeSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { WritePace } from "../frame/write-pace.ts";
import {
  chunkLanded,
  encodeFileHeader,
  entryKinds,
  fileHeaderBytes,
  needsCommit,
  readEntry,
  type Chunk,
} from "./recent-chunks.ts";
import { openForWriting, readOld, writeAt, type OldFile } from "./recent-files.ts";
import { firstEntries, Notes } from "./recent-notes.ts";
import { RecentSessions, type RecentPublishes, type SessionKey } from "./recent-publishes.ts";
import { RecentRequests, type RequestKey } from "./recent-requests.ts";

export interface RecentJournalOptions {
  /** Where its two files lie. */
  readonly folder: string;
  readonly logger: Logger;
  /** The epoch of the lanes; notes of another epoch mean nothing. */
  readonly epoch: number;
  /** The last identity of a lane that was found durable with everything before it. */
  readonly lastN: (partition: number) => number;
  /** A file of more bytes is followed by the other one, begun anew. */
  readonly fileBytes?: number;
  /** Whether notes are synced before their commit: then a power loss takes none of them. Default false. */
  readonly sync?: boolean;
  readonly now?: () => number;
}

const names = ["recent-1.journal", "recent-2.journal"] as const;
const quietMs = 10_000;

/**
 * The QoS 1 messages of sessions that outlive their connections, and requests of HTTP under an Idempotency-Key, on
 * disk, so that one that is sent again after the gateway was killed is known. What a group commit is about to make
 * durable is noted before, by one write, synced if so configured. After a crash a note counts if its commit is known to
 * have landed: another one was noted after it (there is one at a time), or its identity is durable in its lane. So
 * notes that are lost (unsynced ones with the power) lead to a second event at worst; a note never stands for a message
 * that is not there.
 */
export class RecentJournal {
  readonly sessions: RecentSessions;
  readonly requests = new RecentRequests();
  readonly #options: RecentJournalOptions;
  readonly #fileBytes: number;
  readonly #now: () => number;
  #handles: readonly [FileHandle, FileHandle];
  #active: 0 | 1 = 0;
  #generation = 1;
  #position = fileHeaderBytes;
  /** Entries of the open group commit, behind room for the header of their chunk. */
  #open = new Notes(firstEntries);
  #spare = new Notes(firstEntries);
  #warnedAt = Number.NEGATIVE_INFINITY;
  /** The last chunk has messages that no identity tells of: only a later chunk says that they landed. */
  #doubtful = false;
  #landed = false;
  readonly #pace = new WritePace();
  #closed = false;

  private constructor(options: RecentJournalOptions, handles: readonly [FileHandle, FileHandle]) {
    this.#options = options;
    this.#fileBytes = options.fileBytes ?? 8 * 1024 * 1024;
    this.#now = options.now ?? Date.now;
    this.#handles = handles;
    this.sessions = new RecentSessions();
  }

  /** Throws ResourceError if the files cannot be had. */
  static async open(options: RecentJournalOptions): Promise<RecentJournal> {
    const files = names.map((name) => join(options.folder, name)) as [string, string];
    try {
      const old = await Promise.all([readOld(files[0], 0), readOld(files[1], 1)]);
      const handles = await Promise.all([openForWriting(files[0]), openForWriting(files[1])]);
      const journal = new RecentJournal(options, handles);
      await journal.#recover(old.filter((file) => file !== undefined));
      return journal;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new ResourceError(
        `The journal of QoS 1 messages in ${options.folder} cannot be used (${code ?? message})`,
        {
          cause: error,
        },
      );
    }
  }

  /**
   * A connection of the session begins; the answer is what is known of its messages. `lasting`: the session outlives
   * the connection.
   */
  begin(key: SessionKey, lasting: boolean): RecentPublishes {
    const recent = this.sessions.of(key);
    if (lasting || recent.lasting) {
      this.#open.add(key, 0, 0, 0, 0, lasting ? entryKinds.lastingSession : entryKinds.passingSession);
    }
    recent.begin(this.#now(), lasting);
    return recent;
  }

  /** A message of a lasting session went into the open group commit; n: 0 if it became no event. */
  note(key: SessionKey, packetId: number, hash: number, partition: number, n: number): void {
    this.#open.add(key, packetId, hash, partition, n, entryKinds.message);
  }

  /** A request went into the open group commit; n: 0 if it became no event. */
  noteRequest(key: RequestKey, hash: number, partition: number, n: number): void {
    this.requests.add(key, hash);
    this.#open.add(key, key.tail, hash, partition, n, entryKinds.request);
  }

  /** Notes since the last cut belong to the commit that begins now. */
  cut(): Notes | undefined {
    const notes = this.#open;
    if (notes.count === 0 && !this.#doubtful) return undefined;
    this.#doubtful = notes.doubtful;
    this.#landed = false;
    this.#open = this.#spare;
    this.#spare = notes;
    return notes;
  }

  /**
   * Writes the notes, at once or by the time the answer resolves. What cannot be written is passed over: messages
   * that are sent again may then be taken twice.
   */
  write(notes: Notes): Promise<void> | undefined {
    if (this.#closed) {
      notes.clear();
      return undefined;
    }
    const began = performance.now();
    if (this.#position > this.#fileBytes || this.#pace.isSlow(began)) return this.#writeLater(notes);
    try {
      const bytes = notes.seal(this.#generation, this.#now());
      const { fd } = this.#handles[this.#active];
      for (let done = 0; done < bytes.length;)
        done += writeSync(fd, bytes, done, bytes.length - done, this.#position + done);
      this.#position += bytes.length;
    } catch (error) {
      this.#warn(error);
    }
    const syncing = this.#options.sync === true && notes.count > 0;
    notes.clear();
    this.#pace.wrote(began, performance.now());
    return syncing ? this.#sync() : undefined;
  }

  async #writeLater(notes: Notes): Promise<void> {
    try {
      if (this.#position > this.#fileBytes) await this.#next();
      const bytes = notes.seal(this.#generation, this.#now());
      await writeAt(this.#handles[this.#active].fd, bytes, this.#position);
      this.#position += bytes.length;
      if (this.#options.sync === true) await this.#sync();
    } catch (error) {
      this.#warn(error);
    } finally {
      notes.clear();
    }
  }

  async #sync(): Promise<void> {
    try {
      await this.#handles[this.#active].datasync();
    } catch (error) {
      this.#warn(error);
    }
  }

  #warn(error: unknown): void {
    const now = performance.now();
    if (now - this.#warnedAt < quietMs) return;
    this.#warnedAt = now;
    const { folder, logger } = this.#options;
    logger.error(
      { err: error, folder },
      "QoS 1 messages cannot be noted; if the gateway is killed, some that are sent again become second events",
    );
  }

  /** The commit of the notes that were cut last is durable. */
  landed(): void {
    this.#landed = true;
  }

  async close(): Promise<void> {
    // What only a later chunk tells is told by an empty one.
    if (this.#doubtful && this.#landed) await this.#writeLater(new Notes(0));
    this.#closed = true;
    await Promise.all(this.#handles.map((handle) => handle.close()));
  }

  async #next(): Promise<void> {
    const next = this.#active === 0 ? 1 : 0;
    await this.#begin(next, this.#generation + 1);
  }

  async #begin(index: 0 | 1, generation: number): Promise<void> {
    const handle = this.#handles[index];
    await handle.truncate(0);
    const header = encodeFileHeader({ epoch: this.#options.epoch, generation });
    await writeAt(handle.fd, header, 0);
    this.#active = index;
    this.#generation = generation;
    this.#position = header.length;
  }

  async #recover(old: readonly OldFile[]): Promise<void> {
    const files = old
      .filter(({ epoch }) => epoch === this.#options.epoch)
      .toSorted((a, b) => a.generation - b.generation);
    const newest = files.at(-1);
    if (newest === undefined) {
      await this.#handles[1].truncate(0);
      await this.#begin(0, 1);
      return;
    }
    const chunks = files.flatMap((file) => file.chunks.map((chunk) => ({ file, chunk })));
    const last = chunks.at(-1);
    for (const { file, chunk } of chunks) {
      const landed = chunk.landed || chunk !== last!.chunk;
      this.#replay(file.bytes, chunk, landed);
    }
    this.#active = newest.index;
    this.#generation = newest.generation;
    const end = newest.chunks.at(-1)?.end ?? fileHeaderBytes;
    this.#position = end;
    const handle = this.#handles[newest.index];
    if (last !== undefined && !last.chunk.landed) await this.#settle(last.file, last.chunk);
    // Bytes behind the last sound chunk, and notes that did not land, go before any identity is given out anew.
    await handle.truncate(this.#position);
    await Promise.all(this.#handles.map((each) => each.datasync()));
  }

  /** Writes the last chunk anew with those of its notes that have landed. */
  async #settle({ index, bytes, generation }: OldFile, chunk: Chunk): Promise<void> {
    const notes = new Notes(chunk.count);
    for (let i = 0; i < chunk.count; i += 1) {
      const entry = readEntry(bytes, chunk, i);
      const { packetId, hash, partition, n, kind } = entry;
      if (!needsCommit(kind) || this.#isDurable(partition, n)) notes.add(entry, packetId, hash, partition, n, kind);
    }
    const anew = notes.seal(generation, chunk.at, chunkLanded);
    await writeAt(this.#handles[index].fd, anew, chunk.start);
    if (index === this.#active) this.#position = chunk.start + anew.length;
    else await this.#handles[index].truncate(chunk.start + anew.length);
  }

  #replay(bytes: Buffer, chunk: Chunk, landed: boolean): void {
    for (let i = 0; i < chunk.count; i += 1) {
      const entry = readEntry(bytes, chunk, i);
      const { kind, partition, n } = entry;
      const counts = landed || this.#isDurable(partition, n);
      if (kind === entryKinds.request) {
        if (counts) this.requests.add({ ...entry, tail: entry.packetId }, entry.hash);
        continue;
      }
      const recent = this.sessions.of(entry);
      if (kind !== entryKinds.message) {
        recent.begin(chunk.at, kind === entryKinds.lastingSession);
      } else if (counts) {
        // Its session began before the older of the two files did.
        recent.lasting = true;
        recent.grow();
        recent.add(entry.packetId, entry.hash, () => chunk.at);
        recent.heardAt = chunk.at;
      }
    }
  }

  #isDurable(partition: number, n: number): boolean {
    return n > 0 && n <= this.#options.lastN(partition);
  }
}
