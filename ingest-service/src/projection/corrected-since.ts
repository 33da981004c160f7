import { DecodeError } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import type { TelemetryRecord } from "@headwater/proto";
import { TelemetryReader } from "@headwater/proto/telemetry";
import { metricOfField, type Point, type TimeSeriesStore } from "@headwater/time-series";
import { ownerOf } from "../series-guard/known-series.ts";
import { incarnationOfTags } from "./erase.ts";

/** A value that is to be stored long after its record was read. */
export interface BelatedValue {
  readonly point: Point;
  readonly field: string;
  /** Of its record. */
  readonly offset: number;
}

export interface CorrectedSinceOptions {
  readonly store: Pick<TimeSeriesStore, "query">;
  readonly log: Pick<EventLog, "read">;
  readonly topic: string;
  readonly partition: number;
  /** Whether the metric of the record at that offset was set aside, and is no correction. */
  readonly isAside: (offset: number, metric: string) => boolean;
}

/** Times further apart (µs) are asked about apart. */
const nearby = 3_600_000_000;

/**
 * The values of which the log has another one of the same device, metric and time behind them: the last one in the log
 * is the one to be stored. The log is read only if the store has a value at such a time, which is rare.
 */
export async function correctedSince(
  options: CorrectedSinceOptions,
  values: readonly BelatedValue[],
): Promise<ReadonlySet<BelatedValue>> {
  const doubtful = await inStore(options.store, values);
  return doubtful.length === 0 ? new Set() : laterInLog(options, doubtful);
}

async function inStore(
  store: Pick<TimeSeriesStore, "query">,
  values: readonly BelatedValue[],
): Promise<readonly BelatedValue[]> {
  const series = new Map<string, BelatedValue[]>();
  for (const value of values) {
    const key = JSON.stringify([value.point.tags, value.field]);
    const those = series.get(key);
    if (those === undefined) series.set(key, [value]);
    else those.push(value);
  }
  const found: BelatedValue[] = [];
  for (const those of series.values()) {
    those.sort((a, b) => a.point.time - b.point.time);
    for (let first = 0; first < those.length;) {
      let end = first + 1;
      while (end < those.length && those[end]!.point.time - those[end - 1]!.point.time <= nearby) end += 1;
      const near = those.slice(first, end);
      const { point, field } = near[0]!;
      const { measurement, tags, time: from } = point;
      const taken = new Set<number>();
      for await (const rows of store.query({ measurement, tags, field, from, to: near.at(-1)!.point.time + 1 })) {
        for (const [time] of rows) taken.add(time);
      }
      found.push(...near.filter((each) => taken.has(each.point.time)));
      first = end;
    }
  }
  return found;
}

async function laterInLog(
  { log, topic, partition, isAside }: CorrectedSinceOptions,
  doubtful: readonly BelatedValue[],
): Promise<ReadonlySet<BelatedValue>> {
  const wanted = new Map<string, BelatedValue[]>();
  const owners = new Set<string>();
  for (const value of doubtful) {
    const { tags, time } = value.point;
    const owner = ownerOf(tags["device"]!, incarnationOfTags(tags));
    owners.add(owner);
    const key = placeOf(owner, metricOfField(value.field).metric, time);
    wanted.set(key, [...(wanted.get(key) ?? []), value]);
  }
  const corrected = new Set<BelatedValue>();
  const fromOffset = Math.min(...doubtful.map(({ offset }) => offset)) + 1;
  const reader = new TelemetryReader();
  for await (const { records } of log.read(topic, partition, { fromOffset })) {
    for (const { offset, value } of records) {
      let record: TelemetryRecord;
      try {
        record = reader.read(value);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        continue;
      }
      const owner = ownerOf(record.device, record.incarnation);
      if (record.readings.length === 0 || !owners.has(owner)) continue;
      for (const { metric, timeDelta } of record.readings) {
        for (const each of wanted.get(placeOf(owner, metric, record.eventTime + timeDelta)) ?? []) {
          if (offset > each.offset && !isAside(offset, metric)) corrected.add(each);
        }
      }
    }
  }
  return corrected;
}

function placeOf(owner: string, metric: string, time: number): string {
  return `${time} ${JSON.stringify([owner, metric])}`;
}
