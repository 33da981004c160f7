import { createHash } from "node:crypto";
import { backoff, HeadwaterError, isoFromMicros, type Logger, RequestError, retrying, sleep } from "@headwater/core";
import type { EventLog, Position } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";
import type { RebuildInput } from "@headwater/proto";
import type { TimeSeriesStore } from "@headwater/time-series";
import { AskedWork } from "../projection/asked-work.ts";
import type { OwnedWriter, PartitionWork } from "../projection/owned-partition.ts";
import { untilFolded } from "../projection/until-folded.ts";
import type { ErasedData } from "../projection/telemetry-points.ts";
import type { QuarantinedMetrics } from "../quarantine/quarantined-metrics.ts";
import { coverageOf } from "./coverage.ts";
import { LogPoints } from "./log-points.ts";
import { PartitionShadow } from "./partition-shadow.ts";
import { RebuildError } from "./rebuild-error.ts";
import {
  findRebuild,
  isOpen,
  listRebuilds,
  openRebuild,
  partitionOf,
  partitionsOf,
  type Rebuild,
  type RebuildPartition,
} from "./rebuild-model.ts";
import { type SharedShadow, shadowMeasurement } from "./shared-shadow.ts";
import { assertSameHistory } from "./same-history.ts";
import { stepRecord } from "./steps.ts";

export interface PartitionRebuildOptions extends OwnedWriter {
  readonly partitions: number;
  readonly telemetryTopic: string;
  readonly rebuildTopic: string;
  readonly log: EventLog;
  readonly store: TimeSeriesStore;
  readonly shadow: SharedShadow;
  readonly model: ReadModel;
  readonly erased: ErasedData;
  readonly tagNames: readonly string[];
  readonly maxPoints: number;
  /** CloudEvents source of this instance. */
  readonly source: string;
  readonly logger: Logger;
  quarantined(partition: number, from: number, to: number): Promise<QuarantinedMetrics>;
}

/** A shadow that reaches to a position, and how the log goes on from there. */
interface Prepared {
  readonly id: string;
  readonly shadow: PartitionShadow;
  readonly points: LogPoints;
  /** What was set aside up to that position; what is re-driven since belongs into the shadow. */
  readonly aside: string;
  readonly position: number;
  /** Whether it is on record that the replacement has begun. */
  readonly isReplacing?: true;
}

/** After so many milliseconds no further device is replaced before the writes that wait have had their turn. */
const pauseMs = 200;
/** Between two looks whether the log has been caught up with (milliseconds). */
const catchUpMs = 50;

/**
 * The part that the owner of a partition has in a rebuild: its shadow, the comparison, and, once all partitions are
 * that far, the replacement, for which the writer of the partition stands still, device by device. Each step is on
 * record before the next one begins, and each may be done again: whoever has the partition goes on behind the last that
 * is on record.
 */
export class PartitionRebuild implements PartitionWork {
  readonly #options: PartitionRebuildOptions;
  readonly #over = new AbortController();
  readonly #work: AskedWork;
  #prepared: Prepared | undefined;

