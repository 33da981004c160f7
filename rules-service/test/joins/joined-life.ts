import type { Device } from "@headwater/aggregates";
import fc from "fast-check";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { compileCondition } from "../../src/conditions/conditions.ts";
import { chain, conditions, definition, gated, ruleWith } from "../engine/definitions.ts";
import type { Entry } from "../engine/harness.ts";
import { devices, steps, withBeginning, write } from "../engine/histories.ts";

/** What people do while records come in. */
export type Doing =
  /** `definition` of one that is made or revised; `back`: it becomes again what it was before. */
  | { readonly kind: "write"; readonly rule: number; readonly definition: RuleDefinition; readonly back: boolean }
  | { readonly kind: "switch"; readonly rule: number; readonly mode: "live" | "shadow" | "disabled" | "deleted" }
  | { readonly kind: "device"; readonly device: number; readonly content: Content | undefined }
  /** Of the alerts that are open the one with this number. */
  | { readonly kind: "hand"; readonly which: number; readonly clears: boolean }
  /** The rule of that alert does nothing on its device for so many seconds; 0: it does so again. */
  | { readonly kind: "snooze"; readonly which: number; readonly lasts: number }
  /** A maintenance window from so many seconds from now on; `lasts` null: there is none. */
  | {
      readonly kind: "maintenance";
      readonly id: string;
      readonly begins: number;
      readonly lasts: number | null;
      readonly selector: RuleDefinition["selector"];
    }
  /** What was written takes effect; rules that have to be warmed first, only if they are warm by now. */
  | { readonly kind: "effect"; readonly warm: boolean; readonly warmedWith: number }
  | { readonly kind: "checkpoint" }
  /** Another owner goes on after so many states of a writing that was under way. */
  | { readonly kind: "owner"; readonly written: number };

export type Content = Pick<Device, "type" | "attributes">;

export interface JoinedLife {
  readonly log: readonly Entry[];
  /** Records that were sent under the device's registration before the present one. */
  readonly outdated: ReadonlySet<number>;
  /** By the offset before which they happen, in order. */
  readonly doings: readonly (readonly [offset: number, doing: Doing])[];
}

/**
 * Half of those that derive nothing tell one threshold from another, since that is what people change. The others
 * derive a metric, or judge one that those derive.
 */
export const anyRule: fc.Arbitrary<RuleDefinition> = fc.oneof(
  { weight: 4, arbitrary: gated(fc.oneof(ruleWith(conditions.threshold), ruleWith(conditions.absence), definition)) },
  { weight: 1, arbitrary: chain.chain((rules) => fc.constantFrom(...rules)) },
);
/** Those that readings alone decide, whatever the device is registered as, and no schedule. */
export const ruleOfReadings: fc.Arbitrary<RuleDefinition> = fc
  .oneof(ruleWith(conditions.threshold), definition)
  .filter(({ condition }) => {
    const { watchesSilence, readsDevice } = compileCondition(condition!, 1);
    return !watchesSilence && !readsDevice;
  });
const rule = fc.nat({ max: 2 });
const content = fc.constantFrom<Content>(
  { type: "a", attributes: {} },
  { type: "b", attributes: { max: 3 } },
  { type: "a", attributes: { max: 5 } },
);
const selector = fc.constantFrom<RuleDefinition["selector"]>(
  undefined,
  undefined,
  { types: ["a"] },
  { ids: ["d0"] },
  { attributes: { max: 3 } },
);

const writing = (written: fc.Arbitrary<RuleDefinition>): fc.Arbitrary<Doing> =>
  fc.tuple(rule, written, selector, fc.boolean()).map(([which, made, chosen, back]): Doing => {
    return { kind: "write", rule: which, definition: { ...made, ...(chosen && { selector: chosen }) }, back };
  });
const doing: fc.Arbitrary<Doing> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("switch" as const),
      rule,
      mode: fc.constantFrom("live", "live", "live", "shadow", "shadow", "disabled", "disabled", "deleted"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("device" as const),
      device: fc.nat({ max: 1 }),
      content: fc.option(content, { nil: undefined, freq: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("hand" as const), which: fc.nat({ max: 5 }), clears: fc.boolean() }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("effect" as const),
      warm: fc.constantFrom(true, true, false),
      warmedWith: fc.oneof(fc.nat({ max: 20 }), fc.constant(1000)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("snooze" as const),
      which: fc.nat({ max: 5 }),
      lasts: fc.constantFrom(0, 1, 5, 20, 90),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("maintenance" as const),
      id: fc.constantFrom("m", "n"),
      begins: fc.integer({ min: -5, max: 10 }),
      lasts: fc.option(fc.integer({ min: 1, max: 30 })),
      selector,
    }),
  },
  { weight: 2, arbitrary: fc.constant<Doing>({ kind: "checkpoint" }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("owner" as const), written: fc.nat({ max: 12 }) }) },
);

/** Rules and devices come, change and go, people clear alerts, and owners change, while records come in. */
export const joinedLife = (written: fc.Arbitrary<RuleDefinition>): fc.Arbitrary<JoinedLife> =>
  fc
    .tuple(
      steps(60),
      fc.array(written, { minLength: 1, maxLength: 2 }),
      fc.array(
        fc.tuple(
          fc.nat({ max: 1000 }),
          fc.oneof({ weight: 1, arbitrary: writing(written) }, { weight: 8, arbitrary: doing }),
        ),
        { maxLength: 30, size: "max" },
      ),
      fc.array(fc.nat({ max: 60 }), { maxLength: 4 }),
    )
    .map(([life, first, list, outdated]) => {
      const log = write(withBeginning(life));
      const timed = list.map(([when, each]) => [when % (log.length + 1), each] as const);
      const start = first.flatMap((made, index): Doing[] => [
        { kind: "write", rule: index, definition: made, back: false },
        { kind: "switch", rule: index, mode: "live" },
      ]);
      const effect: Doing = { kind: "effect", warm: true, warmedWith: 0 };
      return {
        log,
        outdated: new Set(outdated),
        doings: [
          ...[...start, effect].map((each) => [Math.min(1, log.length), each] as const),
          ...timed.toSorted((a, b) => a[0] - b[0]),
        ].toSorted((a, b) => a[0] - b[0]),
      };
    });

export function deviceOf(index: number, revision: number, { type, attributes }: Content): Device {
  const rest = { revision, tags: {}, credentials: [], createdAt: 0, updatedAt: 0 };
  return { id: devices[index]!, type, attributes, ...rest };
}
