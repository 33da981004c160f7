import type { LogBatch } from "@headwater/event-log";
import type { DerivedPlace } from "@headwater/proto/telemetry";
import type { FoldedEvents } from "@headwater/service";
import { streamEvent, type ToldBefore } from "./stream-event.ts";
import type { StreamTopic } from "./stream-topic.ts";

/** An event as listeners are told of it. */
export class ToldEvent {
  readonly device: string;
  readonly told: object;
  readonly #topic: StreamTopic;
  #text: string | undefined;

  constructor(topic: StreamTopic, device: string, told: object) {
    this.#topic = topic;
    this.device = device;
    this.told = told;
  }

  /** As Server-Sent Event, made once for all listeners. */
  get text(): string {
    this.#text ??= `event: ${this.#topic}\ndata: ${JSON.stringify(this.told)}\n\n`;
    return this.#text;
  }
}

/** What listeners are told of a batch of the log. */
export class ToldBatch {
  readonly topic: StreamTopic;
  readonly partition: number;
  /** Where a listener stands who has heard it. */
  readonly next: number;
  readonly derivedUpTo: DerivedPlace | undefined;
  readonly events: readonly ToldEvent[];
  readonly #whole = new Map<string, Buffer>();

  /** `devices`: nobody is told of any other. */
  constructor(
    topic: StreamTopic,
    batch: Pick<LogBatch, "topic" | "partition" | "records">,
    folded: FoldedEvents,
    before: ToldBefore,
    devices?: ReadonlySet<string>,
  ) {
    this.topic = topic;
    this.partition = batch.partition;
    this.next = batch.records.at(-1)!.offset + 1;
    this.events = batch.records.flatMap((record) => {
      const device = record.key === null ? "" : Buffer.from(record.key).toString();
      if (devices !== undefined && !devices.has(device)) return [];
      const told = streamEvent(topic, batch, record, folded, before);
      return told === undefined ? [] : [new ToldEvent(topic, device, told)];
    });
    this.derivedUpTo = topic === "telemetry" ? before.derivedOf(batch.partition).last : undefined;
  }

  /** All of it, for every listener of these topics the same bytes. */
  whole(id: string): Buffer {
    let bytes = this.#whole.get(id);
    if (bytes === undefined) {
      bytes = Buffer.from(
        withId(
          this.events.map(({ text }) => text),
          id,
        ),
      );
      this.#whole.set(id, bytes);
    }
    return bytes;
  }
}

/** The id is that of the batch: it goes with its last event. */
export function withId(texts: readonly string[], id: string): string {
  return `${texts.slice(0, -1).join("")}id: ${id}\n${texts.at(-1)!}`;
}
