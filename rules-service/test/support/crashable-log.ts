import {
  type AppendedRange,
  type Consumption,
  type ConsumeOptions,
  type EventLog,
  type Following,
  type FollowOptions,
  type LogBatch,
  type OutgoingRecord,
  type PartitionPositions,
  type Position,
  type ReadRange,
  type TopicSpec,
  LogUnavailableError,
} from "@headwater/event-log";
import { InvariantError } from "@headwater/core";

/**
 * The log as one process sees it until that process is killed. After that nothing from the process reaches the log, and
 * an append that was under way may have landed without an answer. The log itself continues.
 */
export class CrashableLog implements EventLog {
  readonly #inner: EventLog;
  readonly #open = new Set<{ close(): Promise<void> }>();
  #crashed = false;
  readonly #pendingCalls = Promise.withResolvers<never>();
  /** Crashes right after so many appends to that topic have landed. */
  crashAfter: { topic: string; appends: number } | undefined;

  /** The next append to that topic is refused as by a log that is away; nothing lands. */
  failNext: string | undefined;

  /** Every append is refused as by a log that is away; nothing lands. */
  isAway = false;

  constructor(inner: EventLog) {
    this.#inner = inner;
    this.#pendingCalls.promise.catch(() => {});
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  async crash(): Promise<void> {
    this.#crashed = true;
    await Promise.all([...this.#open].map((each) => each.close()));
  }

  /** Rejects all calls that hang since the crash, so that the service can be stopped. */
  rejectPending(): void {
    this.#pendingCalls.reject(new InvariantError("this process was killed"));
  }

  async append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    if (this.#crashed) return this.#pendingCalls.promise;
    if (this.isAway || this.failNext === topic) {
      this.failNext = undefined;
      throw new LogUnavailableError("the log is away for a moment");
    }
    const ranges = await this.#inner.append(topic, records);
    const plan = this.crashAfter;
    if (plan?.topic === topic && (plan.appends -= 1) <= 0) void this.crash();
    return this.#crashed ? this.#pendingCalls.promise : ranges;
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    if (this.#crashed) return this.#pendingCalls.promise;
    const consumption = await this.#inner.consume({
      ...options,
      onBatch: async (batch) => {
        if (this.#crashed) return;
        const commit = async (offset?: number): Promise<boolean> =>
          this.#crashed ? this.#pendingCalls.promise : batch.commit(offset);
        // A killed process must not block the log.
        const aborted = new Promise<void>((resolve) => batch.signal.addEventListener("abort", () => resolve()));
        await Promise.race([options.onBatch({ ...batch, commit }), aborted]);
      },
      onRevoked: async (partitions) => {
        if (!this.#crashed) await options.onRevoked?.(partitions);
      },
    });
    this.#open.add(consumption);
    return consumption;
  }

  async follow(options: FollowOptions): Promise<Following> {
    if (this.#crashed) return this.#pendingCalls.promise;
    const following = await this.#inner.follow({
      ...options,
      onBatch: async (batch) => {
        if (!this.#crashed) await options.onBatch(batch);
      },
    });
    this.#open.add(following);
    return following;
  }

  async *read(topic: string, partition: number, range?: ReadRange): AsyncIterable<LogBatch> {
    for await (const batch of this.#inner.read(topic, partition, range)) {
      if (this.#crashed) await this.#pendingCalls.promise;
      yield batch;
    }
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#inner.ensureTopics(specs);
  }

  positions(topic: string): Promise<readonly PartitionPositions[]> {
    return this.#crashed ? this.#pendingCalls.promise : this.#inner.positions(topic);
  }

  committed(group: string, topics: readonly string[]): Promise<readonly Position[]> {
    return this.#inner.committed(group, topics);
  }

  async close(): Promise<void> {
    await this.crash();
  }
}
