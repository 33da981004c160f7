import { HeadwaterError, type Logger } from "@headwater/core";
import { StoreRejectedCredentialsError } from "../errors.ts";
import { advanceMarks, bucketLength, type ClassMarks, NO_MARKS, type Retention } from "../retention.ts";
import { ColumnsOf } from "./columns.ts";
import type { InfluxConnection } from "./connection.ts";
import { InfluxRefusedError } from "./influx-errors.ts";
import {
  oldestFlux,
  type RollupBuckets,
  rollupBuckets,
  type RollupClass,
  rollupFlux,
  rollupTask,
  taskName,
} from "./rollup-flux.ts";
import type { RunFlux } from "./series-reader.ts";
import { microsOf } from "./times.ts";

const DAY_MS = 86_400_000;
/** InfluxDB keeps everything so much longer than it is asked for, so that every run of the task has its time. */
const MARGIN_MS = 8 * DAY_MS;
/** Points that are rolled up at once where a bucket has a past. */
const BACKFILL_MICROS = 7 * DAY_MS * 1_000;
const HOUR = bucketLength.hour;
const AGAIN_MS = 60_000;

export interface RollupSetupOptions {
  readonly connection: InfluxConnection;
  readonly run: RunFlux;
  readonly org: string;
  readonly bucket: string;
  readonly retention: Retention;
  readonly logger?: Logger | undefined;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

interface BucketResource extends Named {
  readonly orgID: string;
  readonly retentionRules: readonly { readonly everySeconds: number }[];
}

interface TaskResource extends Named {
  readonly status: string;
  readonly flux: string;
  readonly createdAt: string;
  readonly latestSuccess?: string;
  readonly latestCompleted?: string;
  readonly lastRunStatus?: string;
  readonly lastRunError?: string;
}

/**
 * Buckets and a task for roll-ups, made if the token may, and what is missing if it may not. What a bucket has that is
 * older than points are to be kept is rolled up first, then the task is made, and last the bucket is told to forget:
 * cut off anywhere, all of it is done again, out of points that are still there.
 */
export class RollupSetup {
  readonly buckets: RollupBuckets;
  readonly #options: RollupSetupOptions;
  #marks: ClassMarks = NO_MARKS;
  /** When all that was due was rolled up from here (milliseconds since the epoch). */
  #caughtUp = 0;
  #missing: string | undefined = "roll-ups of InfluxDB are not set up yet";
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #running: Promise<void> | undefined;

  constructor(options: RollupSetupOptions) {
    this.#options = options;
    this.buckets = rollupBuckets(options.bucket);
  }

  get marks(): ClassMarks {
    return this.#marks;
  }

  /** Points before this time (µs) are refused, once there are roll-ups of what is older. */
  get oldestTaken(): number {
    if (this.#marks === NO_MARKS) return -Infinity;
    return Math.max(this.#marks.raw, (Date.now() - this.#options.retention.raw) * 1_000);
  }

  /** What is missing, and what to do. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** Sets up what is missing, and looks again each minute. */
  start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#running ??= this.#setUp().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #setUp(): Promise<void> {
    try {
      const task = await this.#ensure();
      this.#missing =
        task?.lastRunStatus === "failed"
          ? `the last run of the task "${task.name}" failed: ${task.lastRunError}`
          : undefined;
      if (task !== undefined) this.#marks = advanceMarks(this.#marks, this.#options.retention, this.#doneBy(task));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#missing) this.#options.logger?.warn({ problem }, "roll-ups of InfluxDB are not set up");
      this.#missing = problem;
      if (!(error instanceof HeadwaterError)) throw error;
    } finally {
      if (!this.#closed) {
        this.#timer = setTimeout(() => void this.start().catch(() => {}), AGAIN_MS);
        this.#timer.unref();
      }
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** The time (milliseconds since the epoch) of the last run that rolled up all that was due. */
  #doneBy({ createdAt, latestSuccess, latestCompleted, lastRunStatus }: TaskResource): number {
    const ran = latestSuccess ?? (lastRunStatus === "success" ? latestCompleted : undefined);
    return Math.max(this.#caughtUp, Date.parse(createdAt), ran === undefined ? 0 : Date.parse(ran));
  }

  /** The task; undefined if no point ever goes. */
  async #ensure(): Promise<TaskResource | undefined> {
    const { bucket, org, retention } = this.#options;
    const raw = await this.#bucket(bucket);
    if (raw === undefined) throw missingRight(`there is no bucket ${bucket} that the token may read`, "create it");
    if (retention.raw === Infinity) {
      await this.#keep(raw, Infinity);
      return undefined;
    }
    const classes = (["minute", "hour"] as const).filter((each) => retention[each] > retention.raw);
    for (const each of classes) await this.#ensureBucket(this.buckets[each], raw.orgID, retention[each] + MARGIN_MS);
    const flux = rollupTask(this.buckets, org, retention.raw, classes);
    const found = await this.#get<{ tasks?: TaskResource[] }>(
      `/api/v2/tasks?name=${encodeURIComponent(taskName(bucket))}&org=${encodeURIComponent(org)}`,
      `list tasks: give it "read tasks" of the organization ${org}`,
    );
    const [first, ...others] = (found.tasks ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    // Instances that began at once may each have made one.
    for (const { id } of others.filter(({ status }) => status === "active")) {
      const right = `change the task "${taskName(bucket)}": give it "write tasks" of the organization ${org}`;
      await this.#change("PATCH", `/api/v2/tasks/${id}`, { status: "inactive" }, right);
    }
    let task = first;
    const now = Date.now();
    // What a task has missed is still there.
    const isBehind = task === undefined || task.flux !== flux || now - this.#doneBy(task) > DAY_MS;
    if (isBehind) {
      for (const each of classes) await this.#backfill(each);
      this.#caughtUp = now;
    }
    if (task === undefined || task.flux !== flux) {
      const right = `make the task "${taskName(bucket)}": give it "write tasks" of the organization ${org}`;
      const body = { flux, orgID: raw.orgID, status: "active" };
      task = await this.#change<TaskResource>(
        task === undefined ? "POST" : "PATCH",
        task === undefined ? "/api/v2/tasks" : `/api/v2/tasks/${task.id}`,
        body,
        right,
      );
    }
    await this.#keep(raw, retention.raw + MARGIN_MS);
    return task;
  }

  async #backfill(of: RollupClass): Promise<void> {
    const { run, org, bucket, retention } = this.#options;
    const end = advanceMarks(NO_MARKS, retention, Date.now()).raw;
    let oldest: number | undefined;
    const columns = new ColumnsOf(["_time", "_value"]);
    for await (const _ of run(oldestFlux(bucket, end), (values, table) => {
      const at = columns.of(table);
      if (at !== undefined) oldest = microsOf(values[at.time] as string);
    }));
    if (oldest === undefined) return;
    const kept = Math.max(oldest, (Date.now() - retention[of]) * 1_000);
    const first = Math.floor(kept / HOUR) * HOUR;
    for (let start = first; start < end; start += BACKFILL_MICROS) {
      const span = { start, end: Math.min(end, start + BACKFILL_MICROS) };
      for await (const _ of run(rollupFlux(this.buckets, org, of, span), () => {}));
    }
  }

