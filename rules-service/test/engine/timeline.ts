import type { Device } from "@headwater/aggregates";
import fc from "fast-check";
import { isoFromMicros } from "@headwater/core";
import type { MaintenanceDefinition } from "../../src/definition/maintenance.ts";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import type {
  EngineChanges,
  OperatorAction,
  PartitionEngine,
  RuleChange,
  StateBytes,
} from "../../src/engine/engine.ts";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, Collected, epoch0, second, taken } from "./harness.ts";
import type { Entry, Emitted } from "./harness.ts";
import { calmDefinition, calmLife } from "./calm-lives.ts";
import { chain, definition } from "./definitions.ts";

/** What rules do: once, at the end as well, and again and again. */
const actions = [
  { command: { name: "act" } },
  { command: { name: "tell" }, on: ["raised" as const, "escalated" as const, "cleared" as const], repeat: "7s" },
  { webhook: { urlSecret: "ops" }, repeat: "3s", repeatAcknowledged: true },
];
import { devices, steps, write, type Step } from "./histories.ts";

function actionsOf({ actions: own }: RuleDefinition): RuleDefinition["actions"] {
  return [...actions, ...(own ?? []).filter(({ derive }) => derive !== undefined)];
}

/** What happens to a partition besides its records, and before which of them. */
export type Happening =
  | { readonly kind: "rule"; readonly change: RuleChange; readonly warmFrom?: number }
  | { readonly kind: "device"; readonly id: string; readonly device: Device | undefined }
  | { readonly kind: "hand"; readonly rule: string; readonly device: string }
  | { readonly kind: "snooze"; readonly rule: string; readonly device: string; readonly until: number }
  | { readonly kind: "maintenance"; readonly id: string; readonly definition: MaintenanceDefinition | undefined }
  | { readonly kind: "take"; readonly full: boolean };

export interface Timeline {
  readonly log: readonly Entry[];
  /** By the offset before which they take effect, in order. */
  readonly happenings: readonly (readonly [offset: number, happening: Happening])[];
}

const selectors = fc.constantFrom<RuleDefinition["selector"]>(undefined, { types: ["a"] }, { ids: ["d0"] });

type Wish = ReturnType<typeof wishFor> extends fc.Arbitrary<infer W> ? W : never;

const wishFor = (definitions: fc.Arbitrary<RuleDefinition>) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("rule" as const),
        rule: fc.nat({ max: 2 }),
        mode: fc.constantFrom("live", "live", "live", "shadow", "disabled", "deleted"),
        definition: definitions,
        selector: selectors,
        keeps: fc.boolean(),
        flaps: fc.boolean(),
        warms: fc.option(fc.nat({ max: 20 })),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("device" as const),
        device: fc.nat({ max: 1 }),
        type: fc.constantFrom("a", "b", undefined),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("hand" as const),
        rule: fc.nat({ max: 2 }),
        device: fc.nat({ max: 1 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("snooze" as const),
        rule: fc.nat({ max: 1 }),
        device: fc.nat({ max: 1 }),
        lasts: fc.nat({ max: 30 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("maintenance" as const),
        id: fc.constantFrom("m", "n"),
        begins: fc.integer({ min: -5, max: 10 }),
        lasts: fc.option(fc.integer({ min: 1, max: 30 })),
        selector: selectors,
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("take" as const), full: fc.boolean() }) },
  );

/** Rules come, change and go while records come in. */
export const timeline: fc.Arbitrary<Timeline> = timelineOf(
  steps(60),
  fc.oneof({ weight: 2, arbitrary: fc.array(definition, { minLength: 1, maxLength: 2 }) }, chain),
  wishFor(definition),
);

/** The same of long runs in which little changes. */
export const calmTimeline: fc.Arbitrary<Timeline> = timelineOf(
  calmLife(),
  fc.array(calmDefinition, { minLength: 1, maxLength: 3 }),
  wishFor(calmDefinition),
);

function timelineOf(
  lives: fc.Arbitrary<Step[]>,
  rulesAtFirst: fc.Arbitrary<RuleDefinition[]>,
  wishes: ReturnType<typeof wishFor>,
): fc.Arbitrary<Timeline> {
  const timed = fc.array(fc.tuple(fc.nat({ max: 1000 }), wishes), { maxLength: 14 });
  return fc.tuple(lives, rulesAtFirst, timed).map(timelineFrom);
}

