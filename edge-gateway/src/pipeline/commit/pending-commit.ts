import { FrameBatch } from "../frame/frame-batch.ts";
import type { Qos2Arrival } from "../redelivery/qos2-journal.ts";
import type { Acknowledgement, DurableCallback, Owner } from "./acknowledgement.ts";

/** A batch of frames and the acknowledgements that wait for it. */
export class PendingCommit extends FrameBatch {
  /** The QoS 2 messages of this batch: an identity that is found durable after a crash says that its message is too. */
  readonly qos2: Qos2Arrival[] = [];
  /** When the first frame or acknowledgement came (milliseconds, monotonic); 0: none yet. */
  firstAt = 0;
  // Side by side, in the order of the messages: an acknowledgement costs no object.
  readonly #callbacks: (DurableCallback | undefined)[] = [];
  readonly #owners: (Owner | undefined)[] = [];
  readonly #packetIds: number[] = [];

  get isEmpty(): boolean {
    return this.frames === 0 && this.#callbacks.length === 0;
  }

  get acknowledgements(): number {
    return this.#callbacks.length;
  }

  addAcknowledgement({ callback, owner, packetId }: Acknowledgement): void {
    this.#callbacks.push(callback);
    this.#owners.push(owner);
    this.#packetIds.push(packetId);
  }

  /** Acknowledges all messages in their order; every owner sends its acknowledgements in one piece. */
  acknowledge(onError: (error: unknown) => void): void {
    const touched: Owner[] = [];
    for (let i = 0; i < this.#callbacks.length; i += 1) {
      const owner = this.#owners[i];
      const callback = this.#callbacks[i];
      if (owner !== undefined) owner.unacked -= 1;
      if (callback !== undefined) guarded(callback, onError);
      else if (owner!.acked(this.#packetIds[i]!)) touched.push(owner!);
    }
    for (const owner of touched) guarded(() => owner.sendAcks(), onError);
  }
}

/** A failure of one connection does not keep the others from their acknowledgements. */
function guarded(act: () => void, onError: (error: unknown) => void): void {
  try {
    act();
  } catch (error) {
    onError(error);
  }
}
