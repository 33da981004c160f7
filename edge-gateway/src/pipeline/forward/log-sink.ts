import { nowMicros, QueueClosedError } from "@headwater/core";
import type { DurableSink } from "../frame/durable-sink.ts";
import type { FrameBatch } from "../frame/frame-batch.ts";
import { frameKinds, type Frame } from "../frame/frame.ts";
import { appendRepeatedly, type AppendOptions } from "./append-repeatedly.ts";
import type { FrameRecords, TopicRecords } from "../frame/frame-records.ts";

export interface LogSinkOptions extends Omit<AppendOptions, "signal" | "receiveTime"> {
  readonly records: FrameRecords;
}

/** The durable write of the all-in-one: straight to the log, which is on this machine. */
export class LogSink implements DurableSink {
  readonly format = "records";
  readonly #options: LogSinkOptions;
  readonly #closing = new AbortController();
  /** What the gateway's receive clock says. */
  receiveTime: () => number = nowMicros;
  onRoom?: () => void;
  onReleased?: (buffer: Buffer) => void;
  /** Told how many records the log took. */
  onAppended?: (records: number) => void;
  onMarkAppended?: (partition: number, n: number) => void;
  /** Told of a record that the log refused for good. */
  onRefused?: (frame: Frame) => void;

  constructor(options: LogSinkOptions) {
    this.#options = options;
  }

  hasRoom(): boolean {
    return true;
  }

  async write(batch: FrameBatch): Promise<void> {
    const index = batch.index!;
    const options = { ...this.#options, receiveTime: this.receiveTime, signal: this.#closing.signal };
    const append = (groups: readonly TopicRecords[]) =>
      Promise.all(groups.map((group) => appendRepeatedly(group, options)));
    const all = this.#options.records.group(batch, index);
    // An append that has to be repeated lands when it can: a witness is appended once what it tells of has landed.
    const early = batch.hasWitness ? all.filter(({ marks }) => marks.length === 0) : [];
    const late = early.length === 0 ? all : all.filter((group) => !early.includes(group));
    const refused = [...(await append(early)), ...(await append(late))];
    const groups = [...early, ...late];
    const places = new Set(groups.flatMap((group, at) => refused[at]!.map((each) => group.places[each]!)));
    this.onAppended?.(index.length - places.size);
    for (let at = 0; at < index.length; at += 1) {
      if (index.kinds[at] === frameKinds.mark && !places.has(at))
        this.onMarkAppended?.(index.partitions[at]!, index.ns[at]!);
    }
    for (const place of places) this.onRefused?.(batch.frameAt(place));
    this.onReleased?.(batch.writer.bytes);
  }

  close(): void {
    this.#closing.abort(new QueueClosedError("The gateway is stopping"));
  }
}
