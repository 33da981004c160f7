import type { BatchFormat, FrameBatch } from "./frame-batch.ts";

/** How far beyond its bound a sink takes the gateway's own records (bytes): gaps, marks, presence, commands. */
export const reserveBytes = 16 * 1024 * 1024;

/** Where a group commit becomes durable. */
export interface DurableSink {
  readonly format: BatchFormat;
  /** Of the checksums of frames, if it takes bytes. */
  readonly seed?: number;
  /** Takes back the buffer of a batch that nobody reads any more. */
  onReleased?: (buffer: Buffer) => void;
  /**
   * Resolves once every frame is durable. A failed write is repeated with the identical bytes for as long as it takes:
   * an identity that was given out is never given to another record. Rejects only when the sink is closed meanwhile.
   */
  write(batch: FrameBatch): Promise<void>;
  /** Whether there is room for so many more bytes. */
  hasRoom(bytes: number): boolean;
  /** Called when there may be room again. */
  onRoom?: () => void;
}
