import { type Logger, RequestError, sharedTurn } from "@headwater/core";
import { StoreUnavailableError } from "../errors.ts";
import { type ClassSpan, classSpansInTurns, isOfSummaries, KEPT_FOR_EVER, type Retention } from "../retention.ts";
import { Aging } from "./aging.ts";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { lastUsed } from "./database.ts";
import { checkQuery, checkRange } from "../query-checks.ts";
import type { MetricPage } from "../latest-page.ts";
import type {
  LatestPage,
  LatestValue,
  NewestTime,
  Point,
  SeriesQuery,
  SeriesRef,
  SeriesRow,
  ShadowStore,
  StoreUsage,
  TagValuePage,
  TimeSeriesStore,
  WriteResult,
} from "../time-series-store.ts";
import { NewestPoints } from "./newest-points.ts";
import { PointIntake } from "./point-intake.ts";
import { type Run, sliceRun } from "./run.ts";
import { SeriesRegistry } from "./series-registry.ts";
import { StoreWorkerClient } from "./store-worker-client.ts";

export interface EmbeddedStoreOptions {
  /** Folder for `time-series.sqlite`; made if missing. One process at a time. */
  readonly dataDir: string;
  /** How long somebody wants what kept; what is not set stays as the file has it. Older points are refused. */
  readonly retention?: Partial<Retention> | undefined;
  /** How long a new store keeps what `retention` does not set. Default: points for ever. */
  readonly retentionOfNew?: Retention | undefined;
  /** Bytes of the file beyond which what is oldest is given up, down to `leastRawMs` of points. Default: no bound. */
  readonly maxBytes?: number | undefined;
  /** Points that are younger (milliseconds) are not given up for room. */
  readonly leastRawMs?: number | undefined;
  /** Series beyond which points of new ones are refused. Each costs about 500 bytes of memory. */
  readonly maxSeries?: number | undefined;
  /** Values kept in memory before they move to their place on disk (24 bytes each, twice). */
  readonly headCapacity?: number | undefined;
  /** Milliseconds after which they do so at the latest. */
  readonly flushAfterMs?: number | undefined;
  /** Milliseconds between two rounds of retention. */
  readonly retentionRoundMs?: number | undefined;
  /** Told what is damaged. */
  readonly logger?: Logger | undefined;
}

export interface EmbeddedTimeSeriesStore extends TimeSeriesStore {
  /** How long it keeps what. */
  readonly retention: Retention;
  /** Whether everything that is too old has been rolled up. */
  isSettled(): Promise<boolean>;
}

const DEFAULT_MAX_SERIES = 1_000_000;
const DEFAULT_HEAD_CAPACITY = 524_288;
const DEFAULT_FLUSH_AFTER_MS = 60_000;
const DEFAULT_RETENTION_ROUND_MS = 60_000;
const ROWS_A_SLICE = 1_024;

