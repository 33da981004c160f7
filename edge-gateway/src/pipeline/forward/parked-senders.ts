import type { Logger } from "@headwater/core";
import type { Range } from "../lanes/lane.ts";
import type { SpoolPlace } from "../spool/position-file.ts";
import type { SegmentFiles } from "../spool/segment-files.ts";
import { catchUp } from "./catch-up.ts";
import type { PartitionSender } from "./partition-sender.ts";
import type { PartitionSenders } from "./partition-senders.ts";

export interface ParkedSendersOptions {
  readonly senders: PartitionSenders;
  readonly files: SegmentFiles;
  readonly gapsOf: (partition: number) => readonly Range[];
  /** Behind the records that were handed to the senders last. */
  readonly head: () => SpoolPlace;
  /** Resolves when an append has ended, or some time has passed. */
  readonly woken: () => Promise<void>;
  /** Segments that had been forwarded have to be once more. */
  readonly onSendAgain: () => void;
  /** Senders have caught up, or are parked again. */
  readonly onEnded: () => void;
  readonly onFault: (error: unknown) => void;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** A sender that others have overtaken for so long holds them up no more (milliseconds). */
const stuckMs = 2000;

/**
 * Parks the senders whose partition the log does not take, so that the others go on without them, and brings them back
 * once it does.
 */
export class ParkedSenders {
  readonly #options: ParkedSendersOptions;
  #catchingUp: Promise<void> | undefined;

  constructor(options: ParkedSendersOptions) {
    this.#options = options;
  }

  /** How many partitions of topics the others go on without. */
  get count(): number {
    return this.#options.senders.all.filter(({ parkedAt }) => parkedAt !== undefined).length;
  }

  get isCatchingUp(): boolean {
    return this.#catchingUp !== undefined;
  }

  /** Resolves when nothing is caught up on any more. */
  async ended(): Promise<void> {
    await this.#catchingUp;
  }

  /** Parks what is stuck, and begins to bring back what is not any more. */
  parkStuck(): void {
    this.catchUp();
    const { senders, head, logger } = this.#options;
    for (const sender of senders.all) {
      if (!sender.isBusy || sender.parkedAt !== undefined || !isStuck(sender)) continue;
      const { topic, partition } = sender;
      logger.warn({ topic, partition }, "the log does not take records of a partition; the others go on");
      sender.park(head());
    }
  }

  /** The log has lost records that it took: those that are still here go out again, before anything newer does. */
  sendAgain(sender: PartitionSender): void {
    const { files, head, onSendAgain, logger } = this.#options;
    files.reclaim(0);
    onSendAgain();
    sender.landedN = sender.isLane ? sender.intactBefore(sender.end) : 0;
    sender.parkedAt = { segment: files.numbers[0] ?? head().segment, offset: 0 };
    const { topic, partition, parkedAt, landedN } = sender;
    logger.error({ topic, partition, from: parkedAt, behind: landedN }, "records are sent again");
  }

  /** Begins to bring back the parked senders that have nothing under way. */
  catchUp(): void {
    const { senders, files, gapsOf, head, woken, onEnded, onFault, signal } = this.#options;
    if (this.#catchingUp !== undefined || signal.aborted) return;
    const ready = senders.all.filter((sender) => sender.parkedAt !== undefined && !sender.isBusy);
    if (ready.length === 0) return;
    const senderOf = senders.of.bind(senders);
    this.#catchingUp = catchUp(ready, { files, senderOf, gapsOf, head, woken, isStuck, signal })
      .catch(onFault)
      .finally(() => {
        this.#catchingUp = undefined;
        this.catchUp();
        onEnded();
      });
  }
}

function isStuck(sender: PartitionSender): boolean {
  return sender.overtakenAt !== undefined && performance.now() - sender.overtakenAt > stuckMs;
}
