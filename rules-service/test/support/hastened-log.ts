import type { ConsumeOptions, EventLog, FollowOptions, LogBatch, LogRecord, ReadRange } from "@headwater/event-log";

/**
 * A log whose time runs faster from the call of `hasten` on: what the log itself takes half a minute for is there in
 * less than a second. Whoever reads it sees the same times, however often.
 */
export class HastenedLog implements EventLog {
  readonly #inner: EventLog;
  readonly #factor: number;
  #since = Infinity;

  constructor(inner: EventLog, factor: number) {
    this.#inner = inner;
    this.#factor = factor;
  }

  hasten(): void {
    this.#since = Date.now() * 1000;
  }

  // Field by field: what the log hands over has some of its own only when they are asked for.
  #batch({ topic, partition, records, highWatermark }: LogBatch): LogBatch {
    return { topic, partition, records: records.map((record) => this.#record(record)), highWatermark };
  }

  #record({ offset, appendTime, key, value, headers }: LogRecord): LogRecord {
    const ahead = Math.max(0, appendTime - this.#since);
    return { offset, appendTime: appendTime + (this.#factor - 1) * ahead, key, value, headers };
  }

  /** What the log itself calls that time. */
  #innerTime(time: number): number {
    return time <= this.#since ? time : this.#since + Math.ceil((time - this.#since) / this.#factor);
  }

  consume(options: ConsumeOptions): ReturnType<EventLog["consume"]> {
    const onBatch: ConsumeOptions["onBatch"] = (batch) =>
      options.onBatch({ ...this.#batch(batch), signal: batch.signal, commit: (offset) => batch.commit(offset) });
    return this.#inner.consume({ ...options, onBatch });
  }

  follow(options: FollowOptions): ReturnType<EventLog["follow"]> {
    return this.#inner.follow({ ...options, onBatch: (batch) => options.onBatch(this.#batch(batch)) });
  }

  async *read(topic: string, partition: number, { fromTime, toTime, ...range }: ReadRange = {}) {
    const times = {
      ...(fromTime !== undefined && { fromTime: this.#innerTime(fromTime) }),
      ...(toTime !== undefined && { toTime: this.#innerTime(toTime) }),
    };
    for await (const batch of this.#inner.read(topic, partition, { ...range, ...times })) yield this.#batch(batch);
  }

  append(...call: Parameters<EventLog["append"]>): ReturnType<EventLog["append"]> {
    return this.#inner.append(...call);
  }

  ensureTopics(...call: Parameters<EventLog["ensureTopics"]>): ReturnType<EventLog["ensureTopics"]> {
    return this.#inner.ensureTopics(...call);
  }

  positions(topic: string): ReturnType<EventLog["positions"]> {
    return this.#inner.positions(topic);
  }

  committed(...call: Parameters<EventLog["committed"]>): ReturnType<EventLog["committed"]> {
    return this.#inner.committed(...call);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
