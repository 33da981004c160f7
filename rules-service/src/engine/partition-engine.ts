import type { Device } from "@headwater/aggregates";
import type { MaintenanceDefinition } from "../definition/maintenance.ts";
import type { TelemetryRecord } from "@headwater/proto";
import { InvariantError } from "@headwater/core";
import { Derivations } from "./derivations.ts";
import { severityOf } from "../conditions/verdict.ts";
import { Evaluator } from "./evaluator.ts";
import type {
  ChangedStates,
  CheckpointState,
  Effects,
  EngineCounters,
  EngineSnapshot,
  OpenAlert,
  OperatorAction,
  PartitionEngine,
  RecordPosition,
  RuleChange,
  StateBytes,
  Straggler,
  WarmUp,
} from "./engine.ts";
import { DeviceJoins } from "./device-joins.ts";
import { Joins } from "./joins.ts";
import { MuteJoins } from "./mute-joins.ts";
import { RuleIndex } from "./rule-index.ts";
import { RestoredStates } from "./restored-states.ts";
import { StateLedger } from "./state-ledger.ts";
import { Tenures } from "./tenures.ts";
import { silent, AlertWriter } from "./alert-writer.ts";
import { WarmUpRun } from "./warm-up.ts";

/** What an engine is told apart from its input. */
export interface EngineOptions {
  /** Whether the id of a gateway belongs to the partition, whose rules tell of it then. Default: none does. */
  readonly ownsGateway?: (gateway: string) => boolean;
  /**
   * Whether rules judge what others derive when it is derived, as they do live, so that its record in the log is passed
   * over. Else they judge what the log holds of it, whatever the rules here derive.
   */
  readonly judgesOwnDerivations?: boolean;
  /** How many rules on devices one slice of a record has room for. Default: 64. */
  readonly instancesASlice?: number | undefined;
}

/** The rules of one telemetry partition; see PartitionEngine for what it promises. */
export function createPartitionEngine(partition: number, options: EngineOptions = {}): PartitionEngine {
  return new Engine(partition, options);
}

class Engine implements PartitionEngine {
  readonly #partition: number;
  readonly #slice: number | undefined;
  readonly #alerts: AlertWriter;
  readonly #evaluator: Evaluator;
  readonly #ledger: StateLedger;
  readonly #restored: RestoredStates;
  readonly #joins: Joins;
  readonly #devices: DeviceJoins;
  #derived = 0;
  #left: Iterable<void> | undefined;
  readonly #mutes: MuteJoins;

