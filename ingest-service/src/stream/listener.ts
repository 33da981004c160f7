import { PassThrough } from "node:stream";
import type { DatabaseSync } from "node:sqlite";
import { aborted, RequestError, sleep } from "@headwater/core";
import { isOpen, type StreamFilter, textsOf } from "./stream-filter.ts";
import type { StreamPosition } from "./stream-position.ts";
import type { StreamTopic } from "./stream-topic.ts";
import { type ToldBatch, withId } from "./told-batch.ts";

/** Bytes on their way to a listener; beyond them it is told of telemetry no more until it has read. */
const maxBuffered = 256 * 1024;
/** Of the rarer topics more may wait. Beyond this a listener is cut off, and resumes without a loss. */
const maxWaiting = 1024 * 1024;
/** Milliseconds without a read after which a listener is cut off. */
const patienceMs = 15_000;

/** One reader of the live stream, and what is on its way to it. */
export class Listener {
  readonly body = new PassThrough({ highWaterMark: maxBuffered });
  readonly topics: ReadonlySet<StreamTopic>;
  readonly topicList: string;
  readonly ended = new AbortController();
  readonly filter: StreamFilter;
  /** Where it stood when it had been told of everything before. */
  joinedAt: StreamPosition | undefined;
  readonly #isOpen: boolean;
  readonly #db: DatabaseSync;
  #slowSince: number | undefined;
  #dropped = 0;
  #lastId = "";

  constructor(topics: readonly StreamTopic[], filter: StreamFilter, db: DatabaseSync) {
    this.topics = new Set(topics);
    this.topicList = topics.join();
    this.filter = filter;
    this.#isOpen = isOpen(filter);
    this.#db = db;
    this.body.on("drain", () => this.#drained());
    this.body.once("close", () => this.ended.abort());
  }

  say(event: string, data: object, id?: string): void {
    if (id !== undefined) this.#lastId = id;
    this.body.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** What happens now. A listener that does not keep up misses telemetry, and is told how much. */
  offer(batch: ToldBatch, id: string): void {
    if (this.body.destroyed || !this.topics.has(batch.topic) || batch.events.length === 0) return;
    const isSlow = this.#slowSince !== undefined;
    if (isSlow && batch.topic === "telemetry") {
      this.#dropped += this.#isOpen ? batch.events.length : this.#textsOf(batch).length;
      return;
    }
    if (isSlow && this.body.writableLength > maxWaiting) {
      this.body.destroy();
      return;
    }
    const bytes = this.#bytesOf(batch, id);
    if (bytes === undefined) return;
    this.#lastId = id;
    if (!this.body.write(bytes)) this.#slowSince ??= performance.now();
  }

  /** What happened before: only as fast as the listener takes it. */
  async tell(batch: ToldBatch, id: string): Promise<void> {
    const bytes = batch.events.length === 0 ? undefined : this.#bytesOf(batch, id);
    if (bytes === undefined) return;
    this.#lastId = id;
    if (this.body.write(bytes) || this.body.destroyed) return;
    const patience = new AbortController();
    const drained = new Promise<void>((resolve) => void this.body.once("drain", resolve));
    const late = sleep(patienceMs, patience.signal).then(
      () => this.body.destroy(),
      () => {},
    );
    await Promise.race([drained, late, aborted(this.ended.signal)]);
    patience.abort();
  }

  /** That it is there still; one that has read nothing for long is cut off. */
  beat(now: number): void {
    if (this.#slowSince !== undefined) {
      if (now - this.#slowSince > patienceMs) this.body.destroy();
    } else if (!this.body.writableNeedDrain) this.body.write(": \n\n");
  }

  #bytesOf(batch: ToldBatch, id: string): string | Buffer | undefined {
    if (this.#isOpen) return batch.whole(id);
    const texts = this.#textsOf(batch);
    return texts.length === 0 ? undefined : withId(texts, id);
  }

  /** Where its group is gone it is cut off, and hears why when it comes again. */
  #textsOf(batch: ToldBatch): readonly string[] {
    try {
      return textsOf(batch, this.filter, this.#db);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.body.destroy();
      return [];
    }
  }

  #drained(): void {
    this.#slowSince = undefined;
    if (this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    // Without an id: who resumes gets what was left out.
    this.say("sampled", { dropped, after: this.#lastId });
  }
}
