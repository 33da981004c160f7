import { QueueClosedError } from "@headwater/core";
import type { DurableSink, RecordBatch } from "../batch/record-batch.ts";
import { readFrame, type Frame } from "../frame/frame.ts";
import { appendRepeatedly, type AppendOptions } from "./append-repeatedly.ts";
import type { FrameRecords } from "./frame-records.ts";

export interface LogSinkOptions extends Omit<AppendOptions, "signal"> {
  readonly records: FrameRecords;
  /** Told what has landed. */
  readonly onLanded: (frames: readonly Frame[]) => void;
  /** Told what the log refused for good. */
  readonly onRefused: (frame: Frame) => void;
}

/** The durable write of the all-in-one: straight to the log, which is on this machine. */
export class LogSink implements DurableSink {
  readonly checksums = false;
  readonly #options: LogSinkOptions;
  readonly #closing = new AbortController();
  onRoom?: () => void;
  onReleased?: (buffer: Buffer) => void;

  constructor(options: LogSinkOptions) {
    this.#options = options;
  }

  hasRoom(): boolean {
    return true;
  }

  async write(batch: RecordBatch): Promise<void> {
    const frames = framesOf(batch.bytes, false);
    const groups = this.#options.records.group(frames);
    const { signal } = this.#closing;
    const refused = await Promise.all(groups.map((group) => appendRepeatedly(group, { ...this.#options, signal })));
    const lost = new Set(groups.flatMap((group, index) => refused[index]!.map((at) => group.frames[at]!)));
    this.#options.onLanded(lost.size === 0 ? frames : frames.filter((frame) => !lost.has(frame)));
    for (const frame of lost) this.#options.onRefused(frame);
    this.onReleased?.(batch.writer.bytes);
  }

  close(): void {
    this.#closing.abort(new QueueClosedError("The gateway is stopping"));
  }
}

/** The frames of bytes that were just written. */
export function framesOf(bytes: Buffer, checksum: boolean): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const frame = readFrame(bytes, at, checksum);
    if (typeof frame === "string") break;
    frames.push(frame);
    at = frame.end;
  }
  return frames;
}
