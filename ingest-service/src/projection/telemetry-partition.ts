import type { GroupBatch } from "@headwater/event-log";
import { readTelemetry } from "@headwater/proto/telemetry";
import type { OutcomeCounts, PartitionAccount } from "../accounts/account.ts";
import type { SeriesName } from "../series-guard/known-series.ts";
import { SetAsideTally } from "../accounts/set-aside.ts";
import type { RecordOutcome } from "../quarantine/quarantiner.ts";
import { type Refusal, undecodable } from "../quarantine/refusal.ts";
import type { NewSeries, SeriesGuard } from "../series-guard/series-guard.ts";
import { reasonOf, type SeriesLimits } from "../series-guard/series-limits.ts";
import { heldBytes, type PointBatch } from "./point-batch.ts";
import { EventReader, type ReadKind } from "./event-reader.ts";
import type { ErasedData, PointSink } from "./telemetry-points.ts";

export interface TelemetryPartitionOptions {
  readonly account: PartitionAccount;
  readonly tagNames: readonly string[];
  readonly erased: ErasedData;
  readonly guard: SeriesGuard;
  readonly limits: SeriesLimits;
  /** Points of one batch, approximately: a record is never split. */
  readonly maxPoints: number;
  /** Memory that one batch holds, likewise. */
  readonly maxBytes: number;
  outcomesOf(pointBatch: PointBatch, refusals: readonly Refusal[]): Map<number, RecordOutcome>;
  /** All points of a batch are stored or quarantined; `account` reaches to its end. */
  onDurable(batch: GroupBatch, account: PartitionAccount): void;
}

/** One owned partition of telemetry.v1: makes batches of points of its records, and keeps its account. */
export class TelemetryPartition {
  readonly #options: TelemetryPartitionOptions;
  readonly #reader: EventReader;
  #account: PartitionAccount;
  /** Not handed out by `takeNewSeries` yet. */
  #newSeries: NewSeries[] = [];

  constructor(options: TelemetryPartitionOptions) {
    this.#options = options;
    const { account, tagNames, erased, guard } = options;
    this.#reader = new EventReader(account, tagNames, erased, guard);
    this.#account = options.account;
  }

  /** Up to the last batch whose points are all stored or quarantined. */
  get account(): PartitionAccount {
    return this.#account;
  }

  /** The series that began before that offset, are still there, and were not handed out before. */
  takeNewSeries(before: number): readonly NewSeries[] {
    const beyond = this.#newSeries.findIndex(({ offset }) => offset >= before);
    const begun = this.#newSeries.splice(0, beyond === -1 ? this.#newSeries.length : beyond);
    return begun.filter((each) => this.#options.guard.knows(each));
  }

  /** What the devices of that owner had is deleted from the store. */
  forgetSeries(owner: string): void {
    this.#options.guard.forget(owner);
  }

  /** The store has let go of these: the next reading of one of them begins it anew. */
  releaseSeries(gone: readonly SeriesName[]): void {
    this.#options.guard.release(gone);
    this.#reader.askAgain();
  }

  /** Another instance has the partition now. */
  end(): void {
    this.#options.guard.end();
  }

  *pointBatches(batch: GroupBatch): Generator<PointBatch> {
    const { records } = batch;
    for (let first = 0; first < records.length;) {
      const pointBatch = this.#pointBatch(batch, first);
      first = pointBatch.end;
      yield pointBatch;
    }
  }

  #pointBatch(batch: GroupBatch, first: number): PointBatch & { readonly end: number } {
    const { records, topic, partition, signal } = batch;
    const { guard, limits, maxPoints, maxBytes } = this.#options;
    const sink: PointSink = { points: [], sources: [] };
    const refusals: Refusal[] = [];
    let projected = 0;
    let valueBytes = 0;
    let end = first;
    for (; end < records.length && sink.points.length < maxPoints; end += 1) {
      if (end > first && heldBytes(valueBytes, sink.points.length) >= maxBytes) break;
      const { value, offset, appendTime } = records[end]!;
      valueBytes += value?.length ?? 0;
      guard.turnTo(offset, appendTime);
      let kind: ReadKind;
      try {
        kind = this.#reader.read(value, offset, end, sink);
      } catch (error) {
        refusals.push(undecodable(error, end));
        continue;
      }
      if (kind === "event") projected += 1;
      else if (typeof kind === "object") {
        if (kind.kind === "event") projected += 1;
        for (const { cause, metrics } of kind.refused) {
          const reason = cause === "" ? "a reading without a value that can be stored" : reasonOf(cause, limits);
          refusals.push({ source: end, reason, cause, metrics });
        }
      }
    }
    const lastOffset = records[end - 1]!.offset;
    const counted = this.#reader.account(lastOffset + 1, this.#account.outcomes);
    const account = { ...counted, newSeries: guard.minute };
    for (const series of guard.takeAdded()) this.#newSeries.push(series);
    const met = this.#reader.takeMet();
    const { points, sources } = sink;
    const bytes = heldBytes(valueBytes, points.length);
    const pointBatch = {
      topic,
      partition,
      records,
      points,
      sources,
      bytes,
      refusals,
      signal,
      end,
      ...(met && { met }),
    };
    return {
      ...pointBatch,
      onDurable: (all) => this.#count(batch, { ...pointBatch, onDurable: () => {} }, account, projected, all),
    };
  }

  #count(
    batch: GroupBatch,
    pointBatch: PointBatch,
    account: PartitionAccount,
    projected: number,
    refusals: readonly Refusal[],
  ): void {
    let { stored, partlyStored, quarantined }: OutcomeCounts = this.#account.outcomes;
    stored += projected;
    let { setAside } = this.#account;
    if (refusals.length > 0) {
      const tally = new SetAsideTally(setAside);
      for (const [index, outcome] of this.#options.outcomesOf(pointBatch, refusals)) {
        const gateway = gatewayOf(pointBatch.records[index]!.value);
        if (gateway === "") continue;
        if (gateway !== undefined) stored -= 1;
        if (outcome === "quarantined") quarantined += 1;
        else partlyStored += 1;
        tally.add(gateway ?? "", outcome);
      }
      setAside = tally.all;
    }
    this.#account = { ...account, outcomes: { stored, partlyStored, quarantined }, setAside };
    this.#options.onDurable(batch, this.#account);
  }
}

/** "": of none, as what rules derive is; undefined: it cannot be read. */
function gatewayOf(value: Uint8Array | null): string | undefined {
  try {
    return readTelemetry(value).gateway;
  } catch (error) {
    undecodable(error, 0);
    return undefined;
  }
}
