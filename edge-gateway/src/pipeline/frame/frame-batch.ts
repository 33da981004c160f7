import { ByteWriter } from "@headwater/proto/telemetry";
import { beginFrame, endFrame, noSeed, readFrame, type Frame, type FrameKind } from "./frame.ts";
import type { LanesState } from "../lanes/lanes.ts";
import { FrameIndex } from "./frame-index.ts";

/** What a sink takes of a batch: its bytes, each frame with a checksum, or the records that its index names. */
export type BatchFormat = "bytes" | "records";

/** The frames of one group commit, in the order of their arrival, in one buffer. */
export class FrameBatch {
  readonly writer: ByteWriter;
  /** The lanes as they were before the first frame of this batch. */
  readonly before: LanesState;
  /** What each frame holds, for a sink that takes records; a sink that takes bytes has no use for it. */
  readonly index: FrameIndex | undefined;
  frames = 0;
  /** Whether somebody is told that the batch is durable. */
  mustSync = false;
  /** Whether a mark in it tells that frames before it, of whatever topic, are durable. */
  hasWitness = false;
  readonly #seed: number | undefined;
  #start = 0;

  /** @param seed Of the checksums, if the sink takes bytes. */
  constructor(before: LanesState, buffer: Buffer<ArrayBufferLike>, format: BatchFormat, seed: number = noSeed) {
    this.before = before;
    this.writer = new ByteWriter(buffer);
    this.#seed = format === "bytes" ? seed : undefined;
    this.index = format === "records" ? new FrameIndex() : undefined;
  }

  get bytes(): Buffer {
    return this.writer.bytes.subarray(0, this.writer.position);
  }

  get size(): number {
    return this.writer.position;
  }

  /** Begins a frame; its value goes to `writer` next. Answers with the place of the value. */
  begin(kind: FrameKind, partition: number, n: number, key: Uint8Array, headers?: string): number {
    this.#start = this.writer.position;
    beginFrame(this.writer, kind, partition, n, key, headers);
    const { position } = this.writer;
    this.index?.begin(kind, partition, n, key, headers, position);
    return position;
  }

  /** Ends the frame that was begun last. */
  end(): void {
    endFrame(this.writer, this.#start, this.#seed);
    this.index?.end(this.writer.position);
    this.frames += 1;
  }

  /** Takes back the frame that was begun last, before its end. */
  cancel(): void {
    this.writer.position = this.#start;
    this.index?.cancel();
  }

  /** One frame of an indexed batch, read from its bytes. */
  frameAt(at: number): Frame {
    const frame = readFrame(this.bytes, at === 0 ? 0 : this.index!.ends[at - 1]!, undefined);
    return frame as Frame;
  }
}
