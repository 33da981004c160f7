import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";

const mebibyte = 1024 * 1024;
const stepBytes = 4 * mebibyte;
/** Beyond the write-ahead log: what a run of retention writes. */
const cleaningBytes = 2 * mebibyte;
const zeros = new Uint8Array(mebibyte);

/**
 * A file that takes room on the disk, to be given up when the disk is full: whoever deletes from a database has to
 * write first, and the write-ahead log has to get into the database before its own room comes back. So the reserve is
 * always as large as that log, and grows with it.
 */
export class SpaceReserve {
  readonly #fd: number;
  #bytes: number;

  constructor(file: string) {
    this.#fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    this.#bytes = fstatSync(this.#fd).size;
  }

  /** Whether there is room to clean up with, for a write-ahead log of so many bytes; takes what is missing. */
  ensure(walBytes: number): boolean {
    const wanted = Math.ceil((walBytes + cleaningBytes) / stepBytes) * stepBytes;
    try {
      while (this.#bytes < wanted) this.#bytes += writeSync(this.#fd, zeros, 0, zeros.length, this.#bytes);
      return true;
    } catch (error) {
      // Where files may not grow so far, it is as large as it can be.
      return (error as NodeJS.ErrnoException).code === "EFBIG";
    }
  }

  giveUp(): void {
    ftruncateSync(this.#fd, 0);
    this.#bytes = 0;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
