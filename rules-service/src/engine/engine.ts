import type { AlertInput, CommandInput, TelemetryInput, TelemetryRecord } from "@headwater/proto";
import type { Device } from "@headwater/aggregates";
import type { RuleDefinition } from "../definition/definition.ts";
import type { MaintenanceDefinition } from "../definition/maintenance.ts";
import type { Outage } from "./outages.ts";

/**
 * The rules of one telemetry partition: a deterministic function of its records. It reads no clock, no environment and
 * no random source. The same records with the same control events at the same offsets give the same effects with the
 * same ids, live, late, after a restart or in a backtest. All times are microseconds since the epoch.
 */
export interface PartitionEngine {
  /**
   * Puts a state of a rule into effect at the next offset: enabled, shadowed, revised, disabled or deleted. Done in
   * slices like `adopt`.
   */
  applyRule(change: RuleChange, effects: Effects): Iterable<void>;
  /**
   * Puts a state of a device into effect at the next offset; `undefined`: the device is deleted. Another incarnation
   * than before is another device: what was open of the one before is cleared (`device-deleted`), and nothing of it
   * goes into what the rules know of the next. Readings of any but the incarnation in effect are not judged.
   */
  applyDevice(id: string, device: Device | undefined, incarnation: number, effects: Effects): void;
  /** Puts an operator action on an alert into effect at the next offset. A snooze is restored by the same call. */
  applyOperatorAction(action: OperatorAction, effects: Effects): void;
  /**
   * Puts a maintenance window into effect at the next offset; `undefined`: there is none of that id any more. Done in
   * slices like `adopt`.
   */
  applyMaintenance(id: string, definition: MaintenanceDefinition | undefined, effects: Effects): Iterable<void>;
  /** Evaluates the next record of the partition. Duplicates are recognised by identity and ignored. */
  applyRecord(record: TelemetryRecord, at: RecordPosition, effects: Effects): void;
  /**
   * What of the last record is still to be done, where it concerns more rules and devices than one slice bears: one
   * that very many rules judge, the clock's word to very many devices, or the edge of a maintenance window. Done by
   * stepping through it, or else at once by the next call.
   */
  readonly left: Iterable<void> | undefined;

  /** Evaluates rules over older records without effects; used before they become live. See `adopt`. */
  warm(rules: readonly RuleChange[]): WarmUp;
  /**
   * Puts warmed rules into effect at the next offset; an episode still open is raised once with its true time. The work
   * is done by stepping through the answer, with no other call in between, so that it can be done in slices.
   */
  adopt(warmed: WarmUp, effects: Effects): Iterable<void>;

  /**
   * The alerts that are open, in no order. Once every earlier record of alerts.v1 is effective, the fold of that topic
   * has just these open, at every point of every log.
   */
  open(): Iterable<OpenAlert>;
  /** The log's clock of this partition. */
  readonly clock: number;
  readonly counters: EngineCounters;
  /** Live gateways that are too far behind the ticks to hold the clock. */
  readonly stragglers: readonly Straggler[];

  readonly changed: ChangedStates;
  /**
   * The states that changed since the last call (all states with `full`), and at the end the checkpoint itself. Done in
   * slices like `adopt`. States are to be written in this order and before the checkpoint: a restore may see a prefix
   * of them, never a state without those before it.
   */
  takeChanges(full: boolean): Generator<readonly StateBytes[], CheckpointState>;
  /**
   * Restores a new engine, before its first record. What held actions back, the devices and then the rules that were
   * in effect at `snapshot.offset` are to be applied next; they have no effects. Control events from that offset on are
   * applied again; a state that includes one already ignores it. Done in slices like `adopt`.
   */
  restore(snapshot: EngineSnapshot): Iterable<void>;
}

export interface RecordPosition {
  readonly partition: number;
  readonly offset: number;
  readonly appendTime: number;
}

export interface OpenAlert {
  readonly alertId: string;
  readonly rule: string;
  readonly device: string;
  readonly severity: string;
  readonly raisedAt: number;
  readonly shadow: boolean;
}

export interface Straggler {
  readonly gateway: string;
  /** Microseconds behind the ticks. */
  readonly behind: number;
}

