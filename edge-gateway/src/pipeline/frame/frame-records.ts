import type { OutgoingRecord, RecordHeaders, TopicNames } from "@headwater/event-log";
import { DecodeError } from "@headwater/core";
import { events, telemetryHeaders, type TelemetryInput } from "@headwater/proto";
import type { FrameBatch } from "./frame-batch.ts";
import type { FrameIndex } from "./frame-index.ts";
import { frameKinds, type Frame, type FrameKind } from "./frame.ts";

/** Records of one topic as the log takes them, in their order, and the place of each among the frames of its batch. */
export interface TopicRecords {
  readonly topic: string;
  readonly records: OutgoingRecord[];
  readonly places: number[];
  /** Indexes of the marks among the records. */
  readonly marks: number[];
}

/** Which topic a frame goes to, and as which record. */
export class FrameRecords {
  readonly #topicOf: Readonly<Record<FrameKind, string>>;

  constructor(topics: TopicNames) {
    this.#topicOf = {
      [frameKinds.event]: topics.telemetry,
      [frameKinds.mark]: topics.telemetry,
      [frameKinds.gap]: topics.telemetry,
      [frameKinds.quarantine]: topics.quarantine,
      [frameKinds.presence]: topics.presence,
      [frameKinds.command]: topics.commands,
    };
  }

  topicOf(kind: FrameKind): string {
    return this.#topicOf[kind];
  }

  /** The records of a batch by topic, made of its index: the frames are not read. */
  group({ bytes }: FrameBatch, index: FrameIndex): TopicRecords[] {
    const groups: TopicRecords[] = [];
    let current: TopicRecords | undefined;
    for (let at = 0; at < index.length; at += 1) {
      const kind = index.kinds[at]!;
      const topic = this.#topicOf[kind];
      if (current?.topic !== topic) {
        current = groups.find((group) => group.topic === topic);
        if (current === undefined) groups.push((current = { topic, records: [], places: [], marks: [] }));
      }
      const key = index.keys[at]!;
      current.places.push(at);
      if (kind === frameKinds.mark) current.marks.push(current.records.length);
      current.records.push({
        key: key.length === 0 ? null : key,
        value: bytes.subarray(index.values[at], index.ends[at]),
        partition: index.partitions[at]!,
        headers: headersOf(kind, index.headers[at]),
      });
    }
    return groups;
  }
}

export function recordOf({ kind, key, value, partition, headers }: Frame): OutgoingRecord {
  return { key: key.length === 0 ? null : key, value, partition, headers: headersOf(kind, headers) };
}

/** Marks on their way to the log say when they were sent; the same ones that are sent again say so anew. */
export function stampMarks(records: OutgoingRecord[], marks: readonly number[], forwardedAt: number): void {
  for (const at of marks) {
    const record = records[at]!;
    try {
      const { mark, ...rest } = events.telemetry.decode(record.value!);
      const stamped = { ...rest, mark: { ...mark, forwardedAt } } as TelemetryInput;
      records[at] = { ...record, value: events.telemetry.encode(stamped) };
    } catch (error) {
      // What is no mark of this version's goes as it is: readers take its receive time.
      if (!(error instanceof DecodeError)) throw error;
    }
  }
}

function headersOf(kind: FrameKind, headers: string | undefined): RecordHeaders {
  switch (kind) {
    case frameKinds.event:
      return telemetryHeaders.event;
    case frameKinds.mark:
      return telemetryHeaders.mark;
    case frameKinds.gap:
      return telemetryHeaders.gap;
    default:
      return headers === undefined ? {} : (JSON.parse(headers) as Record<string, string>);
  }
}