function timelineFrom([life, first, wishes]: [Step[], RuleDefinition[], [number, Wish][]]): Timeline {
  const log = write(life);
  const rules = new Map<string, RuleChange>();
  const happenings: (readonly [number, Happening])[] = first.map((start, index) => {
    const change: RuleChange = {
      rule: `rule${index}`,
      revision: 1,
      mode: "live",
      definition: {
        ...start,
        id: `rule${index}`,
        ...(start.condition !== undefined && { actions: actionsOf(start) }),
      },
    };
    rules.set(change.rule, change);
    return [0, { kind: "rule", change }];
  });
  const timed = wishes.map(([when, each]) => [when % (log.length + 1), each] as const);
  for (const [offset, each] of timed.toSorted((a, b) => a[0] - b[0])) {
    const now = log[Math.min(offset, log.length - 1)]?.at.appendTime ?? epoch0;
    if (each.kind === "take") happenings.push([offset, each]);
    else if (each.kind === "snooze") {
      const until = now + each.lasts * second;
      const whose = { rule: `rule${each.rule}`, device: devices[each.device]! };
      happenings.push([offset, { kind: "snooze", ...whose, until }]);
    } else if (each.kind === "maintenance") {
      const { id, begins, lasts, selector } = each;
      const [from, to] = [begins, begins + (lasts ?? 0)].map((seconds) => isoFromMicros(now + seconds * second));
      const definition = lasts === null ? undefined : { id, from, to, ...(selector !== undefined && { selector }) };
      happenings.push([offset, { kind: "maintenance", id, definition }]);
    } else if (each.kind === "hand") {
      happenings.push([offset, { kind: "hand", rule: `rule${each.rule}`, device: devices[each.device]! }]);
    } else if (each.kind === "device") {
      const id = devices[each.device]!;
      happenings.push([
        offset,
        { kind: "device", id, device: each.type === undefined ? undefined : deviceOf(id, each.type) },
      ]);
    } else {
      const id = `rule${each.rule}`;
      const before = rules.get(id);
      const keeps = each.keeps && before !== undefined;
      const change: RuleChange = {
        rule: id,
        mode: each.mode,
        revision: keeps ? before.revision : (before?.revision ?? 0) + 1,
        definition: keeps
          ? before.definition
          : {
              ...each.definition,
              ...{ id, selector: each.selector, actions },
              ...(each.flaps && { flapping: { transitions: 3, within: "10s" } }),
            },
      };
      rules.set(id, change);
      const active = each.mode === "live" || each.mode === "shadow";
      const warms = active && each.warms !== null && !(keeps && before.mode === each.mode);
      happenings.push([
        offset,
        { kind: "rule", change, ...(warms && { warmFrom: Math.max(0, offset - each.warms!) }) },
      ]);
    }
  }
  return { log, happenings };
}

function deviceOf(id: string, type: string): Device {
  return { id, revision: 1, type, tags: {}, attributes: {}, credentials: [], createdAt: 0, updatedAt: 0 };
}

interface Writing {
  readonly offset: number;
  /** Happenings that came before it. */
  readonly after: number;
  readonly changes: EngineChanges;
}

/** A run of an engine over a timeline, or over what is left of it. */
export class Run {
  readonly engine: PartitionEngine;
  /** What was emitted while each offset was the next, by offset. */
  readonly emitted: Emitted[][] = [];
  readonly writings: Writing[] = [];
  readonly #timeline: Timeline;
  readonly #effects = new Collected();

  constructor(timeline: Timeline, engine: PartitionEngine = createPartitionEngine(0)) {
    this.#timeline = timeline;
    this.engine = engine;
  }

