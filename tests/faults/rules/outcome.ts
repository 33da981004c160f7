import { hash } from "node:crypto";
import { foldAlert, type AlertState } from "@headwater/aggregates";
import type { EventLog, Following, LogRecord, TopicNames } from "@headwater/event-log";
import { events, readingValue } from "@headwater/proto";
import { readTelemetry, SeenDerivations } from "@headwater/proto/telemetry";

/** An output that is in the log once more. */
export interface Repeat {
  readonly what: string;
  /** µs */
  readonly appendTime: number;
}

/** Follows what the rules emit, as readers do that count everything once, and keeps what came again. */
export class Outcome {
  readonly alerts = new Map<string, AlertState>();
  /** `device/time of the cause`, by command id. */
  readonly commands = new Map<string, string>();
  /** `device/metric/time value` */
  readonly derived = new Set<string>();
  readonly repeats: Repeat[] = [];
  /** What must never be: an output that is there under another identity, a repetition that says something else. */
  readonly faults: string[] = [];
  /**
   * By partition: the newest time of a reading that raised something, or that a command or a derived reading came of
   * (µs). The three land beside each other, whichever comes first.
   */
  readonly upTo = {
    raised: new Map<number, number>(),
    commanded: new Map<number, number>(),
    derived: new Map<number, number>(),
  };
  readonly #topics: TopicNames;
  /** By output, of its text: there are hundreds of thousands in twenty rounds. */
  readonly #digests = new Map<string, string>();
  readonly #places = new Map<number, SeenDerivations>();
  #following: Following | undefined;

  private constructor(topics: TopicNames) {
    this.#topics = topics;
  }

  static async follow(log: EventLog, topics: TopicNames): Promise<Outcome> {
    const outcome = new Outcome(topics);
    outcome.#following = await log.follow({
      topics: [topics.alerts, topics.commands, topics.telemetry],
      otherwise: "earliest",
      onBatch: ({ topic, partition, records }) => {
        for (const record of records) outcome.#take(topic, partition, record);
      },
    });
    return outcome;
  }

  async close(): Promise<void> {
    await this.#following?.close();
  }

  /** As `Expected` writes them; what is still open has no end. */
  episodes(): Set<string> {
    return new Set(
      Array.from(this.alerts.values(), (alert) => {
        return `${alert.rule}/${alert.device}/${alert.raisedAt}/${alert.clearedAt ?? "open"}`;
      }),
    );
  }

  #take(topic: string, partition: number, record: LogRecord): void {
    if (topic === this.#topics.alerts) this.#alert(partition, record);
    else if (topic === this.#topics.commands) this.#command(partition, record);
    else this.#telemetry(partition, record);
  }

  #alert(partition: number, { value, appendTime }: LogRecord): void {
    const event = events.alert.decode(value!);
    const what = `${event.alertId}/${event.transition}`;
    if (!this.#isNew(what, JSON.stringify(event), appendTime)) return;
    const state = foldAlert(this.alerts.get(event.alertId), event);
    if (state === undefined) return;
    // What is over is kept without what it was made from.
    this.alerts.set(event.alertId, state.clearedAt === undefined ? state : { ...state, evidence: [] });
    advance(this.upTo.raised, partition, state.raisedAt);
  }

  #command(partition: number, { value, appendTime }: LogRecord): void {
    const event = events.command.decode(value!);
    if (event.requested === null || !this.#isNew(event.commandId, JSON.stringify(event), appendTime)) return;
    const { eventTime } = event.requested.cause!;
    this.commands.set(event.commandId, `${event.device}/${eventTime}`);
    advance(this.upTo.commanded, partition, eventTime);
  }

  #telemetry(partition: number, { value, offset, appendTime }: LogRecord): void {
    const { derived, device, eventTime, readings } = readTelemetry(value);
    if (derived === null) return;
    let seen = this.#places.get(partition);
    if (seen === undefined) this.#places.set(partition, (seen = new SeenDerivations()));
    const isNew = seen.accept(derived, offset);
    advance(this.upTo.derived, partition, eventTime);
    for (const reading of readings) {
      const what = `${device}/${reading.metric}/${eventTime} ${readingValue(reading)}`;
      if (isNew === this.derived.has(what)) this.faults.push(`${isNew ? "twice" : "never the first"}: ${what}`);
      if (isNew) this.derived.add(what);
      else this.repeats.push({ what, appendTime });
    }
  }

  /** What is emitted again is the same to the letter. */
  #isNew(what: string, text: string, appendTime: number): boolean {
    const digest = hash("sha1", text, "base64");
    const before = this.#digests.get(what);
    if (before === undefined) {
      this.#digests.set(what, digest);
      return true;
    }
    if (before !== digest) this.faults.push(`${what} was another when it was first told: ${text}`);
    this.repeats.push({ what, appendTime });
    return false;
  }
}

function advance(upTo: Map<number, number>, partition: number, time: number): void {
  upTo.set(partition, Math.max(upTo.get(partition) ?? 0, time));
}
