import type { OutgoingRecord, RecordHeaders, TopicNames } from "@headwater/event-log";
import { telemetryHeaders } from "@headwater/proto";
import { frameKinds, type Frame, type FrameKind } from "../frame/frame.ts";

/** Frames as the log takes them, by topic, in their order. */
export interface TopicRecords {
  readonly topic: string;
  readonly frames: Frame[];
  readonly records: OutgoingRecord[];
}

/** Groups frames by the topic that they go to. */
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

  group(frames: readonly Frame[]): TopicRecords[] {
    const groups: TopicRecords[] = [];
    let current: TopicRecords | undefined;
    for (const frame of frames) {
      const topic = this.#topicOf[frame.kind];
      if (current?.topic !== topic) {
        current = groups.find((group) => group.topic === topic);
        if (current === undefined) groups.push((current = { topic, frames: [], records: [] }));
      }
      current.frames.push(frame);
      current.records.push(recordOf(frame));
    }
    return groups;
  }
}

export function recordOf(frame: Frame): OutgoingRecord {
  return {
    key: frame.key.length === 0 ? null : frame.key,
    value: frame.value,
    partition: frame.partition,
    headers: headersOf(frame),
  };
}

function headersOf(frame: Frame): RecordHeaders {
  switch (frame.kind) {
    case frameKinds.event:
      return telemetryHeaders.event;
    case frameKinds.mark:
      return telemetryHeaders.mark;
    case frameKinds.gap:
      return telemetryHeaders.gap;
    default:
      return frame.headers === undefined ? {} : (JSON.parse(frame.headers) as Record<string, string>);
  }
}