  /** `hands` holds the alerts that an operator clears, by happening; a missing one is chosen from those emitted. */
  play(hands: Map<number, OperatorAction>, from = 0, after = 0, takes = true): this {
    const { log, happenings } = this.#timeline;
    let index = after;
    for (let offset = from; offset <= log.length; offset++) {
      const emitted: Emitted[] = [];
      this.emitted[offset] = emitted;
      for (; index < happenings.length && happenings[index]![0] === offset; index++) {
        this.#happen(happenings[index]![1], index, offset, hands, takes);
        emitted.push(...this.#effects.take());
      }
      const entry = log[offset];
      if (entry !== undefined) this.engine.applyRecord(entry.record, entry.at, this.#effects);
      all(this.engine.left ?? []);
      emitted.push(...this.#effects.take());
    }
    return this;
  }

  #happen(each: Happening, index: number, offset: number, hands: Map<number, OperatorAction>, takes: boolean): void {
    const { engine } = this;
    if (each.kind === "device") engine.applyDevice(each.id, each.device, 0, this.#effects);
    else if (each.kind === "snooze") engine.applyOperatorAction(snoozeOf(each), this.#effects);
    else if (each.kind === "maintenance") all(engine.applyMaintenance(each.id, each.definition, this.#effects));
    else if (each.kind === "hand") {
      const hand = hands.get(index) ?? this.#hand(each);
      if (hand === undefined) return;
      hands.set(index, hand);
      engine.applyOperatorAction(hand, this.#effects);
    } else if (each.kind === "take") {
      if (takes) this.writings.push({ offset, after: index + 1, changes: taken(engine, each.full) });
    } else if (each.warmFrom === undefined) all(engine.applyRule(each.change, this.#effects));
    else {
      const warmUp = engine.warm([each.change]);
      for (const { record, at } of this.#timeline.log.slice(each.warmFrom, offset)) warmUp.applyRecord(record, at);
      all(engine.adopt(warmUp, this.#effects));
    }
  }

  #hand({ rule, device }: { rule: string; device: string }): OperatorAction | undefined {
    const alert = this.emitted
      .flat()
      .findLast((emitted) => emitted.alert?.rule === rule && emitted.alert.device === device)?.alert;
    if (alert === undefined) return undefined;
    return {
      kind: "cleared",
      alertId: alert.alertId!,
      rule,
      device,
      at: alert.at!,
      by: "somebody",
      writeId: `w${alert.at!}`,
    };
  }
}

function snoozeOf({ rule, device, until }: Extract<Happening, { kind: "snooze" }>): OperatorAction {
  return { kind: "snoozed", alertId: "", rule, device, at: 0, by: "somebody", writeId: "s", until };
}

/** An engine as an owner restores it that finds `whole` writings and the first `cut` states of the one after them. */
export function restored(
  timeline: Timeline,
  writings: readonly Writing[],
  whole: number,
  cut: number,
): PartitionEngine {
  const states = new Map<string, StateBytes>();
  const last = writings[whole - 1]!;
  const partly = writings[whole]?.changes.states.slice(0, cut) ?? [];
  for (const state of [...writings.slice(0, whole).flatMap(({ changes }) => changes.states), ...partly]) {
    states.set(JSON.stringify([state.rule, state.device]), state);
  }
  const engine = createPartitionEngine(0);
  all(engine.restore({ offset: last.offset, states: [...states.values()], checkpoint: last.changes.checkpoint }));
  const effects = new Collected();
  const before = timeline.happenings.slice(0, last.after).map(([, happening]) => happening);
  const known = new Map<string, Device | undefined>();
  const rules = new Map<string, RuleChange>();
  const snoozes = new Map<string, Extract<Happening, { kind: "snooze" }>>();
  const windows = new Map<string, MaintenanceDefinition | undefined>();
  const forget = (isOver: (snooze: { rule: string; device: string }) => boolean): void => {
    for (const [key, snooze] of snoozes) if (isOver(snooze)) snoozes.delete(key);
  };
  for (const happening of before) {
    if (happening.kind === "device") {
      known.set(happening.id, happening.device);
      if (happening.device === undefined) forget(({ device }) => device === happening.id);
    } else if (happening.kind === "rule") {
      const { rule: id, mode } = happening.change;
      // One that is no more has nothing to do with what comes under its id again.
      if (mode === "deleted") {
        rules.delete(id);
        forget(({ rule }) => rule === id);
      } else rules.set(id, happening.change);
    } else if (happening.kind === "snooze") snoozes.set(`${happening.rule}/${happening.device}`, happening);
    else if (happening.kind === "maintenance") windows.set(happening.id, happening.definition);
  }
  for (const [id, device] of known) engine.applyDevice(id, device, 0, effects);
  for (const snooze of snoozes.values()) engine.applyOperatorAction(snoozeOf(snooze), effects);
  for (const [id, definition] of windows) all(engine.applyMaintenance(id, definition, effects));
  for (const change of rules.values()) all(engine.applyRule(change, effects));
  if (effects.all.length > 0) throw new TypeError(`restoring emitted ${JSON.stringify(effects.all)}`);
  return engine;
}