/**
 * The store of the all-in-one: SQLite in a worker thread. A resolved write is on disk, synced; it survives kill -9 and
 * power loss. Rejects with ResourceError if the file cannot be used (in use by another process, damaged).
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedTimeSeriesStore> {
  const path = join(options.dataDir, "time-series.sqlite");
  const used = lastUsed(path);
  const { client, opened } = await StoreWorkerClient.open({
    path,
    retention: { set: options.retention, ofNew: options.retentionOfNew },
    isBounded: options.maxBytes !== undefined,
    headCapacity: options.headCapacity ?? DEFAULT_HEAD_CAPACITY,
    flushAfterMs: options.flushAfterMs ?? DEFAULT_FLUSH_AFTER_MS,
  });
  client.onDamaged = (damaged) =>
    options.logger?.error({ path, damaged }, "points of the time-series store are damaged and set aside");
  if (client.damaged.length > 0) client.onDamaged(client.damaged);
  const registry = await SeriesRegistry.of(opened.series);
  const { retention, marks } = opened;
  const roundMs = options.retentionRoundMs ?? DEFAULT_RETENTION_ROUND_MS;
  const { maxBytes, leastRawMs, logger } = options;
  const aging = new Aging(client, { retention, marks, lastUsed: used, roundMs, maxBytes, leastRawMs, logger });
  return new EmbeddedStore(client, registry, options, aging);
}

class EmbeddedStore implements EmbeddedTimeSeriesStore {
  readonly #worker: StoreWorkerClient;
  readonly #registry: SeriesRegistry;
  readonly #intake: PointIntake;
  readonly #newest: NewestPoints;
  readonly #aging: Aging;
  readonly #dataDir: string;
  #isBackingUp = false;
  #cursors = 0;
  #closing: Promise<void> | undefined;

  constructor(worker: StoreWorkerClient, registry: SeriesRegistry, options: EmbeddedStoreOptions, aging: Aging) {
    this.#aging = aging;
    this.#dataDir = options.dataDir;
    this.#worker = worker;
    this.#registry = registry;
    this.#newest = new NewestPoints(worker, registry);
    this.#intake = new PointIntake(worker, registry, options.maxSeries ?? DEFAULT_MAX_SERIES);
  }

  get retention(): Retention {
    return this.#aging.retention;
  }

  isSettled(): Promise<boolean> {
    return this.#worker.call("isSettled", {});
  }

  write(points: readonly Point[]): Promise<WriteResult> {
    return this.#intake.write(points, this.#aging.oldestTaken);
  }

  async *query(query: SeriesQuery): AsyncGenerator<readonly SeriesRow[]> {
    const { from, to } = checkQuery(query);
    if (this.#closing !== undefined) throw new StoreUnavailableError("the time-series store is closed");
    const series = this.#registry.find(query.measurement, query.tags, query.field);
    if (series === undefined || from >= to) return;
    const { window, aggregate, limit, order } = query;
    const cursor = ++this.#cursors;
    let finished = false;
    try {
      let page = await this.#worker.call("page", {
        cursor,
        query: { series: series.id, from, to, window, aggregate, limit, order },
      });
      while (!finished) {
        finished = page.done;
        for (const rows of slicesOf(page.rows)) {
          await sharedTurn();
          yield rowsOf(rows);
        }
        if (!finished) page = await this.#worker.call("page", { cursor });
      }
    } finally {
      if (!finished) await this.#worker.call("abandon", { cursor });
    }
  }

  latest(measurement: string, tags: Readonly<Record<string, string>>): Promise<readonly LatestValue[]> {
    return this.#newest.latest(measurement, tags);
  }

  latestPage(measurement: string, tags: Readonly<Record<string, string>>, page: MetricPage): Promise<LatestPage> {
    return this.#newest.latestPage(measurement, tags, page);
  }

  latestOf(
    measurement: string,
    tagSets: readonly Readonly<Record<string, string>>[],
    fields?: readonly string[],
  ): Promise<readonly (readonly LatestValue[])[]> {
    return this.#newest.latestOf(measurement, tagSets, fields);
  }

  newestTimes(measurement: string): Promise<readonly NewestTime[]> {
    return this.#newest.newestTimes(measurement);
  }

  async listSeries(measurement: string, tags: Readonly<Record<string, string>> = {}): Promise<readonly SeriesRef[]> {
    const known = this.#registry.containing(measurement, tags);
    const alive = new Set(await this.#worker.call("withPoints", { series: known.map(({ id }) => id) }));
    return known
      .filter(({ id }) => alive.has(id))
      .map(({ group, field }) => ({ measurement: group.measurement, tags: group.tags, field }));
  }

  async tagValues(
    measurement: string,
    tag: string,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<TagValuePage> {
    return this.#registry.tagValues(measurement, tag, after, limit);
  }

  async classes(query: SeriesQuery): Promise<readonly ClassSpan[]> {
    return classSpansInTurns(
      { ...query, ...checkQuery(query), isOfSummaries: isOfSummaries(query) },
      this.#aging.marks,
    );
  }

  async deleteRange(
    measurement: string,
    tags: Readonly<Record<string, string>>,
    from: number,
    to: number,
  ): Promise<void> {
    const range = checkRange(from, to);
    const series = this.#registry.containing(measurement, tags).map(({ id }) => id);
    await this.#worker.call("delete", { series, ...range });
  }

  async backup(path: string): Promise<void> {
    if (this.#isBackingUp)
      throw new RequestError(409, "backup-running", "A backup is being made; wait until it is done");
    this.#isBackingUp = true;
    try {
      await this.#worker.call("backup", { path });
    } finally {
      this.#isBackingUp = false;
    }
  }

  async openShadow(): Promise<ShadowStore> {
    const dataDir = this.#shadowDir;
    const store = await openEmbeddedStore({ dataDir, retention: KEPT_FOR_EVER });
    return Object.assign(store, {
      async discard(): Promise<void> {
        await store.close();
        await rm(dataDir, { recursive: true, force: true });
      },
    });
  }

  async sweepShadow(): Promise<void> {
    await rm(this.#shadowDir, { recursive: true, force: true });
  }

  usage(): StoreUsage {
    return { bytes: this.#aging.usedBytes, marks: this.#aging.marks };
  }

  warnings(): readonly string[] {
    const { warning } = this.#aging;
    return warning === undefined ? this.#worker.damaged : [...this.#worker.damaged, warning];
  }

  async health(): Promise<void> {
    await this.#worker.call("health", {});
  }

  close(): Promise<void> {
    this.#aging.stop();
    this.#closing ??= this.#worker.close();
    return this.#closing;
  }

  get #shadowDir(): string {
    return join(this.#dataDir, "shadow");
  }
}

/** The event loop is with a page for well under a millisecond at a time. */
function* slicesOf(page: Run): Generator<Run> {
  for (let from = 0; from < page.times.length; from += ROWS_A_SLICE) {
    yield sliceRun(page, from, Math.min(page.times.length, from + ROWS_A_SLICE));
  }
}

function rowsOf({ times, values }: Run): SeriesRow[] {
  return Array.from(times, (time, i) => [time, values[i] as number | string]);
}
