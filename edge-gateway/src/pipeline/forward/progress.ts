import { SerialQueue, type Logger } from "@headwater/core";
import type { Range } from "../lanes/lane.ts";
import type { LanesState } from "../lanes/lanes.ts";
import type { PositionFile, SpoolNote, SpoolPlace } from "../spool/position-file.ts";
import type { SpoolReader } from "../spool/spool-reader.ts";
import type { Spool } from "../spool/spool.ts";
import type { PartitionSender } from "./partition-sender.ts";

export interface ProgressOptions {
  readonly spool: Spool;
  readonly reader: SpoolReader;
  readonly positions: PositionFile;
  readonly logger: Logger;
  readonly gapsOf: (partition: number) => readonly Range[];
  /** Everything up to these n of an epoch will not be read again. */
  readonly onPassed: (lanes: readonly number[], epoch: number) => void;
  /** The lanes at the end, if all of them is durable. */
  readonly finalState: () => LanesState | undefined;
}

const everyMs = 250;

/** Saves how far the spool has been forwarded, and removes the segments before that place. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #senders: readonly PartitionSender[];
  /** Each write replaces the file. */
  readonly #writes = new SerialQueue();
  #savedAt = 0;
  #savesBehind = false;
  #savedAs = "";
  /** The segment before which all are known to be forwarded. */
  #forwardedBefore = -1;

  constructor(options: ProgressOptions, senders: readonly PartitionSender[]) {
    this.#options = options;
    this.#senders = senders;
  }

  /**
   * Now and then, with every segment that is through, or `now`. What is saved now and then is waited for by nobody: the
   * records behind it go on meanwhile.
   */
  async note(place: SpoolPlace, lanes: readonly number[], now: boolean): Promise<void> {
    const { segment } = place;
    if (segment !== this.#forwardedBefore || now) {
      await this.save(place, lanes);
      await this.#tidy(() => this.#options.spool.files.forwarded(segment));
      this.#forwardedBefore = segment;
    } else if (!this.#savesBehind && performance.now() - this.#savedAt > everyMs) {
      this.#savesBehind = true;
      void this.save(place, lanes).finally(() => (this.#savesBehind = false));
    }
  }

  /** Segments that had been forwarded have to be once more. */
  again(): void {
    this.#forwardedBefore = -1;
  }

  /** Removes segments that have been kept for long enough. */
  expire(): Promise<void> {
    return this.#tidy(() => this.#options.spool.files.expire());
  }

  async save(place: SpoolPlace, lanes: readonly number[], atEnd = false): Promise<void> {
    const { reader, spool, positions, finalState, gapsOf, onPassed, logger } = this.#options;
    const { epoch } = reader;
    this.#savedAt = performance.now();
    const ends: Record<string, number[]> = {};
    for (const { topic, partition, end } of this.#senders) (ends[topic] ??= [])[partition] = end;
    const state = atEnd ? finalState() : undefined;
    const segment = spool.activeSegment;
    const size = spool.files.sizeOf(segment) ?? 0;
    const note: SpoolNote = {
      forwarded: { ...place, epoch, lanes, ends },
      durable: spool.durableLanes,
      ...(state === undefined ? {} : { stopped: { segment, size, state } }),
    };
    const text = JSON.stringify(note);
    // What is on record as given up is forgotten once it is passed, so no power loss may bring an older place back.
    const synced = lanes.some((_, partition) => gapsOf(partition).length > 0);
    await this.#writes.run(async () => {
      if (text === this.#savedAs) return;
      try {
        await positions.write(text, synced);
        this.#savedAs = text;
        onPassed(lanes, epoch);
      } catch (error) {
        // An older position is right too: some records are sent again and dropped by their identity.
        logger.warn({ err: error }, "the position of the spool could not be saved");
      }
    });
  }

  async #tidy(act: () => Promise<boolean>): Promise<void> {
    try {
      if (await act()) this.#options.spool.onRoom?.();
    } catch (error) {
      // Tried again with the next segment; until then its space is missing.
      this.#options.logger.error({ err: error }, "a forwarded spool segment could not be removed");
    }
  }
}
