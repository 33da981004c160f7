import { closeSync, constants, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { syncFolder } from "./sync-folder.ts";
import { LogFailure } from "./worker-protocol.ts";

/**
 * The number of the last commit that was acknowledged, kept apart from the database and synced before the
 * acknowledgement. SQLite takes a WAL that lost its tail (one flipped bit suffices) for a shorter history and says
 * nothing; a database that is behind this mark has lost acknowledged commits.
 *
 * Two slots are written in turn, so a write that is cut short never harms the other one.
 */
const SLOT_BYTES = 32;
const MAGIC = 0x484d4b31; // HMK1

export class DurableMark {
  readonly #fd: number;
  readonly #slot = Buffer.alloc(SLOT_BYTES);
  #sequence: number;

  private constructor(fd: number, sequence: number) {
    this.#fd = fd;
    this.#sequence = sequence;
  }

  /**
   * The mark as it was left, or undefined when there is none. Throws an `unusable` LogFailure when it cannot be read.
   */
  static read(file: string): number | undefined {
    if (!existsSync(file)) return undefined;
    const bytes = readFileSync(file);
    const sequences = [0, 1].flatMap((slot) => readSlot(bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES)));
    if (sequences.length === 0) {
      throw new LogFailure(
        "unusable",
        `${file} is damaged, so it cannot be told whether the event log beside it is complete; restore the folder from a backup, or move that file away to go on with what is there`,
      );
    }
    return Math.max(...sequences);
  }

  static open(file: string, sequence: number): DurableMark {
    const isNew = !existsSync(file);
    const fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    const mark = new DurableMark(fd, sequence);
    if (isNew) writeSync(fd, Buffer.alloc(2 * SLOT_BYTES), 0, 2 * SLOT_BYTES, 0);
    mark.advance(sequence);
    if (isNew) syncFolder(dirname(file));
    return mark;
  }

  /** Returns once the new mark is on disk. */
  advance(sequence: number): void {
    const slot = this.#slot;
    slot.writeUInt32BE(MAGIC, 0);
    slot.writeBigUInt64BE(BigInt(sequence), 8);
    slot.writeUInt32BE(crc32(slot.subarray(0, 16)), 16);
    writeSync(this.#fd, slot, 0, SLOT_BYTES, (sequence % 2) * SLOT_BYTES);
    fdatasyncSync(this.#fd);
    this.#sequence = sequence;
  }

  get sequence(): number {
    return this.#sequence;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function readSlot(slot: Buffer): number[] {
  if (slot.length < SLOT_BYTES || slot.readUInt32BE(0) !== MAGIC) return [];
  if (slot.readUInt32BE(16) !== crc32(slot.subarray(0, 16))) return [];
  return [Number(slot.readBigUInt64BE(8))];
}
