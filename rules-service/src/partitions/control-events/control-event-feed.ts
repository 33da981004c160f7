import { Pace, type Logger } from "@headwater/core";
import type { EventLog, FollowOptions, LogBatch, LogRecord, Position, TopicNames } from "@headwater/event-log";
import type { FoldedEvents } from "@headwater/service";
import type { MaintenanceTimeline } from "./maintenance-timeline.ts";
import type { RuleTimeline } from "./rule-timeline.ts";
import { SteadyFollowing } from "../steady-following.ts";

/** Receives the records that concern one partition, in log order, from the positions that `subscribe` returned. */
export interface ControlEventListener {
  onRules(rules: readonly string[]): void;
  onMaintenance(windows: readonly string[]): void;
  onDevices(records: readonly LogRecord[]): void;
  onAlerts(records: readonly LogRecord[]): void;
}

export interface ControlEventFeedOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly timeline: RuleTimeline;
  readonly maintenance: MaintenanceTimeline;
  readonly folded: FoldedEvents;
  readonly logger: Logger;
  /** Called when the feed cannot continue. */
  readonly onFailure: (error: unknown) => void;
}

interface Waiter {
  readonly offset: number;
  readonly resolve: () => void;
}

/**
 * Follows the topics of control events: rules.v1 from its beginning, devices.v1 and alerts.v1 from their ends at the
 * start. A new owner of a partition reads the earlier records itself, up to the positions that `subscribe` returns.
 */
export class ControlEventFeed {
  readonly #options: ControlEventFeedOptions;
  readonly #next = new Map<string, number>();
  readonly #listeners = new Map<number, Set<ControlEventListener>>();
  readonly #waiters = new Set<Waiter>();
  readonly #following: SteadyFollowing;

  constructor(options: ControlEventFeedOptions) {
    this.#options = options;
    const { log, logger, onFailure } = options;
    this.#following = new SteadyFollowing({
      ...{ log, logger, onFailure },
      what: "rules, devices and alerts",
      follow: () => this.#whatToFollow(),
    });
  }

  /** Resolves when the timeline has every rule that was in the log at the call, however long the log is away. */
  start(): Promise<void> {
    return this.#following.start();
  }

  stop(): Promise<void> {
    return this.#following.stop();
  }

  /** The listener receives every record at or after the returned positions. */
  subscribe(partition: number, listener: ControlEventListener): { readonly devices: number; readonly alerts: number } {
    const { devices, alerts } = this.#options.topics;
    const listeners = this.#listeners.get(partition) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(partition, listeners);
    return {
      devices: this.#next.get(`${devices}/${partition}`) ?? 0,
      alerts: this.#next.get(`${alerts}/${partition}`) ?? 0,
    };
  }

  unsubscribe(partition: number, listener: ControlEventListener): void {
    this.#listeners.get(partition)?.delete(listener);
  }

  /** Resolves when the record at that offset of rules.v1 is in the timeline. */
  rulesKnownTo(offset: number): Promise<void> {
    const { rules } = this.#options.topics;
    if (offset < (this.#next.get(`${rules}/0`) ?? 0)) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.add({ offset, resolve }));
  }

  async #whatToFollow(): Promise<FollowOptions> {
    const { log, topics } = this.#options;
    const from: Position[] = [];
    for (const topic of [topics.rules, topics.devices, topics.alerts]) {
      for (const { partition, start, end } of await log.positions(topic)) {
        const key = `${topic}/${partition}`;
        const next = this.#next.get(key) ?? (topic === topics.rules ? start : end);
        this.#next.set(key, next);
        from.push({ topic, partition, offset: next });
      }
    }
    return {
      topics: [topics.rules, topics.devices, topics.alerts],
      from,
      onBatch: (batch) => this.#onBatch(batch),
    };
  }

  #onBatch(batch: LogBatch): Promise<void> | void {
    const { topics } = this.#options;
    if (batch.topic === topics.rules) return this.#onRules(batch);
    const key = `${batch.topic}/${batch.partition}`;
    const next = this.#next.get(key) ?? 0;
    const records = batch.records[0]!.offset >= next ? batch.records : batch.records.filter((it) => it.offset >= next);
    if (records.length === 0) return;
    this.#next.set(key, records.at(-1)!.offset + 1);
    for (const listener of this.#listeners.get(batch.partition) ?? []) {
      if (batch.topic === topics.devices) listener.onDevices(records);
      else listener.onAlerts(records);
    }
  }

  /** In slices: each definition is read and checked, and there may be thousands. */
  async #onRules(batch: LogBatch): Promise<void> {
    const { timeline, maintenance, folded } = this.#options;
    const { records } = batch;
    const key = `${batch.topic}/${batch.partition}`;
    const changed = new Set<string>();
    const windows = new Set<string>();
    const pace = new Pace();
    for (const record of records) {
      if (pace.isDue) await pace.rest();
      if (record.offset < (this.#next.get(key) ?? 0)) continue;
      this.#next.set(key, record.offset + 1);
      const event = folded.rule(batch, record);
      if (event === undefined) continue;
      const rule = timeline.apply(record.offset, event);
      if (rule !== undefined) changed.add(rule);
      const window = rule === undefined ? maintenance.apply(record.offset, event) : undefined;
      if (window !== undefined) windows.add(window);
    }
    const known = records.at(-1)!.offset;
    for (const waiter of this.#waiters) {
      if (waiter.offset > known) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
    for (const listeners of this.#listeners.values()) {
      for (const listener of listeners) {
        if (windows.size > 0) listener.onMaintenance([...windows]);
        if (changed.size > 0) listener.onRules([...changed]);
      }
    }
  }
}
