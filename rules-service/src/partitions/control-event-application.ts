import { retrying } from "@headwater/core";
import type { EventLog, LogRecord, TopicNames } from "@headwater/event-log";
import type { Emitter } from "./emitter.ts";
import type { Evaluation } from "./evaluation.ts";
import type { PastControlEvent } from "./control-events/control-event-history.ts";
import type { ControlEventFeed, ControlEventListener } from "./control-events/control-event-feed.ts";
import type { MaintenanceControlEvent, RuleControlEvent } from "./control-events/control-events.ts";
import type { MaintenanceTimeline } from "./control-events/maintenance-timeline.ts";
import type { Ownership } from "./ownership.ts";
import type { PendingControlEvents } from "./control-events/pending-control-events.ts";
import { transitionOf, type RuleAt, type RuleTimeline } from "./control-events/rule-timeline.ts";
import type { NewEffective, StateLog } from "./state-log/state-log.ts";
import type { WarmUps } from "./warm-up/warm-ups.ts";

/** At most so many control events take effect with one append. */
const maxControlEvents = 1000;
const nothing = new Uint8Array(0);

export interface ControlEventApplicationOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partition: number;
  readonly timeline: RuleTimeline;
  readonly maintenance: MaintenanceTimeline;
  readonly feed: ControlEventFeed;
  readonly pending: PendingControlEvents;
  readonly evaluation: Evaluation;
  readonly warmUps: WarmUps;
  readonly stateLog: StateLog;
  readonly ownership: Ownership;
  readonly emitter: Emitter;
  readonly signal: AbortSignal;
  /** Resolves when no checkpoint is being written. */
  readonly checkpointWritten: () => Promise<void>;
  /** Called when a control event waits to take effect. */
  readonly onPending: () => void;
}

/**
 * Lets rules, devices and operator actions take effect on a partition. A control event that took effect before is
 * applied again at exactly its offset; a new one is applied at the next offset, once its `effective` is durable.
 */
export class ControlEventApplication implements ControlEventListener {
  readonly #options: ControlEventApplicationOptions;
  readonly #rules = new Set<string>();
  readonly #windows = new Set<string>();
  #replay: PastControlEvent[] = [];
  #newFrom = 0;

  constructor(options: ControlEventApplicationOptions) {
    this.#options = options;
  }

  /** Offset of the next control event to be applied again; infinite if there is none. */
  get replayFrom(): number {
    return this.#replay[0]?.fromOffset ?? Number.POSITIVE_INFINITY;
  }

  onRules(rules: readonly string[]): void {
    for (const rule of rules) this.#rules.add(rule);
    this.#options.onPending();
  }

  onMaintenance(windows: readonly string[]): void {
    for (const id of windows) this.#windows.add(id);
    this.#options.onPending();
  }

  onDevices(records: readonly LogRecord[]): void {
    this.#options.pending.addDevices(records);
    this.#options.onPending();
  }

  onAlerts(records: readonly LogRecord[]): void {
    const { pending, onPending } = this.#options;
    pending.addAlerts(records);
    if (!pending.isEmpty) onPending();
  }

