import type { Device } from "@headwater/aggregates";
import { isoFromMicros } from "@headwater/core";
import { alertTransition, events, type TelemetryInput } from "@headwater/proto";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import type { OperatorAction, PartitionEngine, RuleChange, StateBytes } from "../../src/engine/engine.ts";
import type { MaintenanceDefinition } from "../../src/definition/maintenance.ts";
import { inForce } from "../../src/partitions/control-events/control-event-history.ts";
import { transitionOf } from "../../src/partitions/control-events/rule-timeline.ts";
import { all, at, Collected, second, taken, type Entry } from "../engine/harness.ts";
import { devices } from "../engine/histories.ts";
import { joiningOf, pastOf, type Joining, type StateRecord } from "./joinings.ts";
import { TopicReaders } from "./topic-readers.ts";
import { deviceOf, type Content, type Doing, type JoinedLife } from "./joined-life.ts";

/** Is told of what takes effect, once. */
export interface Witness {
  record(entry: { readonly record: Entry["record"]; readonly offset: number; readonly appendTime: number }): void;
  device(id: string, device: Device | undefined, incarnation: number): void;
  rule(change: RuleChange): void;
  warmed(change: RuleChange): void;
  /** `isOpen`: it is this alert that is open by now. */
  hand(rule: string, device: string, isOpen: boolean): void;
}

interface Lasting {
  readonly begins: number;
  /** Seconds. */
  readonly lasts: number;
  readonly selector: RuleDefinition["selector"];
}

interface RuleOnLog {
  revision: number;
  mode: RuleChange["mode"];
  readonly definitions: RuleDefinition[];
  /** How many of its records are in rules.v1. */
  grounding: string;
}

/**
 * A partition with all that is around it: rules.v1 and devices.v1 whose states take effect when an owner comes to it,
 * the state log, owners that follow each other, and whoever reads alerts.v1 and commands.v1.
 */
export class JoinedWorld {
  readonly readers = new TopicReaders();
  engine: PartitionEngine;
  /** The records as they were appended, with the registration that the gateway knew. */
  readonly log: Entry[] = [];
  readonly #createEngine: (partition: number) => PartitionEngine;
  readonly #life: JoinedLife;
  readonly #effects = new Collected();
  readonly #rules = new Map<string, RuleOnLog>();
  readonly #inEffect = new Map<string, RuleChange>();
  readonly #changedRules = new Set<string>();
  readonly #toWarm = new Map<string, RuleChange>();
  readonly #registry = new Map<string, { device: Device | undefined; incarnation: number }>();
  readonly #changedDevices = new Set<string>();
  readonly #changedWindows = new Map<string, MaintenanceDefinition | undefined>();
  #hands: OperatorAction[] = [];
  readonly #stateLog: StateRecord[] = [];
  #epoch = 0;
  #isFull = true;
  #written = 0;

  readonly #witness: Witness | undefined;

  constructor(createEngine: (partition: number) => PartitionEngine, life: JoinedLife, witness?: Witness) {
    this.#createEngine = createEngine;
    this.#life = life;
    this.#witness = witness;
    this.engine = createEngine(0);
  }

  /** Lives through all of it; `look` is called whenever every record of alerts.v1 is effective. */
  run(look: (world: JoinedWorld) => void): this {
    const { log, doings, outdated } = this.#life;
    let next = 0;
    for (let offset = 0; offset <= log.length && this.readers.faults.length === 0; offset++) {
      for (; next < doings.length && doings[next]![0] === offset; next++) {
        this.#do(doings[next]![1]);
        this.#listen();
        if (this.#hands.length === 0) look(this);
      }
      const entry = log[offset];
      if (entry === undefined) break;
      const { incarnation } = this.#registry.get(entry.record.device) ?? { incarnation: 0 };
      const known = Math.max(0, incarnation - (outdated.has(offset) ? 1 : 0));
      const record = events.telemetry.decode(
        events.telemetry.encode({ ...(entry.record as TelemetryInput), incarnation: known }),
      );
      const stamped: Entry = { record, at: entry.at };
      this.log.push(stamped);
      this.engine.applyRecord(stamped.record, stamped.at, this.#effects);
      all(this.engine.left ?? []);
      this.#witness?.record({ record, ...entry.at });
      this.#listen();
      if (this.#hands.length === 0) look(this);
    }
    return this;
  }

  #do(doing: Doing): void {
    switch (doing.kind) {
      case "write":
        return this.#write(`rule${doing.rule}`, doing.definition, doing.back);
      case "switch":
        return this.#switch(`rule${doing.rule}`, doing.mode);
      case "device":
        return this.#register(doing.device, doing.content);
      case "hand":
        return this.#hand(doing.which, doing.clears ? { kind: "cleared" } : { kind: "acknowledged" });
      case "snooze":
        return this.#hand(doing.which, {
          kind: "snoozed",
          until: doing.lasts === 0 ? 0 : this.engine.clock + doing.lasts * second,
        });
      case "maintenance":
        return this.#maintain(doing.id, doing.lasts === null ? undefined : { ...doing, lasts: doing.lasts });
      case "effect":
        return this.#effect(doing.warm, doing.warmedWith);
      case "checkpoint":
        return this.#checkpoint(Infinity);
      case "owner":
        return this.#changeOwner(doing.written);
    }
  }

