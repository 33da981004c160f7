import type { Device } from "@headwater/aggregates";
import { DecodeError } from "@headwater/core";
import { partitionFor } from "@headwater/event-log";
import { alertTransition, type AlertInput, events } from "@headwater/proto";
import { TelemetryReader } from "@headwater/proto/telemetry";
import { anyMetric } from "../../conditions/program.ts";
import { normaliseRule, type RuleDefinition } from "../../definition/index.ts";
import { createPartitionEngine, type Effects, type PartitionEngine } from "../../engine/index.ts";
import type { ChangedStates } from "../../engine/engine.ts";
import type { Side, TriedEpisode } from "../tried-episode.ts";

export interface TriedRule {
  readonly side: Side;
  readonly definition: RuleDefinition;
}

/** A device as it is at the start of the backtest. */
export interface DeviceAsNow {
  readonly id: string;
  /** undefined: it is deleted. */
  readonly device: Device | undefined;
  readonly incarnation: number;
}

/** What is to be evaluated of one partition; append times in microseconds. */
export interface PartitionPlan {
  readonly partition: number;
  /** Of the topic. */
  readonly partitions: number;
  readonly rules: readonly TriedRule[];
  /** The rules are in effect from the first record appended then; before it the log's clock runs alone. */
  readonly rulesFrom: number;
  /** What happens from the first record appended then is in the range. */
  readonly from: number;
}

export interface EvaluationCounts {
  undecodable: number;
  /** Records whose evaluation failed; the live evaluation skips these, too. */
  failed: number;
  /** Times that actions of the tried rule came due again within the range. */
  repetitions: number;
  /** Points that the tried rule would have derived within the range, by metric. */
  readonly derived: Record<string, number>;
}

export function noCounts(): EvaluationCounts {
  // By metric, and a metric may be called as anything.
  return { undecodable: 0, failed: 0, repetitions: 0, derived: Object.create(null) as Record<string, number> };
}

/** Records after which the engine lets go of what it need not know any more. */
const releaseEvery = 100_000;

/**
 * Rules tried on the records of one partition: an engine as the live evaluation has it, whose actions are off. Both
 * rules of a comparison are evaluated in one pass.
 */
export class PartitionBacktest {
  readonly counts = noCounts();
  readonly #plan: PartitionPlan;
  readonly #engine: PartitionEngine;
  readonly #reader: TelemetryReader;
  readonly #effects: Effects;
  /** Open at the present record, before the range. */
  #open: Map<string, TriedEpisode> | undefined = new Map();
  #told = new Map<string, TriedEpisode>();
  #areRulesInEffect = false;
  #sinceRelease = 0;
  readonly #releaseEvery: number;

  /** @param every records after which states that are as new are let go */
  constructor(plan: PartitionPlan, every = releaseEvery) {
    this.#plan = plan;
    this.#releaseEvery = every;
    const { partition, partitions } = plan;
    this.#engine = createPartitionEngine(partition, {
      ownsGateway: (gateway) => partitionFor(gateway, partitions) === partition,
      judgesOwnDerivations: false,
    });
    const inputs = plan.rules.flatMap(({ definition }) => normaliseRule(definition).program.inputs);
    this.#reader = new TelemetryReader(inputs.includes(anyMetric) ? undefined : new Set(inputs));
    this.#effects = {
      alert: (event) => this.#tell(event),
      command: ({ requested }) => {
        const { rule, repetition = 0 } = requested?.cause ?? {};
        if (repetition! > 0) this.#repeat(rule);
      },
      derived: ({ derived, readings }) => {
        if (this.#open !== undefined || derived?.rule !== "tried") return;
        const metric = readings?.[0]?.metric ?? "";
        this.counts.derived[metric] = (this.counts.derived[metric] ?? 0) + 1;
      },
    };
  }

  /** Before the first record. */
  applyDevices(devices: readonly DeviceAsNow[]): void {
    for (const { id, device, incarnation } of devices) {
      this.#engine.applyDevice(id, device, incarnation, this.#effects);
    }
  }

  /** Takes the records in the order of their offsets; one lies in the bytes from `start` up to `end`. */
  apply(bytes: Uint8Array, offset: number, appendTime: number, start = 0, end = bytes.length): void {
    const { partition, rulesFrom, from } = this.#plan;
    if (!this.#areRulesInEffect && appendTime >= rulesFrom) this.#putRulesIntoEffect(offset, appendTime);
    if (this.#open !== undefined && appendTime >= from) this.#enterRange();
    try {
      this.#engine.applyRecord(
        this.#reader.readAt(bytes, start, end),
        { partition, offset, appendTime },
        this.#effects,
      );
      // Nobody else waits for this thread.
      for (const _ of this.#engine.left ?? []);
    } catch (error) {
      if (error instanceof DecodeError) this.counts.undecodable += 1;
      else this.counts.failed += 1;
    }
    this.#sinceRelease += 1;
    if (this.#sinceRelease < this.#releaseEvery) return;
    this.#sinceRelease = 0;
    // States are taken for a checkpoint; the engine lets go of instances that are as new then.
    for (const _ of this.#engine.takeChanges(false));
  }

  /** What has changed since states were let go last. */
  get unreleased(): ChangedStates {
    return this.#engine.changed;
  }

  /** After the last record. */
  finish(): void {
    if (this.#open !== undefined) this.#enterRange();
  }

  /** The episodes that changed within the range since the last call, as they now are. */
  takeTold(): TriedEpisode[] {
    const told = [...this.#told.values()];
    this.#told = new Map();
    return told;
  }

  #putRulesIntoEffect(offset: number, appendTime: number): void {
    const { partition, rules } = this.#plan;
    this.#areRulesInEffect = true;
    const watchesSilence = rules.some(({ definition }) => normaliseRule(definition).program.watchesSilence);
    if (watchesSilence && this.#engine.clock === 0) {
      // Silence counts from an instant, and the log has not told of one yet.
      const tick = events.telemetry.decode(events.telemetry.encode({ tick: { ownerEpoch: 1 } }));
      this.#engine.applyRecord(tick, { partition, offset: offset - 1, appendTime }, this.#effects);
    }
    for (const { side, definition } of rules) {
      // As it would be live: what it does ends here.
      const change = { rule: side, revision: 1, mode: "live" as const, definition };
      // Nobody else waits for this thread.
      for (const _ of this.#engine.applyRule(change, this.#effects));
    }
  }

  #enterRange(): void {
    for (const [id, episode] of this.#open ?? []) this.#told.set(id, episode);
    this.#open = undefined;
  }

  #repeat(rule: string | null | undefined): void {
    if (this.#open === undefined && rule === "tried") this.counts.repetitions += 1;
  }

  #tell(event: AlertInput): void {
    if (event.kind === alertTransition.repeated) {
      this.#repeat(event.rule);
      return;
    }
    const { alertId = "", rule, device = "", severity = "", raisedAt = 0, clearedAt = 0, kind, cause } = event;
    const isRetracted = kind === alertTransition.cleared && cause === "retracted";
    const episode: TriedEpisode = {
      id: alertId!,
      side: rule as Side,
      device: device!,
      severity: severity!,
      raisedAt: raisedAt!,
      clearedAt: clearedAt === 0 ? undefined : clearedAt!,
      retracted: isRetracted,
    };
    if (this.#open === undefined) this.#told.set(episode.id, episode);
    else if (episode.clearedAt === undefined) this.#open.set(episode.id, episode);
    else this.#open.delete(episode.id);
  }
}