  constructor(options: PartitionRebuildOptions) {
    this.#options = options;
    const { logger, partition } = options;
    this.#work = new AskedWork(
      () => this.#run(),
      this.#over.signal,
      (error) => logger.error({ err: error, partition }, "a rebuild stands still"),
    );
  }

  /** There may be a step to take. */
  look(): void {
    this.#work.ask();
  }

  /** Another instance has the partition, or this one stops. */
  end(): void {
    this.#over.abort();
    this.#prepared = undefined;
  }

  async #run(): Promise<void> {
    const { model, partition, logger } = this.#options;
    const { signal } = this.#over;
    const pause = backoff({ baseMs: 200, maxMs: 5000, signal });
    while (this.#work.take() && model.db.isOpen) {
      const rebuild = openRebuild(model.db);
      if (rebuild === undefined) {
        this.#prepared = undefined;
        await this.#options.shadow.discard();
        await this.#sweep();
        continue;
      }
      try {
        const told = await this.#advance(rebuild);
        if (told === undefined) continue;
        await untilFolded(model, told, signal);
        this.#work.ask();
      } catch (error) {
        if (signal.aborted) return;
        // What was in the middle of being read or written is begun again.
        this.#prepared = undefined;
        this.#work.ask();
        if (!(error instanceof HeadwaterError)) throw error;
        if (isPassing(error)) {
          logger.warn({ partition, rebuild: rebuild.id, problem: error.message }, "a rebuild has to wait");
          await pause.wait(error.retryAfterMs);
        } else await this.#fail(rebuild, error);
      }
    }
  }

  async #sweep(): Promise<void> {
    const { model, shadow, logger } = this.#options;
    const [last] = listRebuilds(model.db);
    if (last === undefined) return;
    try {
      await shadow.sweep(last.id, (id) => {
        const rebuild = findRebuild(model.db, id);
        return rebuild !== undefined && !isOpen(rebuild);
      });
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      logger.warn({ problem: error.message }, "what is left of rebuilds is deleted with the next one");
    }
  }

  /** Takes the next step, and resolves with where it is on record; undefined: it is not this partition's turn. */
  async #advance(rebuild: Rebuild): Promise<Position | undefined> {
    const { model, partition, partitions } = this.#options;
    if (rebuild.partitions !== partitions) {
      throw new RebuildError(`it is for ${rebuild.partitions} partitions, and there are ${partitions}`);
    }
    const present = partitionOf(model.db, rebuild.id, partition);
    if (present === undefined) {
      const prepared = await this.#prepare(rebuild);
      return this.#tell(rebuild.id, { shadowed: await this.#shadowed(rebuild, prepared) });
    }
    if (rebuild.state !== "replacing" || present.step === "replaced") return undefined;
    if (!rebuild.force) assertSameHistory(partitionsOf(model.db, rebuild.id));
    for (let [written, deleted] = [0, 0]; ;) {
      const prepared = this.#preparedFor(rebuild) ?? (await this.#prepare(rebuild, present));
      const some = await this.#paused(() => this.#replaceSome(rebuild, prepared));
      if (some === undefined) continue;
      written += some.written;
      deleted += some.deleted;
      if (!prepared.shadow.isReplaced) continue;
      const replaced = { position: this.#prepared!.position, ...prepared.shadow.wanted, written, deleted };
      await prepared.shadow.clear();
      this.#prepared = undefined;
      return this.#tell(rebuild.id, { replaced });
    }
  }

  #preparedFor({ id }: Rebuild): Prepared | undefined {
    return this.#prepared?.id === id ? this.#prepared : undefined;
  }

  /** Reads the log into the shadow, unless that was done before and is there still, and compares. */
  async #prepare(rebuild: Rebuild, before?: RebuildPartition): Promise<Prepared> {
    const { store, partition, partitions, telemetryTopic: topic, log, tagNames, erased, maxPoints } = this.#options;
    const { id, from, to } = rebuild;
    const { missing } = await coverageOf(log, topic, partition, from);
    if (missing !== undefined) throw new RebuildError(`the log has the range no longer: ${missing}`);
    this.#assertPointsKept(from);
    const shadow = new PartitionShadow({
      ...{ store, partition, partitions, range: { from, to }, erased, maxPoints, signal: this.#over.signal },
      shadow: await this.#options.shadow.open(),
      name: shadowMeasurement(id, partition),
    });
    const reading = { log, topic, partition, tagNames, erased, from, to, maxPoints };
    if (before !== undefined) {
      const { position, checksum, values, aside } = before.shadow;
      if (aside === asideOf(await this.#options.quarantined(partition, 0, position))) {
        await shadow.compare();
        if (shadow.wanted.checksum === checksum && shadow.wanted.values === values) {
          const points = new LogPoints({ ...reading, position });
          return (this.#prepared = { id, shadow, points, aside, position });
        }
      }
    }
    await shadow.clear();
    const points = new LogPoints(reading);
    await this.#caughtUp();
    const position = this.#options.position();
    const quarantined = await this.#options.quarantined(partition, 0, position);
    for await (const some of points.until(position, quarantined)) {
      this.#over.signal.throwIfAborted();
      await shadow.take(some);
    }
    await shadow.compare();
    return (this.#prepared = { id, shadow, points, aside: asideOf(quarantined), position });
  }

  /**
   * Resolves when this owner has stored what is in the log by now. What a killed one has stored beyond its last commit
   * would be taken for values of which the log knows nothing.
   */
  async #caughtUp(): Promise<void> {
    const { log, telemetryTopic, partition, position } = this.#options;
    const { end } = (await log.positions(telemetryTopic)).find((each) => each.partition === partition)!;
    while (position() < end) await sleep(catchUpMs, this.#over.signal);
  }

  async #shadowed({ from }: Rebuild, { shadow, position, aside }: Prepared): Promise<RebuildInput["shadowed"]> {
    const { log, telemetryTopic, partition } = this.#options;
    const { fromBeginning } = await coverageOf(log, telemetryTopic, partition, from);
    const { missing, altered, added, stored, wanted } = shadow;
    return {
      ...{ position, ...wanted, aside, missing, altered, added, fromBeginning },
      ...{ storedValues: stored.values, storedChecksum: stored.checksum },
    };
  }

  /**
   * While the writer stands still, and for no longer than a moment or one device; undefined: the shadow has to be made
   * anew first.
   */
  async #replaceSome(rebuild: Rebuild, prepared: Prepared) {
    const { partition } = this.#options;
    const { shadow, points, isReplacing } = prepared;
    const position = this.#options.position();
    const quarantined = await this.#options.quarantined(partition, 0, position);
    const before = new Map([...quarantined].filter(([offset]) => offset < prepared.position));
    if (asideOf(before) !== prepared.aside) {
      this.#prepared = undefined;
      return undefined;
    }
    this.#assertPointsKept(rebuild.from);
    if (!isReplacing) await this.#tell(rebuild.id, { replacing: { position } });
    for await (const some of points.until(position, quarantined)) await shadow.take(some);
    // What of this is handled again until the next turn would be missing in the shadow: it is noticed by this.
    this.#prepared = { ...prepared, position, aside: asideOf(quarantined), isReplacing: true };
    return shadow.replaceSome(pauseMs);
  }

  /** Does it in its place among the writes of the partition, which wait for it. */
  async #paused<T>(work: () => Promise<T>): Promise<T> {
    const { partition, telemetryTopic: topic } = this.#options;
    const { signal } = this.#over;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    await this.#options.push({
      ...{ topic, partition, records: [], points: [], sources: [], bytes: 0, refusals: [], signal },
      task: () => work().then(resolve, reject),
      onDurable: () => {},
    });
    return promise;
  }

  /** Behind the time from which on there are points, roll-ups stand for them, and are made once. */
  #assertPointsKept(from: number): void {
    const oldest = this.#options.store.usage?.().marks.raw ?? -Infinity;
    if (from >= oldest) return;
    throw new RebuildError(`the store keeps points from ${isoFromMicros(oldest)} on, and the range begins before`);
  }

  async #tell(id: string, step: Omit<RebuildInput, "id" | "at" | "partition">): Promise<Position> {
    const { log, rebuildTopic: topic, source, partition, logger } = this.#options;
    this.#over.signal.throwIfAborted();
    const [range] = await log.append(topic, [stepRecord(id, source, { partition, ...step })]);
    logger.info({ rebuild: id, partition, ...step }, "a step of a rebuild");
    return { topic, partition: range!.partition, offset: range!.baseOffset };
  }

  /** However long the log takes no step. */
  async #fail({ id }: Rebuild, { message }: Error): Promise<void> {
    const { model, partition } = this.#options;
    const { signal } = this.#over;
    const failed = { reason: `partition ${partition}: ${message}` };
    const told = await retrying(() => this.#tell(id, { failed }), { signal, maxMs: 5000 });
    await untilFolded(model, told, signal);
  }
}

/** Whether the log, the store or the read model only stands still for now. */
function isPassing(error: HeadwaterError): boolean {
  if (error.advice === "retry" || error.advice === "wait") return true;
  return error instanceof RequestError && error.status >= 500;
}

function asideOf(quarantined: QuarantinedMetrics): string {
  const hash = createHash("sha256");
  const rows = [...quarantined].flatMap(([offset, { now }]) => (now === undefined ? [] : [[offset, ...now]]));
  for (const row of rows.toSorted(([a], [b]) => Number(a) - Number(b))) hash.update(`${JSON.stringify(row)}\n`);
  return hash.digest("hex").slice(0, 16);
}
