import type { TelemetryRecord } from "@headwater/proto";
import { SeenDerivations } from "@headwater/proto/telemetry";
import {
  maxGaps,
  maxLanes,
  maxRedriven,
  type Gap,
  type LaneAccount,
  type LaneSums,
  type OutcomeCounts,
  type PartitionAccount,
} from "./account.ts";
import { laneSums } from "./lane-sums.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** `event` and `derived` hold readings to be stored; `other` is a mark, a tick or a gap record. */
export type RecordKind = "event" | "derived" | "duplicate" | "other";

/**
 * Counts the records of one partition in offset order. It is a function of the log alone, so every instance that
 * counts the same range comes to the same account.
 */
export class Counting {
  readonly #partition: number;
  readonly #from: number;
  readonly #lanes = new Map<string, Writable<LaneAccount>>();
  /** The lane of the last record: records of one gateway mostly follow each other. */
  #lane: Writable<LaneAccount> | undefined;
  #logged: number;
  #duplicate: number;
  #derived: number;
  readonly #derivations: SeenDerivations;
  #retired: LaneSums;
  readonly #setAside: PartitionAccount["setAside"];
  #gaps: readonly Gap[];
  #gapsLeftOut: number;
  #unexplained: number;
  readonly #redriven: Map<string, number>;
  readonly #newSeries: PartitionAccount["newSeries"];

