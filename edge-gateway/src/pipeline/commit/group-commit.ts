import { type Logger, QueueClosedError } from "@headwater/core";
import { reserveBytes, type DurableSink } from "../frame/durable-sink.ts";
import type { Lanes } from "../lanes/lanes.ts";
import type { Qos2Arrival, Qos2Journal } from "../redelivery/qos2-journal.ts";
import type { RecentJournal } from "../redelivery/recent-journal.ts";
import type { Notes } from "../redelivery/recent-notes.ts";
import { calling, type Acknowledgement } from "./acknowledgement.ts";
import { BufferPool } from "./buffer-pool.ts";
import { PendingCommit } from "./pending-commit.ts";

export interface GroupCommitOptions {
  readonly lanes: Lanes;
  readonly sink: DurableSink;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly logger: Logger;
  /** A batch of more bytes takes nothing more: messages then wait outside. */
  readonly maxBatchBytes: number;
  /** The pause for more records after a commit of many (milliseconds): fewer, larger writes cost less. */
  readonly lingerMs: number;
  /** Told of every commit: its records, the wait of the first of them (seconds), and its acknowledgements. */
  readonly onCommitted: (records: number, seconds: number, acks: number) => void;
  /** Whether messages for which the sink has no room are dropped; otherwise they wait outside. */
  readonly dropsNewest: boolean;
}

/** A commit of fewer records is followed by the next one at once. */
const manyRecords = 16;

/**
 * One commit at a time; everything that arrives while it is under way forms the next. So the cost of a commit is shared
 * by all of its messages, and a lone message waits for nobody.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #open: PendingCommit;
  #committing: Promise<void> | undefined;
  /** Of the batch that is being written: the sink does not count it yet. */
  #committingBytes = 0;
  #scheduled = false;
  #lastFrames = 0;
  #lastSize = 64 * 1024;
  #closed = false;
  readonly #buffers = new BufferPool();
  /** When the oldest record that is not durable yet arrived (milliseconds, monotonic); undefined if all are. */
  oldestAt: number | undefined;
  /** Called when the open batch may take records again. */
  onRoom?: () => void;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#open = this.#newBatch();
    options.sink.onReleased = (buffer) => this.#buffers.release(buffer);
    options.sink.onRoom = () => this.onRoom?.();
  }

  /** The batch in which the next frame begins; `appendSynced` or `appendUnsynced` ends it. */
  get open(): PendingCommit {
    return this.#open;
  }

  /** Whether the next record has a place, or is dropped for want of one. */
  get hasRoom(): boolean {
    const { maxBatchBytes, dropsNewest, sink } = this.#options;
    return this.#open.size < maxBatchBytes && (dropsNewest || sink.hasRoom(this.#undurableBytes));
  }

  /** Whether the next message is dropped: acknowledged, and named in a gap record. */
  get dropsNewest(): boolean {
    return this.#options.dropsNewest && !this.#options.sink.hasRoom(this.#undurableBytes);
  }

  /** Whether everything that was written is durable. */
  get isIdle(): boolean {
    return this.#open.isEmpty && this.#committing === undefined;
  }

  /** Whether a small record of the gateway itself still has a place when messages have none any more. */
  get hasReserve(): boolean {
    return this.#options.sink.hasRoom(this.#undurableBytes - reserveBytes);
  }

  /** Ends the frame that was begun in the open batch. The batch is synced before it is acknowledged. */
  appendSynced(acknowledgement?: Acknowledgement): void {
    this.#open.end();
    this.#open.mustSync = true;
    this.#await(acknowledgement);
  }

  /** As `appendSynced`, for a frame that a power loss may take: a message of QoS 0, a mark. */
  appendUnsynced(acknowledgement?: Acknowledgement): void {
    this.#open.end();
    this.#await(acknowledgement);
  }

  /** Acknowledges once everything that was written so far is durable; nothing new was written. */
  afterCommit(acknowledgement: Acknowledgement): void {
    this.#await(acknowledgement);
  }

  /** A QoS 2 message was written to the open batch: a duplicate in the same moment is one already. */
  noteArrival(arrival: Qos2Arrival): void {
    this.#open.qos2.push(arrival);
    this.#options.journal.add(arrival);
  }

  /** Resolves when all that was written up to now is durable. */
  durable(): Promise<void> {
    this.#open.mustSync = true;
    return new Promise((resolve) => this.afterCommit(calling(() => resolve())));
  }

  /** Resolves when all that was written is durable. */
  async drain(): Promise<void> {
    while (!this.#open.isEmpty || this.#committing !== undefined) {
      if (this.#committing === undefined) this.#commit();
      await this.#committing;
    }
  }

  /** Nothing is committed any more. Pending callbacks are never invoked, as after a crash. */
  close(): void {
    this.#closed = true;
  }

  /** What the sink has to find room for before the next record. */
  get #undurableBytes(): number {
    return this.#open.size + this.#committingBytes;
  }

  #await(acknowledgement: Acknowledgement | undefined): void {
    const open = this.#open;
    if (open.firstAt === 0) {
      open.firstAt = performance.now();
      this.oldestAt ??= open.firstAt;
    }
    if (acknowledgement !== undefined) open.addAcknowledgement(acknowledgement);
    if (!this.#scheduled && this.#committing === undefined) this.#schedule();
  }

  #newBatch(): PendingCommit {
    const { lanes, sink } = this.#options;
    return new PendingCommit(lanes.state, this.#buffers.take(this.#lastSize), sink.format, sink.seed);
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
    this.#committingBytes = batch.size;
    this.#open = this.#newBatch();
    this.#committing = this.#write(batch, this.#options.recent.cut()).finally(() => {
      this.#committing = undefined;
      this.oldestAt = this.#open.firstAt === 0 ? undefined : this.#open.firstAt;
      if (!this.#open.isEmpty) this.#schedule();
    });
  }

  async #write(batch: PendingCommit, notes: Notes | undefined): Promise<void> {
    const { sink, journal, recent, logger, onCommitted } = this.#options;
    try {
      if (batch.qos2.length > 0) await journal.announce(batch.qos2);
      const noting = notes === undefined ? undefined : recent.write(notes);
      if (noting !== undefined) await noting;
      if (batch.frames > 0) await sink.write(batch);
      this.#committingBytes = 0;
    } catch (error) {
      // Both repeat a write that fails; they give up only when the gateway stops. Nothing of the batch is acknowledged.
      if (!(error instanceof QueueClosedError)) logger.error({ err: error }, "a group commit failed for good");
      this.#closed = true;
      return;
    }
    for (const { token } of batch.qos2) journal.landed(token);
    recent.landed();
    onCommitted(batch.frames, (performance.now() - batch.firstAt) / 1000, batch.acknowledgements);
    batch.acknowledge((error) => logger.error({ err: error }, "an acknowledgement failed"));
    this.onRoom?.();
  }
}
