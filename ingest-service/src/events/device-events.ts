import { Pace } from "@headwater/core";
import { type EventLog, type LogRecord, partitionFor } from "@headwater/event-log";
import { events, type TelemetryRecord } from "@headwater/proto";
import type { SeriesOwner } from "../telemetry/device-series.ts";

export interface DeviceEventsOptions {
  readonly log: Pick<EventLog, "read" | "positions">;
  readonly topic: string;
  readonly partitions: number;
  /** Records that one page looks at; they are everybody's of the partition. */
  readonly mostLookedAt?: number;
}

/** Append times in µs; `to` is exclusive. */
export interface EventRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly limit: number;
  /** The offset below which the page begins: where the one before it ended. */
  readonly before: number | undefined;
}

export interface DeviceEvent {
  readonly offset: number;
  readonly appendTime: number;
  readonly bytes: Uint8Array;
  /** Absent: it cannot be read. */
  readonly record?: TelemetryRecord;
  readonly problem?: string;
}

export interface EventPage {
  readonly partition: number;
  /** The newest first. */
  readonly events: readonly DeviceEvent[];
  /** Where the next page begins; undefined: nothing older is there. */
  readonly next: number | undefined;
}

/** Records of the first look back; each further one is twice as far, up to the greatest. */
const firstLook = 1_000;
const greatestLook = 16_000;
const usualMost = 100_000;
/** Bytes of the records of one page. */
const mostBytes = 512 * 1024;

/** What the log still has of a device, as it was written. */
export class DeviceEvents {
  readonly #options: DeviceEventsOptions;

  constructor(options: DeviceEventsOptions) {
    this.#options = options;
  }

  /** One page, from its newest event back; it may be empty although there are older ones. */
  async page(owner: SeriesOwner, { from, to, limit, before }: EventRange): Promise<EventPage> {
    const { log, topic, partitions, mostLookedAt = usualMost } = this.#options;
    const partition = partitionFor(owner.device, partitions);
    const held = (await log.positions(topic)).find((each) => each.partition === partition);
    const { start, end } = held ?? { start: 0, end: 0 };
    const lowest = from === undefined ? start : Math.max(start, await this.#offsetAt(partition, from, end));
    let upper = Math.min(before ?? (to === undefined ? end : await this.#offsetAt(partition, to, end)), end);
    const found: DeviceEvent[] = [];
    let room = mostBytes;
    let looked = 0;
    for (let look = firstLook; upper > lowest && looked < mostLookedAt; look = Math.min(look * 2, greatestLook)) {
      const lower = Math.max(lowest, upper - Math.min(look, mostLookedAt - looked));
      const newest = await this.#newestOf(owner, { partition, lower, upper, most: limit - found.length, room });
      looked += upper - lower;
      found.push(...newest.events);
      room = newest.room;
      const isFull = newest.isCut || found.length >= limit || room <= 0;
      if (isFull) return { partition, events: found, next: found.at(-1)!.offset };
      upper = lower;
    }
    return { partition, events: found, next: upper > lowest ? upper : undefined };
  }

  /** The first offset that was appended at that time or later. */
  async #offsetAt(partition: number, time: number, end: number): Promise<number> {
    for await (const { records } of this.#options.log.read(this.#options.topic, partition, { fromTime: time })) {
      return records[0]!.offset;
    }
    return end;
  }

  /** The newest of a stretch of the log, as many as there is room for; one at least, if there is one. */
  async #newestOf(
    owner: SeriesOwner,
    stretch: {
      readonly partition: number;
      readonly lower: number;
      readonly upper: number;
      readonly most: number;
      readonly room: number;
    },
  ): Promise<{ readonly events: readonly DeviceEvent[]; readonly room: number; readonly isCut: boolean }> {
    const { partition, lower, upper, most, room } = stretch;
    const key = Buffer.from(owner.device);
    const kept: DeviceEvent[] = [];
    let bytes = 0;
    let isCut = false;
    const pace = new Pace();
    const range = { fromOffset: lower, toOffset: upper };
    for await (const { records } of this.#options.log.read(this.#options.topic, partition, range)) {
      for (const record of records) {
        if (pace.isDue) await pace.rest();
        if (record.key === null || record.value === null || !key.equals(record.key)) continue;
        const event = eventOf(record, record.value);
        if (!isOf(event, owner)) continue;
        kept.push(event);
        bytes += event.bytes.length;
        while (kept.length > most || (bytes > room && kept.length > 1)) {
          bytes -= kept.shift()!.bytes.length;
          isCut = true;
        }
      }
    }
    return { events: kept.toReversed(), room: room - bytes, isCut };
  }
}

function eventOf({ offset, appendTime }: LogRecord, bytes: Uint8Array): DeviceEvent {
  try {
    return { offset, appendTime, bytes, record: events.telemetry.decode(bytes) };
  } catch (error) {
    return { offset, appendTime, bytes, problem: (error as Error).message };
  }
}

/** Nothing of a life of the device whose data was deleted; of earlier ones only if they are asked for. */
function isOf({ record }: DeviceEvent, { incarnation, erasedBelow = 0 }: SeriesOwner): boolean {
  // Of bytes that cannot be read nobody knows whose life they are of.
  if (record === undefined) return erasedBelow === 0;
  if (record.readings.length === 0) return false;
  return incarnation === "all" ? record.incarnation >= erasedBelow : record.incarnation === incarnation;
}