  /** Starts with control events to be applied again; no new one takes effect before the offset `newFrom`. */
  async begin(replay: readonly PastControlEvent[], newFrom: number): Promise<void> {
    this.#replay = [...replay];
    this.#newFrom = newFrom;
    await this.#catchUp();
    for (const rule of this.#options.timeline.rules()) this.#rules.add(rule);
    for (const id of this.#options.maintenance.ids()) this.#windows.add(id);
  }

  end(): void {
    this.#options.feed.unsubscribe(this.#options.partition, this);
  }

  /** Applies again all control events that took effect at or before that offset. */
  async repeat(offset: number): Promise<void> {
    const { evaluation, warmUps, emitter } = this.#options;
    while (this.replayFrom <= offset) {
      const { event, warmFrom, fromOffset } = this.#replay[0]!;
      // There may be a gap in the offsets between the last record and the control event.
      evaluation.nextOffset = Math.max(evaluation.nextOffset, fromOffset);
      if (event.kind !== "rule" || !this.#needsWarming(event)) {
        await evaluation.applyControlEvent(event);
        this.#replay.shift();
        continue;
      }
      const together = this.#warmedTogether(warmFrom, fromOffset);
      const rules = together.map(({ source, change }) => ({ offset: source.offset, change }));
      await evaluation.adopt(await warmUps.repeat(warmFrom, rules), () => emitter.emit());
      this.#replay.splice(0, together.length);
    }
  }

  /**
   * Puts all waiting control events into effect at the next offset: appends their effectives, applies them, and emits
   * their outputs.
   */
  async apply(): Promise<void> {
    const { evaluation, warmUps, pending, stateLog, ownership, emitter, signal, checkpointWritten } = this.#options;
    while (evaluation.nextOffset >= this.#newFrom) {
      const direct = this.#routeChangedRules();
      const warmed = warmUps.isReady ? await warmUps.finish() : { warmFrom: 0, rules: [], warmUp: undefined };
      const controlEvents = [...this.#changedWindows(), ...direct, ...pending.take(maxControlEvents)];
      if (controlEvents.length + warmed.rules.length === 0) return;
      const { nextOffset: fromOffset } = evaluation;
      const effectives: NewEffective[] = controlEvents.map((event) => ({
        ...{ source: event.source, fromOffset, warmFrom: fromOffset },
        record: "record" in event ? event.record : nothing,
      }));
      for (const rule of warmed.rules) {
        const { source } = this.#ruleControlEvent(rule);
        effectives.push({ source, fromOffset, warmFrom: warmed.warmFrom, record: nothing });
      }
      // A checkpoint under way does not include these control events, so it has to precede them in the state log.
      await checkpointWritten();
      signal.throwIfAborted();
      await stateLog.appendEffectives(effectives);
      // If another instance claimed the partition before the effectives landed, readers ignore them, so the control
      // events must not be applied.
      await retrying(() => ownership.assure(true), { signal, maxMs: 2000 });
      for (const event of controlEvents) await evaluation.applyControlEvent(event);
      if (warmed.warmUp !== undefined && warmed.rules.length > 0) {
        await evaluation.adopt(warmed.warmUp, () => emitter.emit());
      }
      await emitter.emit();
    }
  }

  /** Reads the records from before the start of the feed, then listens to the feed. */
  async #catchUp(): Promise<void> {
    const { log, topics, feed, partition, pending, signal } = this.#options;
    const next = { devices: pending.devicesFrom, alerts: pending.alertsFrom };
    const late: { devices: LogRecord[]; alerts: LogRecord[] } = { devices: [], alerts: [] };
    // Records of the feed wait until the earlier ones are read.
    const early: ControlEventListener = {
      onRules: () => {},
      onMaintenance: () => {},
      onDevices: (records) => late.devices.push(...records),
      onAlerts: (records) => late.alerts.push(...records),
    };
    const from = feed.subscribe(partition, early);
    const readPast = async (role: "devices" | "alerts"): Promise<void> => {
      const range = { fromOffset: next[role], toOffset: from[role] };
      for await (const { records } of log.read(topics[role], partition, range)) {
        if (role === "devices") pending.addDevices(records);
        else pending.addAlerts(records);
        next[role] = records.at(-1)!.offset + 1;
      }
    };
    try {
      await retrying(() => readPast("devices"), { signal, maxMs: 2000 });
      await retrying(() => readPast("alerts"), { signal, maxMs: 2000 });
    } finally {
      feed.unsubscribe(partition, early);
    }
    signal.throwIfAborted();
    feed.subscribe(partition, this);
    pending.addDevices(late.devices);
    pending.addAlerts(late.alerts);
  }

  #needsWarming({ change }: RuleControlEvent): boolean {
    return transitionOf(this.#options.evaluation.rule(change.rule), change) === "warmed";
  }

  /** Rules at the head of the replay that one scan warmed. */
  #warmedTogether(warmFrom: number, fromOffset: number): RuleControlEvent[] {
    const together: RuleControlEvent[] = [];
    for (const past of this.#replay) {
      const { event } = past;
      if (event.kind !== "rule" || past.warmFrom !== warmFrom || past.fromOffset !== fromOffset) break;
      if (!this.#needsWarming(event) || together.some(({ change }) => change.rule === event.change.rule)) break;
      together.push(event);
    }
    return together;
  }

  /** Requests or cancels the warm-up of each changed rule; returns the rules that need none. */
  #routeChangedRules(): RuleControlEvent[] {
    const { timeline, evaluation, warmUps } = this.#options;
    const direct: RuleControlEvent[] = [];
    for (const rule of this.#rules) {
      const latest = timeline.latest(rule);
      const transition = latest === undefined ? "nothing" : transitionOf(evaluation.rule(rule), latest.change);
      if (transition === "warmed") warmUps.request(latest!);
      else warmUps.cancel(rule);
      if (transition === "direct") direct.push(this.#ruleControlEvent(latest!));
    }
    this.#rules.clear();
    return direct;
  }

  /** Windows whose newest state is not in effect yet. */
  #changedWindows(): MaintenanceControlEvent[] {
    const { maintenance, evaluation, topics } = this.#options;
    const changed: MaintenanceControlEvent[] = [];
    for (const id of this.#windows) {
      const latest = maintenance.latest(id);
      const present = evaluation.maintenance(id);
      if (latest === undefined || present === latest.offset) continue;
      const { offset, definition } = latest;
      // There is none to be taken away.
      if (definition === undefined && present === undefined) continue;
      changed.push({ kind: "maintenance", source: { topic: topics.rules, partition: 0, offset }, id, definition });
    }
    this.#windows.clear();
    return changed;
  }

  #ruleControlEvent({ offset, change }: RuleAt): RuleControlEvent {
    return { kind: "rule", source: { topic: this.#options.topics.rules, partition: 0, offset }, change };
  }
}