  #write(id: string, definition: RuleDefinition, back: boolean): void {
    const rule = this.#rules.get(id) ?? { revision: 0, mode: "deleted", definitions: [], grounding: "" };
    const before = rule.definitions.at(-2);
    rule.definitions.push({ ...(back && before !== undefined ? before : definition), id });
    rule.revision++;
    if (rule.mode === "deleted") rule.mode = "disabled";
    this.#rules.set(id, rule);
    this.#changed(id, rule);
  }

  #switch(id: string, mode: RuleChange["mode"]): void {
    const rule = this.#rules.get(id);
    if (rule === undefined || rule.mode === "deleted" || rule.mode === mode) return;
    rule.mode = mode;
    this.#changed(id, rule);
  }

  #changed(id: string, rule: RuleOnLog): void {
    rule.grounding = String(this.#written++);
    this.#changedRules.add(id);
  }

  #register(index: number, content: Content | undefined): void {
    const id = devices[index]!;
    const { device, incarnation } = this.#registry.get(id) ?? { device: undefined, incarnation: 0 };
    if (content !== undefined)
      this.#registry.set(id, { device: deviceOf(index, this.#written++, content), incarnation });
    else if (device === undefined) return;
    else this.#registry.set(id, { device: undefined, incarnation: incarnation + 1 });
    this.#changedDevices.add(id);
  }

  #hand(which: number, { kind, until }: Pick<OperatorAction, "kind" | "until">): void {
    const { open } = this.readers;
    const alert = open[which % open.length];
    if (alert === undefined) return;
    const { id: alertId, rule, device, lastTransition: seen } = alert;
    const at = this.engine.clock;
    const writeId = `w${this.#written++}`;
    this.readers.hear({
      ...{ alertId, rule, device, transition: 0, kind: alertTransition[kind], at, writeId, by: "somebody", seen },
      ...(kind === "cleared" && { cause: "hand", clearedAt: at }),
      ...(until !== undefined && { snoozedUntil: until }),
    });
    const action = { kind, alertId, rule, device, at, by: "somebody", writeId, seen };
    this.#hands.push({ ...action, ...(until !== undefined && { until }) });
  }

  #maintain(id: string, window: Lasting | undefined): void {
    if (window === undefined) {
      this.#changedWindows.set(id, undefined);
      return;
    }
    const { begins, lasts, selector } = window;
    const start = Math.max(this.engine.clock, at(0)) + begins * second;
    const [from, to] = [isoFromMicros(start), isoFromMicros(start + lasts * second)];
    this.#changedWindows.set(id, { id, from, to, ...(selector !== undefined && { selector }) });
  }

  #effect(warm: boolean, warmedWith: number): void {
    const now = Array.from(this.#changedWindows, ([id, definition]): Joining => {
      return { kind: "maintenance", id, definition };
    });
    this.#changedWindows.clear();
    for (const id of this.#changedRules) {
      const { revision, mode, definitions, grounding } = this.#rules.get(id)!;
      const change: RuleChange = { rule: id, revision, mode, definition: definitions.at(-1)!, grounding };
      const transition = transitionOf(this.#inEffect.get(id), change);
      if (transition === "warmed") this.#toWarm.set(id, change);
      else this.#toWarm.delete(id);
      if (transition === "direct") now.push({ kind: "rule", change });
    }
    this.#changedRules.clear();
    for (const id of this.#changedDevices) now.push({ kind: "device", id, ...this.#registry.get(id)! });
    this.#changedDevices.clear();
    for (const action of this.#hands) now.push({ kind: "hand", action });
    this.#hands = [];
    const fromOffset = this.log.length;
    for (const joining of now) this.#stateLog.push({ kind: "effective", fromOffset, warmFrom: fromOffset, joining });
    const warmFrom = Math.max(0, fromOffset - warmedWith);
    const warmed = warm ? [...this.#toWarm.values()] : [];
    for (const change of warmed) {
      this.#stateLog.push({ kind: "effective", fromOffset, warmFrom, joining: { kind: "rule", change } });
      this.#toWarm.delete(change.rule);
    }
    for (const joining of now) {
      const open = joining.kind === "hand" ? this.#openAlert(joining.action) : false;
      this.#join(joining);
      if (joining.kind === "rule") this.#witness?.rule(joining.change);
      else if (joining.kind === "device") this.#witness?.device(joining.id, joining.device, joining.incarnation);
      else if (joining.kind === "hand" && joining.action.kind === "cleared") {
        this.#witness?.hand(joining.action.rule, joining.action.device, open);
      }
    }
    this.#adopt(warmed, warmFrom, fromOffset);
    for (const change of warmed) this.#witness?.warmed(change);
  }

  #openAlert({ alertId }: OperatorAction): boolean {
    for (const each of this.engine.open()) if (each.alertId === alertId) return true;
    return false;
  }

  #join(joining: Joining): void {
    const { engine } = this;
    if (joining.kind === "device") engine.applyDevice(joining.id, joining.device, joining.incarnation, this.#effects);
    else if (joining.kind === "hand") engine.applyOperatorAction(joining.action, this.#effects);
    else if (joining.kind === "maintenance") {
      all(engine.applyMaintenance(joining.id, joining.definition, this.#effects));
    } else {
      this.#inEffect.set(joining.change.rule, joining.change);
      all(engine.applyRule(joining.change, this.#effects));
    }
  }

  #adopt(changes: readonly RuleChange[], warmFrom: number, fromOffset: number): void {
    if (changes.length === 0) return;
    const warmUp = this.engine.warm(changes);
    for (const { record, at } of this.log.slice(0, warmFrom)) warmUp.applyClock(record, at);
    for (const { record, at } of this.log.slice(warmFrom, fromOffset)) warmUp.applyRecord(record, at);
    all(this.engine.adopt(warmUp, this.#effects));
    for (const change of changes) this.#inEffect.set(change.rule, change);
  }

  /** Writes at most so many states; the checkpoint only after all of them. */
  #checkpoint(most: number): void {
    const offset = this.log.length;
    const { states, checkpoint } = taken(this.engine, this.#isFull);
    for (const state of states.slice(0, most)) this.#stateLog.push({ kind: "state", epoch: this.#epoch, state });
    if (most < states.length) return;
    this.#stateLog.push({ kind: "checkpoint", epoch: this.#epoch, offset, state: checkpoint });
    this.#isFull = false;
  }

  /** The owner stops in the middle of a writing; another goes on from the last whole one, and repeats what follows. */
  #changeOwner(written: number): void {
    if (written > 0) this.#checkpoint(written - 1);
    const whole = this.#stateLog.findLastIndex(({ kind }) => kind === "checkpoint");
    const last = this.#stateLog[whole];
    this.engine = this.#createEngine(0);
    this.#inEffect.clear();
    this.#toWarm.clear();
    this.#epoch++;
    this.#isFull = true;
    this.readers.isRepeating = true;
    const begin = last?.kind === "checkpoint" ? last.offset : 0;
    if (last?.kind === "checkpoint") this.#restore(last, whole);
    const replay = this.#stateLog
      .filter((each) => each.kind === "effective")
      .filter((each) => !this.#includes(each, whole));
    let next = 0;
    for (let offset = begin; offset <= this.log.length; offset++) {
      while (next < replay.length && replay[next]!.fromOffset === offset) next += this.#repeat(replay, next);
      const entry = this.log[offset];
      if (entry !== undefined) this.engine.applyRecord(entry.record, entry.at, this.#effects);
    }
    all(this.engine.left ?? []);
    this.#listen();
    this.readers.isRepeating = false;
    for (const id of this.#rules.keys()) this.#changedRules.add(id);
  }

  #includes(effective: StateRecord, whole: number): boolean {
    return this.#stateLog.indexOf(effective) < whole;
  }

  #restore({ epoch, offset, state: checkpoint }: StateRecord & { readonly kind: "checkpoint" }, whole: number): void {
    const states = new Map<string, StateBytes>();
    for (const each of this.#stateLog) {
      if (each.kind !== "state" || each.epoch !== epoch) continue;
      states.set(JSON.stringify([each.state.rule, each.state.device]), each.state);
    }
    all(this.engine.restore({ offset, states: [...states.values()], checkpoint }));
    const included = this.#stateLog
      .slice(0, whole)
      .flatMap((each) => (each.kind === "effective" ? [pastOf(each)] : []));
    for (const event of inForce(included)) this.#join(joiningOf(event));
    const said = this.#effects.take();
    if (said.length > 0) this.readers.faults.push(`restoring emitted ${JSON.stringify(said)}`);
  }

  /** Answers how many were done together. */
  #repeat(replay: readonly (StateRecord & { readonly kind: "effective" })[], next: number): number {
    const { joining, warmFrom, fromOffset } = replay[next]!;
    const isWarmed = (each: Joining): each is Joining & { readonly kind: "rule" } =>
      each.kind === "rule" && transitionOf(this.#inEffect.get(each.change.rule), each.change) === "warmed";
    if (!isWarmed(joining)) {
      this.#join(joining);
      return 1;
    }
    const together: RuleChange[] = [];
    for (const each of replay.slice(next)) {
      if (each.fromOffset !== fromOffset || each.warmFrom !== warmFrom || !isWarmed(each.joining)) break;
      const { change } = each.joining;
      if (together.some(({ rule }) => rule === change.rule)) break;
      together.push(change);
    }
    this.#adopt(together, warmFrom, fromOffset);
    return together.length;
  }

  /** Takes in what the engine has said. */
  #listen(): void {
    for (const { alert, command } of this.#effects.take()) {
      if (alert !== undefined) this.readers.hear(alert);
      else if (command !== undefined) this.readers.hearCommand(command);
    }
  }
}