  constructor(account: PartitionAccount) {
    this.#partition = account.partition;
    this.#from = account.from;
    for (const lane of account.lanes) this.#lanes.set(keyOf(lane.gateway, lane.epoch), { ...lane });
    ({ logged: this.#logged, duplicate: this.#duplicate, derived: this.#derived } = account.counts);
    this.#derivations = new SeenDerivations(account.derivedUpTo);
    this.#retired = account.retired;
    this.#setAside = account.setAside;
    this.#gaps = account.gaps;
    this.#gapsLeftOut = account.gapsLeftOut;
    this.#unexplained = account.unexplained;
    this.#newSeries = account.newSeries;
    this.#redriven = new Map(account.redriven);
  }

  add(record: TelemetryRecord, offset: number): RecordKind {
    const { gateway, epoch, n, mark, gap, receivedAt } = record;
    if (gateway === "") return this.#addWithoutIdentity(record, offset);
    if (mark === null && gap === null) {
      const kind = this.addEvent(gateway, epoch, n, offset, receivedAt);
      if (kind !== "event" || record.redrive === null || this.#acceptRedrive(record.redrive)) return kind;
      this.#laneOf(gateway, epoch, n).repeated += 1;
      return "duplicate";
    }
    const lane = this.#laneOf(gateway, epoch, n);
    if (n <= lane.n) return "other";
    if (gap !== null && gap.fromN <= n && n <= gap.toN) {
      // It stands in the place of lost records, its own included.
      this.#note(lane, lane.n + 1, gap.toN, receivedAt);
      lane.n = gap.toN;
      lane.receivedAt = receivedAt;
      lane.seenAt = offset;
    } else this.#advance(lane, n, offset, receivedAt);
    if (mark !== null) this.#settleMark(lane, mark);
    if (gap !== null) this.#explain(lane, gap, n);
    return "other";
  }

  /** False: the message became an event before, which a gateway did not tell before it crashed. */
  #acceptRedrive({ entry, attempt }: NonNullable<TelemetryRecord["redrive"]>): boolean {
    if ((this.#redriven.get(entry) ?? -1) >= attempt) {
      this.#duplicate += 1;
      return false;
    }
    this.#redriven.delete(entry);
    this.#redriven.set(entry, attempt);
    if (this.#redriven.size > maxRedriven) this.#redriven.delete(this.#redriven.keys().next().value!);
    return true;
  }

  /** An event of a gateway. */
  addEvent(gateway: string, epoch: number, n: number, offset: number, receivedAt: number): "event" | "duplicate" {
    const lane = this.#laneOf(gateway, epoch, n);
    this.#logged += 1;
    if (n <= lane.n) {
      this.#duplicate += 1;
      lane.duplicate += 1;
      return "duplicate";
    }
    this.#advance(lane, n, offset, receivedAt);
    lane.events += 1;
    return "event";
  }

  /** An undecodable event: it counts as logged, and in no lane, because its identity cannot be read. */
  addUndecodable(): void {
    this.#logged += 1;
  }

  account(offset: number, outcomes: OutcomeCounts, overwritten: number): PartitionAccount {
    return {
      partition: this.#partition,
      from: this.#from,
      offset,
      counts: {
        logged: this.#logged,
        duplicate: this.#duplicate,
        derived: this.#derived,
        overwritten,
      },
      outcomes,
      retired: this.#retired,
      setAside: this.#setAside,
      lanes: Array.from(this.#lanes.values(), (lane) => ({ ...lane })),
      gaps: this.#gaps,
      gapsLeftOut: this.#gapsLeftOut,
      unexplained: this.#unexplained,
      newSeries: this.#newSeries,
      ...(this.#redriven.size > 0 && { redriven: [...this.#redriven] }),
      derivedUpTo: this.#derivations.last,
    };
  }

  #addWithoutIdentity({ derived }: TelemetryRecord, offset: number): RecordKind {
    if (derived === null) return "other";
    // In no column: `duplicate` is a part of `logged`, which has no derived events.
    if (!this.#derivations.accept(derived, offset)) return "duplicate";
    this.#derived += 1;
    return "derived";
  }

  #advance(lane: Writable<LaneAccount>, n: number, offset: number, receivedAt: number): void {
    if (n !== lane.n + 1) this.#note(lane, lane.n + 1, n - 1, receivedAt);
    lane.n = n;
    lane.receivedAt = receivedAt;
    lane.seenAt = offset;
  }

  #laneOf(gateway: string, epoch: number, n: number): Writable<LaneAccount> {
    const last = this.#lane;
    if (last !== undefined && last.epoch === epoch && last.gateway === gateway) return last;
    const key = keyOf(gateway, epoch);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      // No record precedes the first one of the log or of a lane, so nothing before it is missing.
      const whole = this.#from === 0 || n <= 1;
      lane = {
        gateway,
        epoch,
        n: whole ? 0 : n - 1,
        receivedAt: 0,
        events: 0,
        repeated: 0,
        duplicate: 0,
        eventsAtMark: 0,
        received: 0,
        dropped: 0,
        uncertain: 0,
        base: whole ? { received: 0, dropped: 0 } : undefined,
        unexplained: 0,
        gapsSinceMark: 0,
        seenAt: 0,
      };
      if (this.#lanes.size >= maxLanes) this.#retireOldest();
      this.#lanes.set(key, lane);
    }
    this.#lane = lane;
    return lane;
  }

  /** A gap record names identities that will never arrive; gaps without a record remain unexplained. */
  #explain(lane: Writable<LaneAccount>, gap: NonNullable<TelemetryRecord["gap"]>, n: number): void {
    const { fromN: from, toN: to, reason, dropped } = gap;
    if (dropped == null) lane.uncertain += to - from + 1;
    if (to > lane.n) {
      this.#note(lane, lane.n + 1, to, n >= to ? lane.receivedAt : undefined);
      lane.n = to;
    }
    const { gateway, epoch } = lane;
    this.#gaps = this.#gaps.flatMap((known) => {
      const isIts = known.gateway === gateway && known.epoch === epoch && known.reason === undefined;
      if (!isIts || known.to < from || known.from > to) return [known];
      const { events: _, ...range } = known;
      const named: Writable<Gap> = { ...range, from: Math.max(known.from, from), to: Math.min(known.to, to), reason };
      if (dropped != null && named.from === from && named.to === to) named.events = dropped;
      const identities = named.to - named.from + 1;
      this.#unexplained -= identities;
      lane.unexplained -= identities;
      const rest = [];
      if (known.from < named.from) rest.push({ ...known, to: named.from - 1 });
      rest.push(named);
      if (known.to > named.to) rest.push({ ...known, from: named.to + 1 });
      return rest;
    });
  }

  #retireOldest(): void {
    const oldest = [...this.#lanes].reduce((a, b) => (b[1].seenAt < a[1].seenAt ? b : a));
    this.#lanes.delete(oldest[0]);
    this.#retired = laneSums([oldest[1]], this.#retired);
  }

  #note(lane: Writable<LaneAccount>, from: number, to: number, before: number | undefined): void {
    const { gateway, epoch, receivedAt: after } = lane;
    this.#unexplained += to - from + 1;
    lane.unexplained += to - from + 1;
    lane.gapsSinceMark += 1;
    const times = { ...(after > 0 && { after }), ...(before !== undefined && before > 0 && { before }) };
    const gaps = [...this.#gaps, { gateway, epoch, from, to, ...times }];
    if (gaps.length > maxGaps) this.#gapsLeftOut += 1;
    this.#gaps = gaps.slice(-maxGaps);
  }

  #settleMark(
    lane: Writable<LaneAccount>,
    { received, dropped }: { readonly received: number; readonly dropped: number },
  ): void {
    if (lane.base === undefined) {
      lane.base = { received: received - lane.events, dropped };
      lane.uncertain = 0;
    } else if (lane.gapsSinceMark === 1) {
      const logged = lane.events - lane.eventsAtMark;
      this.#tellEvents(lane, received - lane.received - (dropped - lane.dropped) - logged);
    }
    lane.gapsSinceMark = 0;
    lane.received = received;
    lane.dropped = dropped;
    lane.eventsAtMark = lane.events;
  }

  /** A mark says how many events are missing since the one before: all of them in the one gap between the two. */
  #tellEvents({ gateway, epoch }: LaneAccount, events: number): void {
    const last = this.#gaps.findLastIndex((gap) => gap.gateway === gateway && gap.epoch === epoch);
    const gap = this.#gaps[last];
    if (gap === undefined || gap.reason !== undefined || events < 0 || events > gap.to - gap.from + 1) return;
    this.#gaps = this.#gaps.with(last, { ...gap, events });
  }
}

function keyOf(gateway: string, epoch: number): string {
  return `${epoch}/${gateway}`;
}
