import type { GroupBatch } from "@headwater/event-log";
import { readTelemetry } from "@headwater/proto/telemetry";
import type { OutcomeCounts, PartitionAccount } from "../accounts/account.ts";
import type { RecordOutcome } from "../quarantine/quarantiner.ts";
import { type Refusal, undecodable } from "../quarantine/refusal.ts";
import type { PointBatch } from "./point-batch.ts";
import { EventReader, type ReadKind } from "./event-reader.ts";
import type { ErasedData, PointSink } from "./telemetry-points.ts";

export interface TelemetryPartitionOptions {
  readonly account: PartitionAccount;
  readonly tagNames: readonly string[];
  readonly erased: ErasedData;
  /** Points of one batch, approximately: a record is never split. */
  readonly maxPoints: number;
  outcomesOf(pointBatch: PointBatch, refusals: readonly Refusal[]): Map<number, RecordOutcome>;
  /** All points of a batch are stored or quarantined; `account` reaches to its end. */
  onDurable(batch: GroupBatch, account: PartitionAccount): void;
}

/** One owned partition of telemetry.v1: makes batches of points of its records, and keeps its account. */
export class TelemetryPartition {
  readonly #options: TelemetryPartitionOptions;
  readonly #reader: EventReader;
  #account: PartitionAccount;

  constructor(options: TelemetryPartitionOptions) {
    this.#options = options;
    this.#reader = new EventReader(options.account, options.tagNames, options.erased);
    this.#account = options.account;
  }

  /** Up to the last batch whose points are all stored or quarantined. */
  get account(): PartitionAccount {
    return this.#account;
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
    const sink: PointSink = { points: [], sources: [] };
    const refusals: Refusal[] = [];
    let projected = 0;
    let end = first;
    for (; end < records.length && sink.points.length < this.#options.maxPoints; end += 1) {
      const { value, offset } = records[end]!;
      let kind: ReadKind;
      try {
        kind = this.#reader.read(value, offset, end, sink);
      } catch (error) {
        refusals.push(undecodable(error, end));
        continue;
      }
      if (kind === "event") projected += 1;
      else if (typeof kind === "object") {
        projected += 1;
        const reason = "a reading without a value that can be stored";
        refusals.push({ source: end, reason, metrics: kind.unstorable });
      }
    }
    const lastOffset = records[end - 1]!.offset;
    const account = this.#reader.account(lastOffset + 1, this.#account.outcomes);
    const met = this.#reader.takeMet();
    const { points, sources } = sink;
    const pointBatch = { topic, partition, records, points, sources, refusals, signal, end, ...(met && { met }) };
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
    if (refusals.length > 0) {
      for (const [index, outcome] of this.#options.outcomesOf(pointBatch, refusals)) {
        const kind = kindOf(pointBatch.records[index]!.value);
        if (kind === "derived") continue;
        if (kind === "event") stored -= 1;
        if (outcome === "quarantined") quarantined += 1;
        else partlyStored += 1;
      }
    }
    this.#account = { ...account, outcomes: { stored, partlyStored, quarantined } };
    this.#options.onDurable(batch, this.#account);
  }
}

function kindOf(value: Uint8Array | null): "event" | "derived" | "undecodable" {
  try {
    return readTelemetry(value).gateway === "" ? "derived" : "event";
  } catch (error) {
    undecodable(error, 0);
    return "undecodable";
  }
}
