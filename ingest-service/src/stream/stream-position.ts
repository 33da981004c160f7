import type { Position } from "@headwater/event-log";
import type { DerivedPlace } from "@headwater/proto/telemetry";
import { RequestError } from "@headwater/core";
import { isStreamTopic, type StreamTopic } from "./stream-topic.ts";

/** Where a stream stands in a partition. */
export interface StreamPlace {
  /** The next one. */
  readonly offset: number;
  /** The last derived event that was told: one that is at or below it was emitted again. */
  readonly derivedUpTo?: DerivedPlace | undefined;
}

/** Where a stream stands: a place in every partition of its topics. As text it is the id of an event. */
export class StreamPosition {
  readonly #next = new Map<StreamTopic, Map<number, StreamPlace>>();

  set(topic: StreamTopic, partition: number, place: StreamPlace): void {
    let partitions = this.#next.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#next.set(topic, partitions);
    }
    partitions.set(partition, place);
  }

  get(topic: StreamTopic, partition: number): StreamPlace | undefined {
    return this.#next.get(topic)?.get(partition);
  }

  /** Of one topic, with its name in the log. */
  positions(topic: StreamTopic, name: string): readonly Position[] {
    const partitions = this.#next.get(topic) ?? new Map<number, StreamPlace>();
    return Array.from(partitions, ([partition, { offset }]) => ({ topic: name, partition, offset }));
  }

  /** `telemetry=0:5,1:7:4.1;alerts=0:2`: partition and offset, where something was derived its cause and ordinal. */
  toString(): string {
    return Array.from(this.#next, ([topic, partitions]) => {
      return `${topic}=${Array.from(partitions, ([partition, place]) => `${partition}:${textOf(place)}`).join(",")}`;
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
        const match = /^(\d{1,5}):(\d{1,15})(?::(\d{1,15})\.(\d{1,10}))?$/.exec(place);
        if (match === null) throw invalid(text);
        const [, partition, offset, causeOffset, ordinal] = match;
        const derivedUpTo =
          causeOffset === undefined ? undefined : { causeOffset: Number(causeOffset), ordinal: Number(ordinal) };
        // It would hide what is derived from now on.
        if (derivedUpTo !== undefined && derivedUpTo.causeOffset >= Number(offset)) throw invalid(text);
        position.set(topic, Number(partition), { offset: Number(offset), derivedUpTo });
      }
    }
    return position;
  }
}

function textOf({ offset, derivedUpTo }: StreamPlace): string {
  return derivedUpTo === undefined ? String(offset) : `${offset}:${derivedUpTo.causeOffset}.${derivedUpTo.ordinal}`;
}

function invalid(text: string): RequestError {
  const shown = JSON.stringify(text.slice(0, 60));
  return new RequestError(
    400,
    "invalid-position",
    `${shown} is no Last-Event-ID of this stream; leave it out to begin now`,
  );
}
