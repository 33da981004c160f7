import { PassThrough } from "node:stream";
import type { EventLog, Following, LogBatch, TopicNames } from "@headwater/event-log";
import { aborted, type Logger, sleep } from "@headwater/core";
import type { FoldedEvents } from "@headwater/service";
import { SeenDerivations } from "@headwater/proto/telemetry";
import { AlertsTold } from "./alerts-told.ts";
import { CommandsTold } from "./commands-told.ts";
import { streamEvent, type ToldBefore } from "./stream-event.ts";
import { StreamPosition } from "./stream-position.ts";
import type { StreamTopic } from "./stream-topic.ts";

export interface EventStreamOptions {
  readonly log: Pick<EventLog, "follow" | "positions">;
  readonly topicNames: TopicNames;
  readonly topics: readonly StreamTopic[];
  readonly device: string | undefined;
  readonly folded: FoldedEvents;
  /** Where to begin; a partition that it does not name begins at its end. */
  readonly from: StreamPosition;
  readonly logger: Logger;
  /** The server closes. */
  readonly closing: AbortSignal;
}

/** Bytes on their way to a listener. */
const maxBuffered = 256 * 1024;
/** Milliseconds without a read after which a listener is disconnected. */
const patienceMs = 15_000;
const heartbeatMs = 15_000;

/**
 * Follows the log for one listener, as Server-Sent Events. Each batch ends with an id, from which it can be resumed.
 * The log is read only as fast as the listener takes it; one that takes nothing is cut off, and can resume.
 */
export class EventStream {
  readonly body = new PassThrough({ highWaterMark: maxBuffered });
  readonly #options: EventStreamOptions;
  readonly #position = new StreamPosition();
  readonly #names: ReadonlyMap<string, StreamTopic>;
  readonly #key: Buffer | undefined;
  /** By partition of telemetry. */
  readonly #derivations = new Map<number, SeenDerivations>();
  readonly #before: ToldBefore = {
    alerts: new AlertsTold(),
    commands: new CommandsTold(),
    derivedOf: (partition) => this.#derivedOf(partition),
  };
  readonly #ended = new AbortController();

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#names = new Map(options.topics.map((topic) => [options.topicNames[topic], topic]));
    this.#key = options.device === undefined ? undefined : Buffer.from(options.device);
    this.body.once("close", () => this.#ended.abort());
  }

  /**
   * Resolves when it follows; the body ends with the listener, the server or the log. Rejects with what the log rejects
   * with.
   */
  async start(): Promise<void> {
    const { log, topicNames, topics, from } = this.#options;
    const missed: object[] = [];
    for (const topic of topics) {
      for (const { partition, start, end } of await log.positions(topicNames[topic])) {
        const { offset: wanted, derivedUpTo: known } = from.get(topic, partition) ?? { offset: end };
        // Beyond the end it was a place in another log.
        const derivedUpTo = wanted > end ? undefined : known;
        if (wanted < start) missed.push({ topic, partition, from: wanted, to: start });
        this.#position.set(topic, partition, { offset: Math.min(Math.max(wanted, start), end), derivedUpTo });
      }
    }
    this.body.write("retry: 2000\n\n");
    // Events that the log no longer has are lost to the listener, which is told so.
    for (const gap of missed) this.body.write(`event: gap\ndata: ${JSON.stringify(gap)}\n\n`);
    this.body.write(`id: ${this.#position.toString()}\nevent: position\ndata: {}\n\n`);
    const following = await log.follow({
      topics: topics.map((topic) => topicNames[topic]),
      from: topics.flatMap((topic) => this.#position.positions(topic, topicNames[topic])),
      otherwise: "latest",
      onBatch: (batch) => this.#onBatch(batch),
    });
    void this.#untilEnd(following);
  }

  async #untilEnd(following: Following): Promise<void> {
    const { closing, logger } = this.#options;
    const heartbeat = setInterval(() => this.body.writableNeedDrain || this.body.write(": \n\n"), heartbeatMs);
    try {
      await Promise.race([following.done, aborted(this.#ended.signal), aborted(closing)]);
    } catch (error) {
      // The listener resumes elsewhere or later.
      if (!this.#ended.signal.aborted) logger.warn({ err: error }, "a live stream lost the log");
    } finally {
      clearInterval(heartbeat);
      this.#ended.abort();
      this.body.end();
      await following.close().catch((error: unknown) => logger.debug({ err: error }, "closing a live stream failed"));
    }
  }

  async #onBatch(batch: LogBatch): Promise<void> {
    const topic = this.#names.get(batch.topic);
    if (topic === undefined || this.#ended.signal.aborted) return;
    let text = "";
    for (const record of batch.records) {
      const { key } = record;
      if (this.#key !== undefined && (key === null || !this.#key.equals(key))) continue;
      const told = streamEvent(topic, batch, record, this.#options.folded, this.#before);
      if (told !== undefined) text += `event: ${topic}\ndata: ${JSON.stringify(told)}\n\n`;
    }
    const derivedUpTo = topic === "telemetry" ? this.#derivedOf(batch.partition).last : undefined;
    this.#position.set(topic, batch.partition, { offset: batch.records.at(-1)!.offset + 1, derivedUpTo });
    if (text === "") return;
    // The id is that of the batch: it goes with its last event.
    const last = text.lastIndexOf("event: ");
    const whole = `${text.slice(0, last)}id: ${this.#position.toString()}\n${text.slice(last)}`;
    if (!this.body.write(whole)) await this.#drained();
  }

  #derivedOf(partition: number): SeenDerivations {
    let seen = this.#derivations.get(partition);
    if (seen === undefined) {
      seen = new SeenDerivations(this.#position.get("telemetry", partition)?.derivedUpTo);
      this.#derivations.set(partition, seen);
    }
    return seen;
  }

  async #drained(): Promise<void> {
    const patience = new AbortController();
    const drained = new Promise<"drained">((resolve) => {
      this.body.once("drain", () => resolve("drained"));
    });
    const gaveUp = sleep(patienceMs, patience.signal).then(
      () => "slow" as const,
      () => "drained" as const,
    );
    const outcome = await Promise.race([drained, gaveUp, aborted(this.#ended.signal)]);
    patience.abort();
    if (outcome === "slow") {
      this.#options.logger.info({ device: this.#options.device }, "a listener was too slow and is cut off");
      this.body.destroy();
    }
  }
}
