import type { TelemetryRecord } from "@headwater/proto";
import type { DeviceEntry } from "../projection/device-table.ts";
import { maxGaps, type Gap, type LaneAccount, type Outcomes, type PartitionAccount } from "./account.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** `event` and `derived` hold readings to be stored; `other` is a mark, a tick or a gap record. */
export type RecordKind = "event" | "derived" | "duplicate" | "other";

/**
 * Counts the records of one partition in offset order. It is a function of the log alone, so whoever counts the same stretch comes to
 * the same account.
 */
export class Counting {
  readonly #partition: number;
  readonly #from: number;
  readonly #lanes = new Map<string, Writable<LaneAccount>>();
  /** Records of one gateway mostly follow each other. */
  #lane: Writable<LaneAccount> | undefined;
  #logged: number;
  #duplicate: number;
  #derived: number;
  #overwritten: number;
  #gaps: readonly Gap[];
  #gapsLeftOut: number;
  #unexplained: number;

  constructor(account: PartitionAccount) {
    this.#partition = account.partition;
    this.#from = account.from;
    for (const lane of account.lanes) this.#lanes.set(keyOf(lane.gateway, lane.epoch), { ...lane });
    ({
      logged: this.#logged,
      duplicate: this.#duplicate,
      derived: this.#derived,
      overwritten: this.#overwritten,
    } = account.counts);
    this.#gaps = account.gaps;
    this.#gapsLeftOut = account.gapsLeftOut;
    this.#unexplained = account.unexplained;
  }

  /** `device` is looked up by the caller, who needs it as well; undefined for a record without readings. */
  add(record: TelemetryRecord, offset: number, device: DeviceEntry | undefined): RecordKind {
    if (record.gateway === "") return this.#addWithoutIdentity(record);
    const lane = this.#laneOf(record);
    const isControl = record.mark !== null || record.gap !== null;
    if (record.n <= lane.n) {
      if (isControl) return "other";
      this.#logged += 1;
      this.#duplicate += 1;
      return "duplicate";
    }
    if (record.n !== lane.n + 1) this.#note(lane, lane.n + 1, record.n - 1);
    lane.n = record.n;
    lane.seenAt = offset;
    if (!isControl) {
      this.#logged += 1;
      lane.events += 1;
      if (device !== undefined) this.#overwritten += countOverwritten(record, device);
      return "event";
    }
    if (record.mark !== null) settleMark(lane, record.mark);
    if (record.gap !== null) this.#explain(lane, record.gap);
    return "other";
  }

  /** An event whose bytes nobody can read: it is in the log, and whose it is will not be known. */
  addUndecodable(): void {
    this.#logged += 1;
  }

  account(offset: number, outcomes: Outcomes): PartitionAccount {
    return {
      partition: this.#partition,
      from: this.#from,
      offset,
      counts: {
        logged: this.#logged,
        duplicate: this.#duplicate,
        derived: this.#derived,
        overwritten: this.#overwritten,
      },
      outcomes,
      lanes: Array.from(this.#lanes.values(), (lane) => ({ ...lane })),
      gaps: this.#gaps,
      gapsLeftOut: this.#gapsLeftOut,
      unexplained: this.#unexplained,
    };
  }

  #addWithoutIdentity(record: TelemetryRecord): RecordKind {
    if (record.derived === null) return "other";
    this.#derived += 1;
    return "derived";
  }

  #laneOf({ gateway, epoch, n }: TelemetryRecord): Writable<LaneAccount> {
    const last = this.#lane;
    if (last !== undefined && last.epoch === epoch && last.gateway === gateway) return last;
    const key = keyOf(gateway, epoch);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      // A log that is counted from its first record misses nothing that came before.
      const whole = this.#from === 0 || n <= 1;
      lane = {
        gateway,
        epoch,
        n: whole ? 0 : n - 1,
        events: 0,
        eventsAtMark: 0,
        received: 0,
        dropped: 0,
        base: whole ? { received: 0, dropped: 0 } : undefined,
        seenAt: 0,
      };
      this.#lanes.set(key, lane);
    }
    this.#lane = lane;
    return lane;
  }

  /** A gap record names what will never arrive; what it does not name, nobody accounts for. */
  #explain(lane: Writable<LaneAccount>, { fromN: from, toN: to, reason }: NonNullable<TelemetryRecord["gap"]>): void {
    if (to > lane.n) {
      this.#note(lane, lane.n + 1, to);
      lane.n = to;
    }
    const { gateway, epoch } = lane;
    this.#gaps = this.#gaps.flatMap((gap) => {
      const isIts = gap.gateway === gateway && gap.epoch === epoch && gap.reason === undefined;
      if (!isIts || gap.to < from || gap.from > to) return [gap];
      const named = { ...gap, from: Math.max(gap.from, from), to: Math.min(gap.to, to), reason };
      this.#unexplained -= named.to - named.from + 1;
      const rest = [];
      if (gap.from < named.from) rest.push({ ...gap, to: named.from - 1 });
      rest.push(named);
      if (gap.to > named.to) rest.push({ ...gap, from: named.to + 1 });
      return rest;
    });
  }

  #note({ gateway, epoch }: LaneAccount, from: number, to: number): void {
    this.#unexplained += to - from + 1;
    const gaps = [...this.#gaps, { gateway, epoch, from, to }];
    if (gaps.length > maxGaps) this.#gapsLeftOut += 1;
    this.#gaps = gaps.slice(-maxGaps);
  }
}

/** Events that the gateway has received and that are neither in the log nor dropped, by its last mark. */
export function missingInLane({ base, received, dropped, eventsAtMark }: LaneAccount): number {
  if (base === undefined) return 0;
  return received - base.received - (dropped - base.dropped) - eventsAtMark;
}

function settleMark(lane: Writable<LaneAccount>, mark: { readonly received: number; readonly dropped: number }): void {
  lane.base ??= { received: mark.received - lane.events, dropped: mark.dropped };
  lane.received = mark.received;
  lane.dropped = mark.dropped;
  lane.eventsAtMark = lane.events;
}

function countOverwritten({ readings, eventTime }: TelemetryRecord, device: DeviceEntry): number {
  let overwritten = 0;
  if (eventTime === device.time) {
    for (const { metric, timeDelta } of readings) {
      const same = device.readings.some((other) => other.metric === metric && other.timeDelta === timeDelta);
      if (same) overwritten += 1;
    }
  }
  device.time = eventTime;
  device.readings = readings;
  return overwritten;
}

function keyOf(gateway: string, epoch: number): string {
  return `${epoch}/${gateway}`;
}
