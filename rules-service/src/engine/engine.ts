import type { AlertInput, CommandInput, TelemetryInput, TelemetryRecord } from "@headwater/proto";
import type { Device } from "@headwater/aggregates";
import type { RuleDefinition } from "../definition/definition.ts";

/**
 * The rules of one telemetry partition: a deterministic function of the records it is handed. It reads no clock, no
 * environment and no random source; the same records with the same joins at the same offsets give the same effects with
 * the same ids, live, late, after a restart or in a backtest. All times are microseconds since the epoch.
 */
export interface PartitionEngine {
  /** The present state of a rule as of the next offset: enabled, shadowed, revised, disabled or deleted. */
  applyRule(change: RuleChange, effects: Effects): void;
  /** A device as it is from the next offset on (selectors, attributes); `undefined`: deleted. */
  applyDevice(id: string, device: Device | undefined, effects: Effects): void;
  /** What people did to an alert. */
  applyOperatorAction(action: OperatorAction, effects: Effects): void;
  /** The next record of the partition. Duplicates by identity are recognised and ignored here. */
  applyRecord(record: TelemetryRecord, at: RecordPosition, effects: Effects): void;

  /** Evaluates one rule over older records without effects; used before it becomes live. See `adopt`. */
  warm(rule: RuleChange): WarmUp;
  /** The warmed rule becomes live at the next offset; an episode still open is raised once with its true time. */
  adopt(warmed: WarmUp, effects: Effects): void;

  /** The log's clock of this partition. */
  readonly clock: number;
  readonly counters: EngineCounters;

  /**
   * State changed since the last call (all of it with `full`), and what the checkpoint itself holds. `states` are to be
   * written in this order, and before the checkpoint: whoever restores may have a prefix of them, never one without
   * those before it.
   */
  takeChanges(full: boolean): EngineChanges;
  /**
   * Of a new engine, before its first record. What was in effect at `snapshot.offset` is applied around it, the devices
   * before the rules, and has no effects; joins from that offset on are then applied again, and not done twice where a
   * state has them already.
   */
  restore(snapshot: EngineSnapshot): void;
}

export interface RecordPosition {
  readonly partition: number;
  readonly offset: number;
  readonly appendTime: number;
}

export interface RuleChange {
  readonly rule: string;
  readonly revision: number;
  /** "off": disabled or deleted; open episodes are cleared with that cause. */
  readonly mode: "live" | "shadow" | "disabled" | "deleted";
  readonly definition: RuleDefinition;
}

export interface OperatorAction {
  readonly kind: "acknowledged" | "cleared";
  readonly alertId: string;
  readonly rule: string;
  readonly device: string;
  readonly at: number;
  readonly by: string;
}

/** Where effects go, in order; the runner makes them durable before it checkpoints. */
export interface Effects {
  alert(event: AlertInput): void;
  command(event: CommandInput): void;
  derived(event: TelemetryInput): void;
}

export interface WarmUp {
  readonly rule: RuleChange;
  applyRecord(record: TelemetryRecord, at: RecordPosition): void;
}

export interface EngineCounters {
  readonly evaluations: number;
  readonly duplicates: number;
  readonly gaps: number;
  /** Readings older than the lateness of a rule, stored but not judged by it. */
  readonly tooLate: number;
  readonly amended: number;
  /** Readings of a judged metric that are text or no finite number: stored, not judged. */
  readonly notNumeric: number;
}

export interface StateBytes {
  /**
   * `~` and a metric: the retained readings of the device's metric, which its rules share. A rule without a device:
   * what the rule is.
   */
  readonly rule: string;
  readonly device: string;
  /** Inputs before this offset are in it. */
  readonly covers: number;
  readonly version: number;
  /** Empty: the state is gone. */
  readonly state: Uint8Array;
}

export interface CheckpointState {
  readonly clock: number;
  readonly lastTick: number;
  readonly gateways: readonly {
    gateway: string;
    promise: number;
    skew: number;
    markedAt: number;
    offline: boolean;
  }[];
  /** The engine's own writings are counted beside the gateways' lanes, under the empty name. */
  readonly seen: readonly { gateway: string; epoch: number; n: number }[];
}

export interface EngineChanges {
  readonly states: readonly StateBytes[];
  readonly checkpoint: CheckpointState;
}

export interface EngineSnapshot {
  /** The next offset to apply; each state may cover more and then ignores what it has. */
  readonly offset: number;
  readonly states: readonly StateBytes[];
  readonly checkpoint: CheckpointState | undefined;
}
