import type { TelemetryInput } from "@headwater/proto";
import fc from "fast-check";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { at, LogWriter, ruleOf, second } from "./harness.ts";
import type { Entry } from "./harness.ts";

/** A step in the life of a partition. Times in whole seconds, so that things often happen at one instant. */
export type Step =
  | {
      readonly kind: "readings";
      readonly gateway: number;
      readonly device: number;
      /** Seconds behind the wall clock at which the device read it. */
      readonly behind: number;
      /** Seconds for which the gateway kept it. */
      readonly kept: number;
      readonly values: readonly number[];
    }
  /** `old`: of a gateway that does not say when it forwards. */
  | { readonly kind: "mark"; readonly gateway: number; readonly kept: number; readonly old?: boolean }
  /** The gateway's wall clock is so far ahead from now on (seconds); with a new image its epoch begins anew as well. */
  | { readonly kind: "clock"; readonly gateway: number; readonly ahead: number; readonly isNewImage: boolean }
  | { readonly kind: "tick" }
  | { readonly kind: "again"; readonly which: number }
  | { readonly kind: "pass"; readonly seconds: number };

export const devices = ["d0", "d1"] as const;
const gateways = [
  { name: "g0", ahead: 0 },
  { name: "g1", ahead: -3 },
  { name: "g2", ahead: 400 },
] as const;

const reading = fc.record({
  kind: fc.constant("readings" as const),
  gateway: fc.nat({ max: 2 }),
  device: fc.nat({ max: 1 }),
  behind: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.integer({ min: -2, max: 12 }) },
  ),
  kept: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 50 }) }),
  values: fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.nat({ max: 6 })) },
    { weight: 1, arbitrary: fc.array(fc.nat({ max: 6 }), { minLength: 2, maxLength: 3 }) },
  ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: reading },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("mark" as const),
      gateway: fc.nat({ max: 2 }),
      kept: fc.constantFrom(0, 0, 0, 30, 3600),
      old: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      gateway: fc.nat({ max: 2 }),
      ahead: fc.constantFrom(0, 2, -3, 600, -86_400, 3600),
      isNewImage: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "tick" }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("again" as const), which: fc.nat({ max: 40 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      seconds: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constantFrom(9, 16, 31, 61, 600)),
    }),
  },
);

/** Much of what can go wrong needs one device whose readings come in any order… */
const disorder: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("readings" as const),
      gateway: fc.constant(0),
      device: fc.constant(0),
      behind: fc.integer({ min: 0, max: 9 }),
      kept: fc.constant(0),
      values: fc.tuple(fc.constantFrom(0, 3, 5, 6)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "mark", gateway: 0, kept: 0 }) },
);

/** …or that roams between gateways whose marks come seldom. */
const roaming: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: reading.map((each): Step => ({ ...each, device: 0, behind: Math.min(2, each.behind) })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("mark" as const),
      gateway: fc.nat({ max: 2 }),
      kept: fc.constantFrom(0, 30),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 9 }) }) },
);

export function steps(maxLength = 50): fc.Arbitrary<Step[]> {
  const lives = (kind: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> =>
    fc.array(kind, { maxLength, minLength: 3, size: "max" });
  return fc.oneof(
    { weight: 4, arbitrary: lives(step) },
    { weight: 2, arbitrary: lives(disorder) },
    { weight: 1, arbitrary: lives(roaming) },
  );
}

const comparison = fc.constantFrom<Record<string, unknown>>(
  { op: ">", threshold: 3 },
  { op: ">=", threshold: 3, clearBelow: 2 },
  { op: "<", threshold: 3, clearAbove: 4 },
  { op: "<=", threshold: 2 },
  { op: "==", threshold: 3 },
  { op: "!=", threshold: 3 },
  { between: [2, 4] },
  { outside: [1, 5] },
  { above: { info: 1, warning: 3, critical: 4 }, clearBelow: 1 },
  { above: { warning: 2, critical: 4 } },
  { below: { warning: 4, critical: 2 }, clearAbove: 5 },
);
const holding = fc.constantFrom<Record<string, unknown>>(
  {},
  { for: "1s" },
  { for: "3s" },
  { for: "10s" },
  { times: 2 },
  { times: 3 },
);

export const definition: fc.Arbitrary<RuleDefinition> = fc
  .tuple(comparison, holding, fc.constantFrom("0s", "3s", "5s", "60s"), fc.constantFrom("0s", "2s", "5s", "20s"))
  .map(([compare, hold, lateness, wait]) =>
    ruleOf({
      id: "rule",
      condition: { metric: "t", ...compare, ...hold },
      lateness,
      wait,
      actions: [{ command: { name: "act" } }],
    }),
  );

export const definitions = fc
  .array(definition, { minLength: 1, maxLength: 3 })
  .map((list) => list.map((rule, index) => ({ ...rule, id: `rule${index}` })));

/** Writes steps down as a log would have them: gateways count, their receive clocks never go back. */
export function write(life: readonly Step[]): readonly Entry[] {
  const log = new LogWriter();
  const clocks = gateways.map(({ name, ahead }) => ({ name, ahead, epoch: 7, received: 0 }));
  let wall = 0;
  for (const each of life) {
    if (each.kind === "clock") {
      const { epoch, received } = clocks[each.gateway]!;
      const identity = each.isNewImage ? { epoch: epoch + 1, received: 0 } : { epoch, received };
      Object.assign(clocks[each.gateway]!, { ahead: each.ahead, ...identity });
    } else if (each.kind === "pass") wall += each.seconds;
    else if (each.kind === "tick") log.append({ tick: { ownerEpoch: 1 } }, at(wall));
    else if (each.kind === "again") {
      const old = log.entries[each.which % Math.max(1, log.entries.length)];
      if (old !== undefined && old.record.gateway !== "") log.append(old.record as TelemetryInput, at(wall));
    } else {
      const clock = clocks[each.gateway]!;
      const { name, epoch, received, ahead } = clock;
      clock.received = Math.max(received + 1, at(wall - each.kept + ahead));
      const identity = { gateway: name, epoch, n: log.n(`${name}/${epoch}`), receivedAt: clock.received };
      const forwardedAt = each.kind === "mark" && each.old !== true ? Math.max(clock.received, at(wall + ahead)) : 0;
      if (each.kind === "mark") log.append({ ...identity, mark: { received: 1, forwardedAt } }, at(wall));
      else {
        const readings = each.values.map((number, index) => ({ metric: "t", number, timeDelta: index * second }));
        const event = { device: devices[each.device], eventTime: at(wall - each.behind), readings };
        log.append({ ...identity, ...event }, at(wall));
      }
    }
  }
  return log.entries;
}
