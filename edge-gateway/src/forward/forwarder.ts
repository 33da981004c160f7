import { QueueClosedError, sleep, type HeadwaterError, type Logger } from "@headwater/service-kit";
import type { EventLog } from "@headwater/event-log";
import type { Frame } from "../spool/frame.ts";
import type { PositionFile } from "../spool/position-file.ts";
import type { LostRange } from "../spool/recovery.ts";
import type { SpoolReader, SpoolStep } from "../spool/spool-reader.ts";
import type { Spool } from "../spool/spool.ts";
import { deliver } from "./deliver.ts";
import type { FrameRecords } from "./frame-records.ts";

export interface ForwarderOptions {
  readonly log: EventLog;
  readonly spool: Spool;
  readonly reader: SpoolReader;
  readonly positions: PositionFile;
  readonly records: FrameRecords;
  readonly logger: Logger;
  /** After an append of many records, more are waited for so long (milliseconds). */
  readonly lingerMs: number;
  readonly onLanded: (frames: readonly Frame[]) => void;
  readonly onRefused: (frame: Frame) => void;
  /** Resolves once the gap record is durable. */
  readonly onLost: (lost: LostRange) => Promise<void>;
  readonly onTrouble: (error: HeadwaterError | undefined) => void;
}

const positionEveryMs = 250;
const manyRecords = 64;

/**
 * Sends what is in the spool to the log: one append of a topic at a time, so that every lane lands in the order of n, and the identical
 * batch again until it is in. Live records queue behind the backlog; the backlog goes out in large batches.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #closing = new AbortController();
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #positionAt = 0;
  #idle = false;
  /** Whether something was committed since the reader was last asked. */
  #committed = false;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    options.spool.onCommit = () => {
      this.#committed = true;
      this.#wake?.();
    };
  }

  /** Settles when the forwarder ends: rejects if it could not go on. */
  start(): Promise<void> {
    this.#running = this.#run();
    return this.#running;
  }

  /** Whether everything durable has landed. */
  get drained(): boolean {
    return this.#idle;
  }

  /** Resolves once all that is in the spool now has landed, or the signal is aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    while (!this.#idle && !signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- polled: it is the last thing a gateway does
      await sleep(20, signal).catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new QueueClosedError("The gateway is stopping"));
    this.#wake?.();
    await this.#running?.catch(() => {});
    await this.#savePosition();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#committed = false;
      // oxlint-disable-next-line no-await-in-loop -- one step after the other is the order of the lanes
      const step = await this.#options.reader.next();
      if (step === undefined) {
        // oxlint-disable-next-line no-await-in-loop -- waits for the next commit
        await this.#rest();
        continue;
      }
      this.#idle = false;
      try {
        // oxlint-disable-next-line no-await-in-loop -- see above
        await this.#forward(step);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      if (step.frames.length >= manyRecords && this.#options.lingerMs > 0) {
        // oxlint-disable-next-line no-await-in-loop -- lets the next batch grow
        await sleep(this.#options.lingerMs);
      }
    }
  }

  async #forward(step: SpoolStep): Promise<void> {
    const { records, reader, onLanded, onRefused, onLost, onTrouble } = this.#options;
    const groups = records.group(step.frames);
    const { signal } = this.#closing;
    const refused = await Promise.all(groups.map((group) => deliver(group, { ...this.#options, signal, onTrouble })));
    const lost = new Set(groups.flatMap((group, index) => refused[index]!.map((at) => group.frames[at]!)));
    for (const frame of lost) onRefused(frame);
    await Promise.all(step.lost.map((range) => onLost(range)));
    onLanded(lost.size === 0 ? step.frames : step.frames.filter((frame) => !lost.has(frame)));
    const before = reader.position.segment;
    reader.advance(step);
    if (step.next.segment !== before || lost.size > 0 || step.lost.length > 0) {
      await this.#savePosition();
      await this.#release(step.next.segment);
    } else if (performance.now() - this.#positionAt > positionEveryMs) {
      await this.#savePosition();
    }
  }

  async #release(segment: number): Promise<void> {
    try {
      await this.#options.spool.release(segment);
    } catch (error) {
      // Tried again with the next segment; until then its space is missing.
      this.#options.logger.error({ err: error }, "a forwarded spool segment could not be removed");
    }
  }

  async #rest(): Promise<void> {
    if (this.#committed || this.#closing.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#idle = true;
    await promise;
    this.#wake = undefined;
    this.#idle = false;
  }

  async #savePosition(): Promise<void> {
    this.#positionAt = performance.now();
    try {
      await this.#options.positions.write(this.#options.reader.position);
    } catch (error) {
      // An older position is right too: some records are sent again and dropped by their identity.
      this.#options.logger.warn({ err: error }, "the position of the spool could not be saved");
    }
  }
}
