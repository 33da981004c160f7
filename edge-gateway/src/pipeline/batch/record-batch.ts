import type { LanesState } from "../lanes/lanes.ts";
import { ByteWriter } from "@headwater/proto/telemetry";

/** In place of a packet identifier, for a message of QoS 0: nobody is told, and the power may take it. */
export const unacknowledged = -1;

/** Told once what it waits for is durable. */
export type DurableCallback = (error?: Error | null) => void;

/** Who sent what is not durable yet: their messages are counted while they wait. */
export interface Owner {
  unacked: number;
  /** Notes that a message is durable; answers whether it is the first since `sendAcks`. */
  acked(packetId: number): boolean;
  /** Acknowledges all that was noted, at once. */
  sendAcks(): void;
}

/** A QoS 2 message of this batch: if its identity is found durable after a crash, so was the message. */
export interface Qos2Arrival {
  readonly token: string;
  readonly partition: number;
  readonly n: number;
}

/** The frames of one group commit, in the order in which they came, and who waits for them. */
export class RecordBatch {
  readonly writer: ByteWriter;
  /** The lanes as they were before the first frame of this batch. */
  readonly before: LanesState;
  frames = 0;
  /** Whether somebody is told that it is durable. */
  mustSync = false;
  /** Who waits, in order: a callback, or else a packet identifier that its owner acknowledges. No object a message. */
  readonly callbacks: (DurableCallback | undefined)[] = [];
  readonly owners: (Owner | undefined)[] = [];
  readonly packetIds: number[] = [];
  readonly qos2: Qos2Arrival[] = [];
  /** When the first frame came (milliseconds, monotonic). */
  firstAt = 0;

  constructor(before: LanesState, buffer: Buffer<ArrayBufferLike>) {
    this.before = before;
    this.writer = new ByteWriter(buffer);
  }

  get bytes(): Buffer {
    return this.writer.bytes.subarray(0, this.writer.position);
  }

  get size(): number {
    return this.writer.position;
  }

  get isEmpty(): boolean {
    return this.frames === 0 && this.callbacks.length === 0;
  }
}

/** Where a group commit goes. */
export interface DurableSink {
  /** Whether frames need a checksum there. */
  readonly checksums: boolean;
  /** Takes back the buffer of a batch that nobody reads any more. */
  onReleased?: (buffer: Buffer) => void;
  /**
   * Resolves once every frame is durable. What fails is repeated, the identical bytes, for as long as it takes: an
   * identity that was given out is never given to another record. Rejects only when it is closed meanwhile.
   */
  write(batch: RecordBatch): Promise<void>;
  /** Whether there is room for so many more bytes. */
  hasRoom(bytes: number): boolean;
  /** Called when there may be room again. */
  onRoom?: () => void;
}