  constructor(partition: number, { ownsGateway, judgesOwnDerivations = true, instancesASlice }: EngineOptions) {
    this.#partition = partition;
    this.#slice = instancesASlice;
    this.#alerts = new AlertWriter(partition);
    const index = new RuleIndex();
    this.#alerts.incarnationOf = (device) => index.incarnationOf(device);
    const derivations = new Derivations(partition);
    const passedOn = judgesOwnDerivations ? derivations : undefined;
    const evaluator = new Evaluator(index, this.#alerts, passedOn, ownsGateway, instancesASlice);
    this.#alerts.derive = (derived) => {
      const isTaken = judgesOwnDerivations && (index.metrics.get(derived.metric)?.rules.length ?? 0) > 0;
      this.#derived++;
      this.#alerts.effects.derived(derivations.add(derived, evaluator.next, isTaken));
    };
    this.#alerts.deviceOf = (device) => index.devices.get(device);
    this.#alerts.registrationOf = (device) => index.registrationOf(device);
    this.#evaluator = evaluator;
    this.#alerts.now = () => this.#evaluator.clock.now;
    this.#restored = new RestoredStates(this.#evaluator, derivations);
    this.#ledger = new StateLedger(this.#evaluator, derivations, this.#restored);
    this.#mutes = new MuteJoins(this.#evaluator, this.#restored);
    const tenures = new Tenures(this.#evaluator, this.#ledger);
    this.#joins = new Joins(this.#evaluator, this.#ledger, this.#restored, tenures);
    this.#devices = new DeviceJoins(this.#evaluator, tenures);
  }

  get clock(): number {
    return this.#evaluator.clock.now;
  }

  get stragglers(): readonly Straggler[] {
    return this.#evaluator.clock.stragglers;
  }

  get counters(): EngineCounters {
    const { counts, identities } = this.#evaluator;
    const { duplicates, gaps } = identities;
    const { amended, notDerived } = this.#alerts;
    return { ...counts, duplicates, gaps, amended, derived: this.#derived, notDerived };
  }

  get changed(): ChangedStates {
    const { changedInstances, changedSeries } = this.#evaluator;
    return { instances: changedInstances.size, series: changedSeries.size };
  }

  *open(): Generator<OpenAlert> {
    for (const { rule, device, open } of this.#evaluator.index.instances()) {
      if (open === undefined) continue;
      const { alertId, rank, raisedAt } = open;
      yield { alertId, rule: rule.id, device, severity: severityOf(rank) ?? "", raisedAt, shadow: rule.shadow };
    }
  }

  applyRecord(record: TelemetryRecord, at: RecordPosition, effects: Effects): void {
    if (this.#left !== undefined) this.#finish();
    this.#alerts.effects = effects;
    this.#evaluator.steps.forgetFailure();
    if (this.#mutes.isUnsure) this.#mutes.beSure();
    const rest = this.#evaluator.apply(record, at);
    if (rest === undefined) {
      const telling = this.#passEdges(at);
      if (telling !== undefined && telling.next().done !== true) {
        this.#left = this.#leaving(effects, this.#endOf(telling));
      } else this.#evaluator.steps.tellFailure();
    } else this.#left = this.#leaving(effects, this.#restOf(rest, at));
    this.#alerts.effects = silent;
  }

  /** What the clock's word means for what is muted. */
  #passEdges({ offset }: RecordPosition): Generator<void> | undefined {
    return this.#alerts.muting.awaitsEdge ? this.#mutes.pass(offset) : undefined;
  }

  *#restOf(rest: Iterable<void>, at: RecordPosition): Generator<void> {
    yield* rest;
    yield* this.#endOf(this.#passEdges(at) ?? []);
  }

  *#endOf(telling: Iterable<void>): Generator<void> {
    yield* telling;
    this.#evaluator.steps.tellFailure();
  }

  get left(): Iterable<void> | undefined {
    return this.#left;
  }

  *#leaving(effects: Effects, work: Iterable<void>): Generator<void> {
    try {
      for (const _ of this.#while(effects, work)) yield;
    } finally {
      this.#left = undefined;
    }
  }

  /** Whatever comes next finds what came before done. */
  #finish(): void {
    for (const _ of this.#left ?? []);
  }

  applyRule(change: RuleChange, effects: Effects): Iterable<void> {
    return this.#sliced(effects, this.#rule(change));
  }

  applyDevice(id: string, device: Device | undefined, incarnation: number, effects: Effects): void {
    this.#telling(effects, () => {
      this.#devices.device(id, device, incarnation);
      this.#mutes.device(id);
    });
  }

  applyOperatorAction(hand: OperatorAction, effects: Effects): void {
    this.#telling(effects, () => {
      if (hand.kind === "snoozed") this.#mutes.snooze(hand);
      else this.#joins.hand(hand);
    });
  }

  applyMaintenance(id: string, definition: MaintenanceDefinition | undefined, effects: Effects): Iterable<void> {
    return this.#sliced(effects, this.#mutes.maintenance(id, definition));
  }

  warm(rules: readonly RuleChange[]): WarmUp {
    return new WarmUpRun(rules, this.#partition, this.#slice);
  }

  adopt(warmed: WarmUp, effects: Effects): Iterable<void> {
    if (!(warmed instanceof WarmUpRun)) throw new InvariantError("Only what this engine warmed can be adopted");
    warmed.finish();
    return this.#sliced(effects, this.#adopt(warmed));
  }

  takeChanges(full: boolean): Generator<readonly StateBytes[], CheckpointState> {
    this.#finish();
    return this.#ledger.take(full);
  }

  restore(snapshot: EngineSnapshot): Iterable<void> {
    return this.#restored.restore(snapshot);
  }

  *#rule(change: RuleChange): Generator<void> {
    yield* this.#joins.rule(change);
    yield* this.#mutes.rule(change.rule);
  }

  *#adopt(warmed: WarmUpRun): Generator<void> {
    yield* this.#joins.adopt(warmed);
    for (const { rule } of warmed.rules) yield* this.#mutes.rule(rule);
  }

  *#sliced(effects: Effects, work: Iterable<void>): Generator<void> {
    this.#finish();
    for (const _ of this.#while(effects, work)) yield;
    this.#alerts.effects = effects;
    this.#evaluator.judgeDerived();
    this.#alerts.effects = silent;
  }

  /** Effects go there during the work, and nowhere between its slices. */
  *#while(effects: Effects, work: Iterable<void>): Generator<void> {
    this.#alerts.effects = effects;
    for (const _ of work) {
      this.#alerts.effects = silent;
      yield;
      this.#alerts.effects = effects;
    }
    this.#alerts.effects = silent;
  }

  #telling(effects: Effects, work: () => void): void {
    this.#finish();
    this.#alerts.effects = effects;
    work();
    this.#evaluator.judgeDerived();
    this.#alerts.effects = silent;
  }
}