export interface RuleChange {
  readonly rule: string;
  readonly revision: number;
  /** `disabled` and `deleted` clear open episodes with that cause. */
  readonly mode: "live" | "shadow" | "disabled" | "deleted";
  readonly definition: RuleDefinition;
  /** Names the control event; ids of alerts come from that which began the rule. */
  readonly grounding?: string;
  /** Ids have its actions by their places, as those of a revision that 0.1 wrote; else by what they do. */
  readonly actionsByPlace?: boolean;
}

export interface OperatorAction {
  readonly kind: "acknowledged" | "cleared" | "snoozed";
  readonly alertId: string;
  readonly rule: string;
  readonly device: string;
  readonly at: number;
  readonly by: string;
  /** By which it is told from all others. */
  readonly writeId: string;
  /** The last transition that whoever did it knew of; 0 or absent: it is not known. */
  readonly seen?: number;
  /** Of `snoozed`: its end on the log's clock; one that is past ends it. */
  readonly until?: number;
}

/** Receives effects in order; the runner makes them durable before each checkpoint. */
export interface Effects {
  alert(event: AlertInput): void;
  command(event: CommandInput): void;
  derived(event: TelemetryInput): void;
}

export interface WarmUp {
  readonly rules: readonly RuleChange[];
  /** Stops warming a rule. */
  drop(rule: string): void;
  /** Before the first record: one that came earlier, of which only the log's clock learns. */
  applyClock(record: TelemetryRecord, at: RecordPosition): void;
  applyRecord(record: TelemetryRecord, at: RecordPosition): void;
  /** As that of the engine. */
  readonly left: Iterable<void> | undefined;
}

export interface EngineCounters {
  readonly evaluations: number;
  readonly duplicates: number;
  readonly gaps: number;
  /** Readings later than the lateness of a rule, which the rule does not judge. */
  readonly tooLate: number;
  readonly amended: number;
  /** Readings of a judged metric that are no finite number, and are not judged. */
  readonly notNumeric: number;
  /** Readings that rules derived. */
  readonly derived: number;
  /** Readings of which a rule without a condition could not tell what to derive: an expression's error, mostly. */
  readonly notDerived: number;
  /** Events of a device that was deleted, or whose registration is not in effect yet, which no rule judges. */
  readonly otherDevice: number;
}

export interface StateBytes {
  /**
   * The id of a rule; or `~` and a metric, for the retained readings of that metric, which all rules on the device
   * share. A rule without a device stands for the rule itself.
   */
  readonly rule: string;
  readonly device: string;
  /** Inputs before this offset are part of the state. */
  readonly covers: number;
  readonly version: number;
  /** Empty if there is no state any more. */
  readonly state: Uint8Array;
}

/** What is known of a gateway's clock; see GatewayClock. */
export interface GatewayClockState {
  readonly gateway: string;
  readonly epoch: number;
  readonly promise: number;
  readonly corrected: number;
  readonly skew: number;
  readonly skews: readonly { readonly minute: number; readonly skew: number }[];
  readonly markedAt: number;
  readonly heardAt: number;
  readonly offline: boolean;
  readonly straggling: boolean;
  readonly outages: readonly Outage[];
}

export interface SeenIdentity {
  readonly gateway: string;
  readonly epoch: number;
  readonly n: number;
  /** Append time of the gateway's last record; 0 or absent: not known. */
  readonly heardAt?: number;
}

export interface CheckpointState {
  readonly clock: number;
  readonly lastTick: number;
  readonly gateways: readonly GatewayClockState[];
  /** The last identity of each gateway; the empty gateway counts the engine's own checkpoints. */
  readonly seen: readonly SeenIdentity[];
}

/** How many states have changed since they were last taken, about. */
export interface ChangedStates {
  readonly instances: number;
  /** Retained readings of one metric of a device. */
  readonly series: number;
}

export interface EngineChanges {
  readonly states: readonly StateBytes[];
  readonly checkpoint: CheckpointState;
}

export interface EngineSnapshot {
  /** The next offset to apply. A state that covers more ignores the inputs that it includes. */
  readonly offset: number;
  readonly states: readonly StateBytes[];
  readonly checkpoint: CheckpointState | undefined;
}
