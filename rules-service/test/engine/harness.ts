import type { AlertInput, CommandInput, TelemetryInput, TelemetryRecord } from "@headwater/proto";
import { events } from "@headwater/proto";
import { actionNumbers } from "../../src/action-kinds/action-numbers.ts";
import { normaliseAction, type ActionDefinition } from "../../src/action-kinds/kinds.ts";
import { parseRule } from "../../src/definition/definition.ts";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import type {
  Effects,
  EngineChanges,
  PartitionEngine,
  RecordPosition,
  RuleChange,
  StateBytes,
} from "../../src/engine/engine.ts";

export const second = 1_000_000;
/** Times in tests are seconds after this. */
export const epoch0 = 1_700_000_000 * second;

export function at(seconds: number): number {
  return epoch0 + Math.round(seconds * second);
}

export interface Emitted {
  readonly alert?: AlertInput;
  readonly command?: CommandInput;
  readonly derived?: TelemetryInput;
}

/** Keeps what an engine says, in order. */
export class Collected implements Effects {
  readonly all: Emitted[] = [];

  alert(alert: AlertInput): void {
    this.all.push({ alert });
  }
  command(command: CommandInput): void {
    this.all.push({ command });
  }
  derived(derived: TelemetryInput): void {
    this.all.push({ derived });
  }

  get alerts(): AlertInput[] {
    return this.all.flatMap(({ alert }) => (alert === undefined ? [] : [alert]));
  }
  get commands(): CommandInput[] {
    return this.all.flatMap(({ command }) => (command === undefined ? [] : [command]));
  }
  get derivations(): TelemetryInput[] {
    return this.all.flatMap(({ derived }) => (derived === undefined ? [] : [derived]));
  }

  take(): Emitted[] {
    return this.all.splice(0);
  }
}

export function ruleOf(input: unknown): RuleDefinition {
  const parsed = parseRule(input);
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return parsed.definition;
}

export function change(
  input: { id: string; [key: string]: unknown },
  revision = 1,
  mode: RuleChange["mode"] = "live",
): RuleChange {
  return { rule: input.id, revision, mode, definition: ruleOf(input) };
}

/** What the actions of a rule are called in ids. */
export function numbersOf(actions: readonly object[]): readonly number[] {
  return actionNumbers((actions as readonly ActionDefinition[]).map(normaliseAction));
}

export interface Entry {
  readonly record: TelemetryRecord;
  readonly at: RecordPosition;
}

/** Writes a partition's telemetry, with identities as gateways give them. */
export class LogWriter {
  readonly entries: Entry[] = [];
  readonly #lanes = new Map<string, number>();
  readonly #partition: number;

  constructor(partition = 0) {
    this.#partition = partition;
  }

  get next(): number {
    return this.entries.length;
  }

  append(input: TelemetryInput, appendTime: number): Entry {
    const record = events.telemetry.decode(events.telemetry.encode(input));
    const entry = { record, at: { partition: this.#partition, offset: this.next, appendTime } };
    this.entries.push(entry);
    return entry;
  }

  n(gateway: string): number {
    const n = (this.#lanes.get(gateway) ?? 0) + 1;
    this.#lanes.set(gateway, n);
    return n;
  }
}

/** Does all of a work that comes in slices. */
export function all(work: Iterable<void>): void {
  for (const _ of work);
}

/** All that an engine has to write, and its checkpoint. */
export function taken(engine: PartitionEngine, full: boolean): EngineChanges {
  const states: StateBytes[] = [];
  const taking = engine.takeChanges(full);
  let step = taking.next();
  for (; step.done !== true; step = taking.next()) states.push(...step.value);
  return { states, checkpoint: step.value };
}
