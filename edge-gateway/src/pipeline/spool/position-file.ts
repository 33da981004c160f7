import { syncDirectory } from "@headwater/core";
import { rename, writeFile, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import type { LanesState } from "../lanes/lanes.ts";

/** A place between two frames. */
export interface SpoolPlace {
  readonly segment: number;
  readonly offset: number;
}

/** How far the spool has been forwarded. Everything before the place has landed or is on record as given up. */
export interface SpoolPosition extends SpoolPlace {
  /** Of the lanes. */
  readonly epoch: number;
  /** The last n done with in each telemetry lane; may lie beyond the place. */
  readonly lanes: readonly number[];
  /** The log's end, as the last append told, by topic and partition: a log that ends earlier has lost what it took. */
  readonly ends: Readonly<Record<string, readonly number[]>>;
}

/** The note of a process that ended in order: the state of the lanes need not be found out from the spool. */
export interface CleanStop {
  /** The newest segment; a later process begins one of its own, and then this says nothing any more. */
  readonly segment: number;
  readonly size: number;
  readonly state: LanesState;
}

export interface SpoolNote {
  readonly forwarded: SpoolPosition;
  /** Identities that were given out and durable at the time of writing, by lane. */
  readonly durable: readonly number[];
  readonly stopped?: CleanStop;
}

/**
 * Kept beside the segments, replaced as a whole: a line of JSON, and its checksum, since a note that says too much
 * would pass over records. As a rule it is not synced: after a power loss it is old, then some records are sent again
 * and readers drop them by their identity.
 */
export class PositionFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** undefined if there is none that can be read; then everything that is in the spool is sent (again). */
  async read(): Promise<SpoolNote | undefined> {
    try {
      const [text = "", checksum] = (await readFile(this.#file, "utf8")).split("\n");
      // Notes of 0.1 have no checksum.
      if (checksum !== undefined && checksum !== checksumOf(text)) return undefined;
      const note = JSON.parse(text) as SpoolNote;
      const { segment, offset, epoch, lanes } = note.forwarded;
      const sound =
        [segment, offset, epoch, ...note.durable].every(Number.isSafeInteger) &&
        Array.isArray(lanes) &&
        lanes.every(Number.isSafeInteger) &&
        Object.values(note.forwarded.ends).every((ends) => ends.every(Number.isSafeInteger));
      return sound ? note : undefined;
    } catch {
      // Missing, torn or unreadable: all the same, a place further back is always right.
      return undefined;
    }
  }

  /** A SpoolNote as JSON. `synced`: it is on the disk when this resolves. */
  async write(note: string, synced = false): Promise<void> {
    await writeFile(`${this.#file}.next`, `${note}\n${checksumOf(note)}`, { mode: 0o600, flush: synced });
    await rename(`${this.#file}.next`, this.#file);
    if (synced) await syncDirectory(dirname(this.#file));
  }
}

function checksumOf(note: string): string {
  return crc32(note).toString(16).padStart(8, "0");
}
