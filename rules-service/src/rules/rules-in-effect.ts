import { events } from "@headwater/proto";
import { DecodeError, inSlices, type Logger } from "@headwater/core";
import type { EventLog, LogBatch, TopicNames } from "@headwater/event-log";
import { isActive, transitionOf, type RuleTimeline } from "../partitions/control-events/rule-timeline.ts";
import { SteadyFollowing } from "../partitions/steady-following.ts";

/** The state of a rule on one partition. */
export interface RuleOnPartition {
  readonly partition: number;
  readonly state: "live" | "shadow" | "off" | "warming" | "pending";
  /** The revision that is evaluated there; absent if none is. */
  readonly revision?: number;
  /** The first telemetry offset that this revision evaluated. */
  readonly fromOffset?: number;
}

export interface RulesInEffectOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly timeline: RuleTimeline;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
}

/** A batch of no more is read in one turn of the event loop. */
const recordsAtOnce = 500;
/** Of the keys of states, and of no other. */
const stateInitial = "s".charCodeAt(0);
/** Records between two looks at how long the event loop has been held. */
const recordsALook = 64;

/**
 * The states of rules that are in effect on the partitions of all instances, read from the state logs. So any instance
 * can answer whether a rule is live on every partition.
 */
export class RulesInEffect {
  readonly #options: RulesInEffectOptions;
  readonly #next = new Map<number, number>();
  readonly #claims = new Map<number, number>();
  /** By partition, by offset in rules.v1: the telemetry offset from which on that record is in effect. */
  readonly #fromOffsets = new Map<number, Map<number, number>>();
  readonly #following: SteadyFollowing;

  constructor(options: RulesInEffectOptions) {
    this.#options = options;
    const { log, logger, topics, onFailure } = options;
    this.#following = new SteadyFollowing({
      ...{ log, logger },
      what: "the state logs",
      onFailure: onFailure,
      follow: () => {
        const from = [...this.#next].map(([partition, offset]) => ({ topic: topics.ruleState, partition, offset }));
        return Promise.resolve({
          topics: [topics.ruleState],
          from,
          otherwise: "earliest",
          onBatch: (batch) => this.#onBatch(batch),
        });
      },
    });
  }

  /** Resolves when every record that was in the state logs at the call is read. */
  start(): Promise<void> {
    return this.#following.start();
  }

  stop(): Promise<void> {
    return this.#following.stop();
  }

  of(rule: string): RuleOnPartition[] {
    const { partitions, timeline } = this.#options;
    const history = timeline.history(rule);
    const latest = history.at(-1);
    return Array.from({ length: partitions }, (_, partition) => {
      const fromOffsets = this.#fromOffsets.get(partition);
      const present = history.findLast(({ offset }) => fromOffsets?.has(offset));
      const transition = latest === undefined ? "nothing" : transitionOf(present?.change, latest.change);
      const state = transition === "nothing" ? "off" : transition === "warmed" ? "warming" : "pending";
      if (present === undefined || !isActive(present.change)) return { partition, state };
      const { mode, revision } = present.change;
      const fromOffset = fromOffsets!.get(present.offset)!;
      return { partition, state: state === "off" ? mode : state, revision, fromOffset } as RuleOnPartition;
    });
  }

  /** A partition of many rules begins with all of their states at once. */
  #onBatch(batch: LogBatch): Promise<void> | void {
    if (batch.records.length > recordsAtOnce) return inSlices(this.#read(batch));
    for (const _ of this.#read(batch));
  }

  *#read({ partition, records }: LogBatch): Generator<void> {
    for (const { offset, key, value } of records) {
      if (offset % recordsALook === 0) yield;
      this.#next.set(partition, offset + 1);
      // Most records are states, so of the key no more is read than tells that.
      if (key === null || value === null || key[0] === stateInitial) continue;
      const kind = String.fromCharCode(...key.subarray(0, 6));
      if (kind === "claim/") this.#claims.set(partition, offset);
      else if (kind === "effect") this.#effective(partition, value);
    }
  }

  #effective(partition: number, value: Uint8Array): void {
    const { effective, ownerEpoch } = decoded(value) ?? { effective: null, ownerEpoch: -1 };
    if (effective === null || effective.topic !== this.#options.topics.rules) return;
    // A former owner wrote this before it heard of the claim.
    if (ownerEpoch < (this.#claims.get(partition) ?? -1)) return;
    let fromOffsets = this.#fromOffsets.get(partition);
    if (fromOffsets === undefined) this.#fromOffsets.set(partition, (fromOffsets = new Map()));
    if (!fromOffsets.has(effective.position)) fromOffsets.set(effective.position, effective.fromOffset);
  }
}

/** undefined: whoever restores the state skips the record, too. */
function decoded(value: Uint8Array): ReturnType<typeof events.ruleState.decode> | undefined {
  try {
    return events.ruleState.decode(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
