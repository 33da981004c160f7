import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { SpaceReserve } from "@headwater/core";

/** SQLite's result code for a disk, or a database, without room. */
const full = 13;

/**
 * Room on the disk for what has to be written before room comes back: points that move from the journal into chunks,
 * and the deletes of retention. It lies in a reserve that is given up when the disk is full.
 */
export class DiskRoom {
  readonly #database: DatabaseSync;
  readonly #wal: string;
  readonly #reserve: SpaceReserve;
  #isShort = false;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#wal = `${path}-wal`;
    this.#reserve = new SpaceReserve(`${path}.reserve`);
  }

  /** Whether the disk was full and the reserve is not there again. Nothing is written then but what makes room. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** Notes an error of the database; a full disk takes the reserve. */
  failed(error: unknown): void {
    const { errcode } = error as { errcode?: number };
    if (errcode === undefined || (errcode & 0xff) !== full) return;
    this.#isShort = true;
    this.#reserve.giveUp();
    this.#foldIn();
  }

  /** Takes the reserve again, for so much in the journal. */
  keep(journalBytes: number): void {
    if (this.#isShort) this.#foldIn();
    // Chunks take a little more than the journal entries of their points.
    const wal = statSync(this.#wal, { throwIfNoEntry: false })?.size ?? 0;
    const isThere = this.#reserve.ensure(wal + journalBytes * 1.5);
    if (isThere) this.#isShort = false;
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
