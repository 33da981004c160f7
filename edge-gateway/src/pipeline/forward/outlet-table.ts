import { frameKinds, type Frame, type FrameKind } from "../frame/frame.ts";
import type { SpoolPosition } from "../spool/position-file.ts";
import type { FrameRecords } from "./frame-records.ts";
import { Outlet, type OutletContext } from "./outlet.ts";

export interface OutletTableOptions {
  readonly records: FrameRecords;
  readonly partitions: number;
  /** Where an earlier process stopped, and the epoch of the lanes there. */
  readonly from: SpoolPosition | undefined;
}

/** An outlet for each partition of each topic that frames go to. */
export class OutletTable {
  readonly all: readonly Outlet[];
  readonly #byKind = new Map<FrameKind, readonly Outlet[]>();

  constructor({ records, partitions, from }: OutletTableOptions, context: OutletContext) {
    const byTopic = new Map<string, Outlet[]>();
    for (const kind of Object.values(frameKinds)) {
      const topic = records.topicOf(kind);
      const isLane = kind <= frameKinds.gap;
      const outlets =
        byTopic.get(topic) ??
        Array.from({ length: partitions }, (_, partition) => {
          const outlet = new Outlet(topic, partition, isLane, context);
          outlet.end = from?.ends[topic]?.[partition] ?? 0;
          if (isLane) outlet.landedN = from?.lanes[partition] ?? 0;
          return outlet;
        });
      byTopic.set(topic, outlets);
      this.#byKind.set(kind, outlets);
    }
    this.all = [...byTopic.values()].flat();
  }

  of(frame: Frame): Outlet {
    return this.#byKind.get(frame.kind)![frame.partition]!;
  }

  /** By lane, the last n that is done with: landed, or, where nothing is under way, `passed` by the reader. */
  lanesDone(passed: readonly number[]): readonly number[] {
    return this.#byKind
      .get(frameKinds.event)!
      .map((outlet, partition) => (outlet.since === undefined ? (passed[partition] ?? 0) : outlet.landedN));
  }

  /** When the oldest record that has not landed was received (microseconds); undefined if all have. */
  get oldestReceivedAt(): number | undefined {
    const times = this.all.map((outlet) => outlet.oldestReceivedAt).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }
}
