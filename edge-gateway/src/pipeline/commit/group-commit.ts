import { type Logger, QueueClosedError } from "@headwater/core";
import type { Lanes } from "../lanes/lanes.ts";
import type { Qos2Journal } from "../redelivery/qos2-journal.ts";
import type { RecentJournal } from "../redelivery/recent-journal.ts";
import type { Notes } from "../redelivery/recent-notes.ts";
import { reserveBytes } from "../spool/reserve.ts";
import { BufferPool } from "./buffer-pool.ts";
import { RecordBatch, type DurableSink, type Owner, type DurableCallback } from "../batch/record-batch.ts";

export interface GroupCommitOptions {
  readonly lanes: Lanes;
  readonly sink: DurableSink;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly logger: Logger;
  /** More waits no longer in the open batch: what comes then has to wait outside (bytes). */
  readonly maxBatchBytes: number;
  /**
   * After a commit of many records the next one waits this long for more (milliseconds): fewer, larger writes cost
   * less.
   */
  readonly lingerMs: number;
  /** Told of every commit: how many records, how long the first of them waited (seconds). */
  readonly onCommitted: (records: number, seconds: number, acks: number) => void;
  /** What becomes of messages for which the sink has no room: they wait outside, or are dropped. */
  readonly dropsNewest: boolean;
  /** Called when the open batch takes records again. */
  readonly onRoom: () => void;
}

/** A commit of fewer records is followed by the next one at once. */
const manyRecords = 16;

/**
 * One commit at a time; everything that arrives while it is under way forms the next. So the cost of a commit is shared
 * by as many messages as there are, and a lone message waits for nobody.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #open: RecordBatch;
  #committing: Promise<void> | undefined;
  #scheduled = false;
  #lastFrames = 0;
  #lastSize = 64 * 1024;
  #closed = false;
  readonly #buffers = new BufferPool();

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#open = new RecordBatch(options.lanes.state, this.#buffers.take(this.#lastSize));
    options.sink.onReleased = (buffer) => this.#buffers.release(buffer);
  }

  /** Where the next frame goes. Call `appendSynced` after each. */
  get open(): RecordBatch {
    return this.#open;
  }

  /** Whether the next record has a place, or is dropped for want of one. */
  get hasRoom(): boolean {
    const { size } = this.#open;
    return size < this.#options.maxBatchBytes && (this.#options.dropsNewest || this.#options.sink.hasRoom(size));
  }

  /** Whether the next message is dropped: acknowledged, and named in a gap record. */
  get dropsNewest(): boolean {
    return this.#options.dropsNewest && !this.#options.sink.hasRoom(this.#open.size);
  }

  /** Whether everything that was written is durable. */
  get isIdle(): boolean {
    return this.#open.isEmpty && this.#committing === undefined;
  }

  /** Whether a small record that is not a message's still has a place when messages have none any more. */
  get hasReserve(): boolean {
    return this.#options.sink.hasRoom(this.#open.size - reserveBytes);
  }

  /** When the oldest record that is not durable yet arrived (milliseconds, monotonic); undefined if all are. */
  oldestAt: number | undefined;

  /**
   * A frame was written to the open batch; once it is durable `onDurable` is called, or the owner acknowledges the
   * packet.
   */
  appendSynced(onDurable?: DurableCallback, owner?: Owner, packetId = 0): void {
    this.#open.frames += 1;
    this.#open.mustSync = true;
    this.afterCommit(onDurable, owner, packetId);
  }

  /** As `appendSynced`, for what may be lost with the power: a message of QoS 0, a mark. */
  appendUnsynced(onDurable?: DurableCallback, owner?: Owner): void {
    this.#open.frames += 1;
    this.afterCommit(onDurable, owner);
  }

  /** As `appendSynced`, once everything that was written so far is durable. */
  afterCommit(onDurable: DurableCallback | undefined, owner?: Owner, packetId = 0): void {
    const open = this.#open;
    if (open.firstAt === 0) {
      open.firstAt = performance.now();
      this.oldestAt ??= open.firstAt;
    }
    if (onDurable !== undefined || owner !== undefined) {
      open.callbacks.push(onDurable);
      open.owners.push(owner);
      open.packetIds.push(packetId);
    }
    if (!this.#scheduled && this.#committing === undefined) this.#schedule();
  }

  /** Resolves when all that was written up to now is durable. */
  durable(): Promise<void> {
    this.#open.mustSync = true;
    return new Promise((resolve) => this.afterCommit(() => resolve()));
  }

  /** Resolves when all that was written is durable. */
  async drain(): Promise<void> {
    while (!this.#open.isEmpty || this.#committing !== undefined) {
      if (this.#committing === undefined) this.#commit();
      await this.#committing;
    }
  }

  /** Nothing is committed any more; who still waits is told so by nobody, like after a crash. */
  close(): void {
    this.#closed = true;
  }

  #schedule(): void {
    this.#scheduled = true;
    const begin = (): void => {
      this.#scheduled = false;
      if (this.#committing === undefined) this.#commit();
    };
    if (this.#lastFrames >= manyRecords && this.#options.lingerMs > 0) setTimeout(begin, this.#options.lingerMs);
    else setImmediate(begin);
  }

  #commit(): void {
    if (this.#closed) return;
    const batch = this.#open;
    if (batch.isEmpty) return;
    // A little more than last time: a buffer that has to grow is copied.
    this.#lastSize = Math.max(16 * 1024, Math.ceil(batch.size * 1.25));
    this.#lastFrames = batch.frames;
    this.#open = new RecordBatch(this.#options.lanes.state, this.#buffers.take(this.#lastSize));
    this.#committing = this.#write(batch, this.#options.recent.cut()).finally(() => {
      this.#committing = undefined;
      this.oldestAt = this.#open.firstAt === 0 ? undefined : this.#open.firstAt;
      if (!this.#open.isEmpty) this.#schedule();
    });
  }

  async #write(batch: RecordBatch, notes: Notes | undefined): Promise<void> {
    const { sink, journal, recent, logger, onCommitted, onRoom } = this.#options;
    try {
      if (batch.qos2.length > 0) await journal.announce(batch.qos2);
      const noting = notes === undefined ? undefined : recent.write(notes);
      if (noting !== undefined) await noting;
      if (batch.frames > 0) await sink.write(batch);
    } catch (error) {
      // Both repeat what fails; they give up only when the gateway stops. Nothing of the batch is acked.
      if (!(error instanceof QueueClosedError)) logger.error({ err: error }, "a group commit failed for good");
      this.#closed = true;
      return;
    }
    for (const { token } of batch.qos2) journal.landed(token);
    onCommitted(batch.frames, (performance.now() - batch.firstAt) / 1000, batch.callbacks.length);
    this.#acknowledge(batch);
    onRoom();
  }

  #acknowledge({ callbacks, owners, packetIds }: RecordBatch): void {
    const touched: Owner[] = [];
    for (let i = 0; i < callbacks.length; i += 1) {
      const owner = owners[i];
      const callback = callbacks[i];
      if (owner !== undefined) owner.unacked -= 1;
      if (callback !== undefined) this.#guarded(callback);
      else if (owner!.acked(packetIds[i]!)) touched.push(owner!);
    }
    for (const owner of touched) this.#guarded(() => owner.sendAcks());
  }

  /** One connection's trouble is not the next one's. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.logger.error({ err: error }, "an acknowledgement failed");
    }
  }
}
