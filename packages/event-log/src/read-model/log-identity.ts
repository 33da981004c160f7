import { HeadwaterError } from "@headwater/core";
import type { LogBatch, PartitionPositions, Position } from "../event-log.ts";
import { fingerprint, type PositionTable } from "./position-table.ts";

/** The file was made from another log than the one that is there. */
export class ForeignLogError extends HeadwaterError {
  readonly advice = "retry";
  readonly code = "foreign-log";
}

/** Whether the log that is there is the one that the model was made from, as far as the positions covered tell. */
export class LogIdentity {
  readonly #positions: PositionTable;

  constructor(positions: PositionTable) {
    this.#positions = positions;
  }

  /** Throws ForeignLogError if what is covered of the topic cannot have come from these partitions. */
  check(topic: string, partitions: readonly PartitionPositions[]): void {
    for (const covered of this.#positions.all()) {
      if (covered.topic !== topic) continue;
      const there = partitions.find(({ partition }) => partition === covered.partition);
      const where = `partition ${covered.partition} of ${topic}`;
      if (there === undefined) throw new ForeignLogError(`${where} is gone`);
      if (covered.next > there.end) throw new ForeignLogError(`${where} ends at ${there.end}, before ${covered.next}`);
      if (covered.next < there.start)
        throw new ForeignLogError(`${where} begins at ${there.start}, after ${covered.next}`);
    }
  }

  /** From the last record on disk, not the one after it: that it is still the same shows that the log is. */
  whereToFollowFrom(ends: readonly (readonly [string, readonly PartitionPositions[]])[]): Position[] {
    return this.#positions.all().flatMap(({ topic, partition, last }) => {
      const there = ends.find(([name]) => name === topic)?.[1].find((each) => each.partition === partition);
      // The last record itself may have expired since, the one after it not.
      return there === undefined ? [] : [{ topic, partition, offset: Math.max(last, there.start) }];
    });
  }

  /**
   * The batch without records that were applied before; undefined if that is all of them. Throws ForeignLogError if the
   * last of those that were applied is another one now.
   */
  withoutCovered(batch: LogBatch): LogBatch | undefined {
    const covered = this.#positions.get(batch.topic, batch.partition);
    if (covered === undefined || batch.records[0]!.offset >= covered.next) return batch;
    const again = batch.records.find((record) => record.offset === covered.last);
    if (again !== undefined && fingerprint(again) !== covered.fingerprint) {
      throw new ForeignLogError(
        `partition ${batch.partition} of ${batch.topic} holds another record at ${covered.last}`,
      );
    }
    const records = batch.records.filter((record) => record.offset >= covered.next);
    return records.length === 0 ? undefined : { ...batch, records };
  }
}
