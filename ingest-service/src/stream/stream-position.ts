import type { Position } from "@headwater/event-log";
import { RequestError } from "@headwater/core";
import { isStreamTopic, type StreamTopic } from "./stream-topic.ts";

/** Where a stream stands: the next offset of every partition of its topics. As text it is the id of an event. */
export class StreamPosition {
  readonly #next = new Map<StreamTopic, Map<number, number>>();

  set(topic: StreamTopic, partition: number, offset: number): void {
    let partitions = this.#next.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#next.set(topic, partitions);
    }
    partitions.set(partition, offset);
  }

  get(topic: StreamTopic, partition: number): number | undefined {
    return this.#next.get(topic)?.get(partition);
  }

  /** Of one topic, with its name in the log. */
  positions(topic: StreamTopic, name: string): readonly Position[] {
    const partitions = this.#next.get(topic) ?? new Map<number, number>();
    return Array.from(partitions, ([partition, offset]) => ({ topic: name, partition, offset }));
  }

  /** `telemetry=0:5,1:7;alerts=0:2` */
  toString(): string {
    return Array.from(this.#next, ([topic, partitions]) => {
      return `${topic}=${Array.from(partitions, ([partition, offset]) => `${partition}:${offset}`).join(",")}`;
    }).join(";");
  }

  /** Throws RequestError (400, `invalid-position`). */
  static parse(text: string): StreamPosition {
    const position = new StreamPosition();
    if (text === "") return position;
    for (const part of text.split(";")) {
      const [topic = "", places = ""] = part.split("=", 2);
      if (!isStreamTopic(topic)) throw invalid(text);
      for (const place of places.split(",")) {
        const match = /^(\d{1,5}):(\d{1,15})$/.exec(place);
        if (match === null) throw invalid(text);
        position.set(topic, Number(match[1]), Number(match[2]));
      }
    }
    return position;
  }
}

function invalid(text: string): RequestError {
  const shown = JSON.stringify(text.slice(0, 60));
  return new RequestError(
    400,
    "invalid-position",
    `${shown} is no Last-Event-ID of this stream; leave it out to begin now`,
  );
}
