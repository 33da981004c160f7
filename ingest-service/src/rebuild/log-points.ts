import { DecodeError } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import { metricOfField, type Point } from "@headwater/time-series";
import { emptyAccount } from "../accounts/account.ts";
import { EventReader } from "../projection/event-reader.ts";
import type { ErasedData, PointSink } from "../projection/telemetry-points.ts";
import type { QuarantinedMetrics } from "../quarantine/quarantined-metrics.ts";
import { earliestAppend } from "../ledger/verify/log-reach.ts";

export interface LogPointsOptions {
  readonly log: Pick<EventLog, "read">;
  readonly topic: string;
  readonly partition: number;
  readonly tagNames: readonly string[];
  readonly erased: ErasedData;
  /** Event times, µs. */
  readonly from: number;
  readonly to: number;
  /** Of one batch, approximately. */
  readonly maxPoints: number;
  /** Where it begins, if what precedes was read before. */
  readonly position?: number;
}

/**
 * The points that a partition has of a range of event times, in the order of its log: what is set aside in quarantine
 * is left out, and so is what of deleted devices is to be stored no more. It goes on where it stopped.
 */
export class LogPoints {
  readonly #options: LogPointsOptions;
  readonly #reader: EventReader;
  /** The first offset that was not read. */
  #position: number;

  constructor(options: LogPointsOptions) {
    this.#options = options;
    this.#reader = new EventReader(emptyAccount(options.partition, 0), options.tagNames, options.erased);
    this.#position = options.position ?? 0;
  }

  /** Reads on up to, not including, that offset. */
  async *until(position: number, quarantined: QuarantinedMetrics): AsyncGenerator<readonly Point[]> {
    const { log, topic, partition, from, to, maxPoints } = this.#options;
    if (position <= this.#position) return;
    const start =
      this.#position > 0
        ? { fromOffset: this.#position }
        : from > earliestAppend
          ? { fromTime: from - earliestAppend }
          : { fromOffset: 0 };
    let found: Point[] = [];
    for await (const { records } of log.read(topic, partition, { ...start, toOffset: position })) {
      for (const { offset, value } of records) {
        const sink: PointSink = { points: [], sources: [] };
        try {
          this.#reader.read(value, offset, 0, sink);
        } catch (error) {
          // In quarantine as a whole, so the store has nothing of it.
          if (!(error instanceof DecodeError)) throw error;
          continue;
        }
        const aside = quarantined.get(offset)?.now;
        for (const point of sink.points) {
          if (point.time < from || point.time >= to) continue;
          const kept = aside === undefined ? point : without(point, aside);
          if (kept !== undefined) found.push(kept);
        }
      }
      this.#reader.takeMet();
      if (found.length >= maxPoints) {
        yield found;
        found = [];
      }
    }
    if (found.length > 0) yield found;
    this.#position = position;
  }
}

function without(point: Point, aside: ReadonlySet<string>): Point | undefined {
  const kept = Object.entries(point.fields).filter(
    ([field]) => aside.size > 0 && !aside.has(metricOfField(field).metric),
  );
  return kept.length === 0 ? undefined : { ...point, fields: Object.fromEntries(kept) };
}
