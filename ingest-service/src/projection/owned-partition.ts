import type { EventLog, TopicNames } from "@headwater/event-log";
import type { Logger } from "@headwater/core";
import type { ReadModel } from "@headwater/event-log/read-model";
import type { TimeSeriesStore } from "@headwater/time-series";
import type { PartitionAccount } from "../accounts/account.ts";
import type { AccountBook } from "../accounts/account-book.ts";
import type { SeriesName } from "../series-guard/known-series.ts";
import type { IngestConfig } from "../config.ts";
import type { Erasures } from "../devices/erasures.ts";
import { quarantinedMetrics } from "../quarantine/quarantined-metrics.ts";
import type { Quarantiner } from "../quarantine/quarantiner.ts";
import { ownerOf } from "../series-guard/known-series.ts";
import type { SeriesGuard } from "../series-guard/series-guard.ts";
import type { HeldSeries } from "../series-guard/series-release.ts";
import type { OffsetCommits } from "./offset-commits.ts";
import { PartitionErasures } from "./partition-erasures.ts";
import { PartitionRedrive } from "./partition-redrive.ts";
import type { PointBatch } from "./point-batch.ts";
import { Reprojection } from "./reprojection.ts";
import { TelemetryPartition } from "./telemetry-partition.ts";

export interface OwnedPartitionOptions {
  readonly config: IngestConfig["ingest"];
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly store: TimeSeriesStore;
  readonly book: AccountBook;
  readonly quarantiner: Quarantiner;
  readonly erasures: Erasures;
  readonly model: ReadModel;
  /** What a partition has to do with a rebuild. */
  readonly rebuildOf: (owned: OwnedWriter) => PartitionWork;
  /** CloudEvents source of this instance. */
  readonly source: string;
  readonly logger: Logger;
}

/** A partition whose points this instance writes, and nobody else. */
export interface OwnedWriter {
  readonly partition: number;
  /** The offset up to which all is stored. */
  readonly position: () => number;
  /** To the writer of the partition. */
  readonly push: (pointBatch: PointBatch) => Promise<void>;
}

/** Work beside the records of a partition, for as long as this instance owns it. */
export interface PartitionWork {
  /** There may be something to do. */
  look(): void;
  end(): void;
}

interface Assignment {
  readonly partition: number;
  /** Caught up with what is committed. */
  readonly account: PartitionAccount;
  readonly guard: SeriesGuard;
  readonly commits: OffsetCommits;
  /** Gives points to the writer of the partition. */
  readonly push: (pointBatch: PointBatch) => Promise<void>;
}

/** Incarnations of a device whose series are forgotten when its data is deleted. */
const maxForgotten = 1000;

/** A partition of telemetry.v1 that this instance owns: its records, the erasures of its devices, its quarantine. */
export class OwnedPartition implements HeldSeries {
  readonly telemetry: TelemetryPartition;
  readonly erasures: PartitionErasures;
  readonly redrive: PartitionRedrive;
  readonly rebuild: PartitionWork;
  readonly #options: OwnedPartitionOptions;
  readonly #share: Assignment;
  readonly #over = new AbortController();

  constructor(options: OwnedPartitionOptions, share: Assignment) {
    this.#options = options;
    this.#share = share;
    this.telemetry = telemetryOf(options, share);
    this.erasures = erasuresOf(options, share, this.telemetry);
    this.redrive = redriveOf(options, share);
    const { partition, push } = share;
    this.rebuild = options.rebuildOf({ partition, push, position: () => this.telemetry.account.offset });
  }

  begin(): void {
    this.erasures.queue();
    this.redrive.look();
    this.rebuild.look();
  }

  end(): void {
    this.#over.abort();
    this.telemetry.end();
    this.erasures.end();
    this.redrive.end();
    this.rebuild.end();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  known(owner?: string): readonly SeriesName[] {
    return this.#share.guard.known(owner);
  }

  async stored(): Promise<void> {
    const { signal } = this;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    await this.#share.push({
      ...{ topic: this.#options.topics.telemetry, partition: this.#share.partition, records: [], refusals: [], signal },
      ...{ points: [], sources: [], bytes: 0, onDurable: () => resolve() },
    });
    await promise;
  }

  release(gone: readonly SeriesName[]): void {
    this.telemetry.releaseSeries(gone);
    this.#options.book.releaseSeries(this.#share.partition, gone);
  }
}

function telemetryOf(
  { book, config, erasures, quarantiner }: OwnedPartitionOptions,
  { partition, account, guard, commits }: Assignment,
): TelemetryPartition {
  const telemetry: TelemetryPartition = new TelemetryPartition({
    account,
    guard,
    limits: config,
    tagNames: config.tags,
    erased: erasures,
    maxPoints: config.batchPoints,
    maxBytes: Math.max(1, Math.floor(config.queuedBytes / config.writers / 4)),
    outcomesOf: (pointBatch, refusals) => quarantiner.outcomesOf(pointBatch, refusals),
    onDurable: (batch, durable) =>
      commits.note(batch, durable.offset, () => book.keep(partition, durable, telemetry.takeNewSeries(durable.offset))),
  });
  return telemetry;
}

function erasuresOf(
  { book, erasures, logger, store, topics }: OwnedPartitionOptions,
  { partition, push }: Assignment,
  telemetry: TelemetryPartition,
): PartitionErasures {
  return new PartitionErasures({
    ...{ partition, store, erasures, logger, topic: topics.telemetry, push },
    onErased: ({ device, below }) => {
      for (let incarnation = 0; incarnation < Math.min(below, maxForgotten); incarnation += 1) {
        const owner = ownerOf(device, incarnation);
        telemetry.forgetSeries(owner);
        book.forgetSeries(partition, owner);
      }
    },
  });
}

function redriveOf(options: OwnedPartitionOptions, { partition, guard, push }: Assignment): PartitionRedrive {
  const { topics, store, log, model, config, erasures, book, quarantiner, source, logger } = options;
  const reprojection = new Reprojection({
    ...{ partition, telemetryTopic: topics.telemetry, store, log, guard, limits: config, tagNames: config.tags },
    erased: erasures,
    maxPoints: config.batchPoints,
    isAside(offset, metric) {
      const aside = quarantinedMetrics(model.db, topics.telemetry, partition, offset, offset + 1).get(offset)?.now;
      return aside !== undefined && (aside.size === 0 || aside.has(metric));
    },
    addSeries: (series) => book.addSeries(partition, series),
  });
  return new PartitionRedrive({
    ...{ partition, log, model, source, logger, reprojection, quarantiner },
    topics: [topics.telemetry, topics.alerts],
    quarantineTopic: topics.quarantine,
    push,
  });
}
