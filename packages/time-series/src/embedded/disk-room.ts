import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { SpaceReserve } from "@headwater/core";

/** SQLite's result code for a disk, or a database, without room. */
const full = 13;
/** Written bytes between two looks at the size of the write-ahead log. */
const bytesPerLook = 1024 * 1024;

/**
 * Room on the disk for what has to be written before room comes back: points that move from the journal into chunks,
 * and the deletes of retention. It lies in a reserve that is given up when the disk is full.
 */
export class DiskRoom {
  readonly #database: DatabaseSync;
  readonly #wal: string;
  readonly #reserve: SpaceReserve;
  #isShort = false;
  #bytesSinceLook = 0;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#wal = `${path}-wal`;
    this.#reserve = new SpaceReserve(`${path}.reserve`);
  }

  /** Whether the disk was full and the reserve is not there again. Nothing is written then but what makes room. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** Throws like SQLite while the disk counts as full. */
  refuseIfShort(): void {
    if (this.#isShort) throw Object.assign(new RangeError("database or disk is full"), { errcode: full });
  }

  /** Notes an error of the database; a full disk takes the reserve. */
  failed(error: unknown): void {
    const { errcode } = error as { errcode?: number };
    if (errcode === undefined || (errcode & 0xff) !== full) return;
    this.#isShort = true;
    this.#reserve.giveUp();
    this.#foldIn();
  }

  /**
   * Has to be called before so many bytes are written, since the reserve has to be as large as the write-ahead log
   * before the disk is full: that log cannot get into the database without it. Throws like SQLite if there is no room.
   */
  makeSureFor(bytes: number, journalBytes: number): void {
    this.#bytesSinceLook += bytes;
    if (this.#bytesSinceLook < bytesPerLook) return;
    this.keep(journalBytes + bytes);
    this.refuseIfShort();
  }

  /** Takes as much reserve as so much in the journal needs. Without room for it the disk counts as full. */
  keep(journalBytes: number): void {
    this.#bytesSinceLook = 0;
    if (this.#isShort) this.#foldIn();
    this.#isShort = !this.#reserveFor(journalBytes);
    if (!this.#isShort) return;
    this.#reserve.giveUp();
    this.#foldIn();
    // The write-ahead log may have been all that there was no room for.
    this.#isShort = !this.#reserveFor(journalBytes);
    if (this.#isShort) this.#reserve.giveUp();
  }

  #reserveFor(journalBytes: number): boolean {
    // Chunks take a little more than the journal entries of their points.
    const wal = statSync(this.#wal, { throwIfNoEntry: false })?.size ?? 0;
    return this.#reserve.ensure(wal + journalBytes * 1.5);
  }

  close(): void {
    this.#reserve.close();
  }

  #foldIn(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // It is tried again with the next step of cleaning up.
    }
  }
}