  async #ensureBucket(name: string, orgID: string, keptMs: number): Promise<void> {
    const found = await this.#bucket(name);
    if (found !== undefined) return this.#keep(found, keptMs);
    const right =
      `make the bucket ${name}: give it "write buckets" of the organization ${this.#options.org}, or run: ` +
      `influx bucket create --name ${name} --retention ${keptMs === Infinity ? 0 : `${Math.ceil(keptMs / 3_600_000)}h`}`;
    try {
      await this.#change("POST", "/api/v2/buckets", { orgID, name, retentionRules: rulesOf(keptMs) }, right);
    } catch (error) {
      // Another instance that begins at the same time may have made it in between.
      const made = error instanceof InfluxRefusedError ? await this.#bucket(name) : undefined;
      if (made === undefined) throw error;
      await this.#keep(made, keptMs);
    }
  }

  async #keep({ id, name, retentionRules }: BucketResource, keptMs: number): Promise<void> {
    const wanted = rulesOf(keptMs)[0]?.everySeconds ?? 0;
    if ((retentionRules[0]?.everySeconds ?? 0) === wanted) return;
    await this.#change(
      "PATCH",
      `/api/v2/buckets/${id}`,
      { retentionRules: rulesOf(keptMs) },
      `change how long the bucket ${name} keeps points: give it "write buckets", or run: ` +
        `influx bucket update --id ${id} --retention ${wanted}s`,
    );
  }

  async #bucket(name: string): Promise<BucketResource | undefined> {
    const { org } = this.#options;
    const query = `org=${encodeURIComponent(org)}&name=${encodeURIComponent(name)}`;
    const { buckets } = await this.#get<{ buckets?: BucketResource[] }>(
      `/api/v2/buckets?${query}`,
      `see the buckets of the organization ${org}`,
      { buckets: [] },
    );
    return buckets?.[0];
  }

  #get<T>(path: string, right: string, ofNone?: T): Promise<T> {
    return this.#asked(this.#options.connection.resource<T>("GET", path, undefined, ofNone), right);
  }

  #change<T>(method: "POST" | "PATCH", path: string, body: object, right: string): Promise<T> {
    return this.#asked(this.#options.connection.resource<T>(method, path, body), right);
  }

  async #asked<T>(call: Promise<T>, right: string): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (!(error instanceof StoreRejectedCredentialsError)) throw error;
      throw missingRight(
        `the token of InfluxDB may not ${right}`,
        "or unset HEADWATER_TIME_SERIES_RETENTION_DAYS",
        error,
      );
    }
  }
}

interface RetentionRule {
  readonly type: "expire";
  readonly everySeconds: number;
  readonly shardGroupDurationSeconds?: number;
}

/** Shards as InfluxDB itself chooses them; it asks for them where a bucket is to keep less than before. */
function rulesOf(keptMs: number): RetentionRule[] {
  if (keptMs === Infinity) return [{ type: "expire", everySeconds: 0 }];
  const shardMs = keptMs >= 180 * DAY_MS ? 7 * DAY_MS : keptMs >= 2 * DAY_MS ? DAY_MS : DAY_MS / 24;
  const everySeconds = Math.max(3_600, Math.ceil(keptMs / 1_000));
  return [{ type: "expire", everySeconds, shardGroupDurationSeconds: shardMs / 1_000 }];
}

function missingRight(what: string, remedy: string, cause?: unknown): StoreRejectedCredentialsError {
  return new StoreRejectedCredentialsError(`${what}, ${remedy}`, { cause });
}
