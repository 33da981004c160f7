import { frameKinds, type Frame, type FrameKind } from "../frame/frame.ts";
import type { SpoolPosition } from "../spool/position-file.ts";
import type { FrameRecords } from "../frame/frame-records.ts";
import { PartitionSender, type PartitionSenderContext } from "./partition-sender.ts";

export interface PartitionSendersOptions {
  readonly records: FrameRecords;
  readonly partitions: number;
  /** Where an earlier process stopped, and the epoch of the lanes there. */
  readonly from: SpoolPosition | undefined;
}

/** An sender for each partition of each topic that frames go to. */
export class PartitionSenders {
  readonly all: readonly PartitionSender[];
  readonly #byKind = new Map<FrameKind, readonly PartitionSender[]>();

  constructor({ records, partitions, from }: PartitionSendersOptions, context: PartitionSenderContext) {
    const byTopic = new Map<string, PartitionSender[]>();
    for (const kind of Object.values(frameKinds)) {
      const topic = records.topicOf(kind);
      const isLane = kind <= frameKinds.gap;
      const senders =
        byTopic.get(topic) ??
        Array.from({ length: partitions }, (_, partition) => {
          const sender = new PartitionSender(topic, partition, isLane, context);
          sender.end = from?.ends[topic]?.[partition] ?? 0;
          if (isLane) sender.landedN = from?.lanes[partition] ?? 0;
          return sender;
        });
      byTopic.set(topic, senders);
      this.#byKind.set(kind, senders);
    }
    this.all = [...byTopic.values()].flat();
  }

  of(frame: Frame): PartitionSender {
    return this.#byKind.get(frame.kind)![frame.partition]!;
  }

  /** By lane, the last n that is done with: landed, or, where nothing is under way, `passed` by the reader. */
  lanesDone(passed: readonly number[]): readonly number[] {
    return this.#byKind
      .get(frameKinds.event)!
      .map((sender, partition) => (sender.since === undefined ? (passed[partition] ?? 0) : sender.landedN));
  }

  /** When the oldest record that has not landed was received (microseconds); undefined if all have. */
  get oldestReceivedAt(): number | undefined {
    const times = this.all.map((sender) => sender.oldestReceivedAt).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }
}
