import type { Device } from "@headwater/aggregates";
import type { TelemetryInput } from "@headwater/proto";
import fc from "fast-check";
import { at, LogWriter, second } from "./harness.ts";
import type { Entry } from "./harness.ts";

export type Values = Readonly<Partial<Record<(typeof metrics)[number], number | boolean | string>>>;

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
      /** A sample each, a second apart where there are several. */
      readonly values: readonly Values[];
      /** Without a time of its own the gateway's receive time stands in, a microsecond on for each sample. */
      readonly untimed?: boolean;
      /** Who sends it knows not yet that the device is another one now. */
      readonly outdated?: boolean;
    }
  /** `old`: of a gateway that does not say when it forwards. */
  | { readonly kind: "mark"; readonly gateway: number; readonly kept: number; readonly old?: boolean }
  /** The gateway's wall clock is so far ahead from now on (seconds); with a new image its epoch begins anew as well. */
  | { readonly kind: "clock"; readonly gateway: number; readonly ahead: number; readonly isNewImage: boolean }
  /** The gateway's clock gains so many seconds a second from now on; what it has gained stays. */
  | { readonly kind: "drift"; readonly gateway: number; readonly gains: number }
  | { readonly kind: "tick" }
  | { readonly kind: "again"; readonly which: number }
  | { readonly kind: "pass"; readonly seconds: number };

export const metrics = ["t", "u", "s"] as const;
export const devices = ["d0", "d1"] as const;
const gateways = [
  { name: "g0", ahead: 0 },
  { name: "g1", ahead: -3 },
  { name: "g2", ahead: 400 },
] as const;

const number = fc.nat({ max: 6 });
/** Most have one metric; `s` is text or true or false. */
const values: fc.Arbitrary<Values> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ t: number }) },
  { weight: 2, arbitrary: fc.record({ u: number }) },
  { weight: 2, arbitrary: fc.record({ t: number, u: number }) },
  { weight: 2, arbitrary: fc.record({ s: fc.constantFrom("open", "shut", true, false, 3) }) },
  { weight: 1, arbitrary: fc.record({ s: fc.constantFrom("open", "shut"), t: number, u: number }) },
  { weight: 1, arbitrary: fc.record({ t: fc.constantFrom("3", true, Number.NaN) }) },
);

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
    { weight: 5, arbitrary: fc.tuple(values) },
    { weight: 1, arbitrary: fc.array(values, { minLength: 2, maxLength: 3 }) },
  ),
  untimed: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
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
      values: fc.tuple(
        fc.oneof(
          { weight: 3, arbitrary: fc.record({ t: fc.constantFrom(0, 3, 5, 6) }) },
          { weight: 1, arbitrary: values },
        ),
      ),
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

/** …or gateways that go and come back. */
const leaving: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: reading.map((each): Step => ({ ...each, device: 0, behind: Math.min(2, each.behind) })) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("mark" as const), gateway: fc.nat({ max: 1 }), kept: fc.constant(0) }),
  },
  { weight: 4, arbitrary: fc.constant<Step>({ kind: "tick" }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.constantFrom(1, 3, 11, 31) }) },
);

/** …or gateways whose clocks drift apart, while ticks go on. */
const drifting: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: reading.map((each): Step => ({ ...each, device: 0, behind: Math.min(2, each.behind) })) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("mark" as const),
      gateway: fc.nat({ max: 2 }),
      kept: fc.constantFrom(0, 0, 0, 30),
    }),
  },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "tick" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("drift" as const),
      gateway: fc.nat({ max: 2 }),
      gains: fc.constantFrom(0, 0.0001, -0.0001, 0.25, -0.25, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.constantFrom(1, 4, 9, 31, 120, 660) }),
  },
);

export function steps(maxLength = 50): fc.Arbitrary<Step[]> {
  const lives = (kind: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> =>
    fc.array(kind, { maxLength, minLength: 3, size: "max" });
  return fc.oneof(
    { weight: 4, arbitrary: lives(step) },
    { weight: 2, arbitrary: lives(disorder) },
    { weight: 1, arbitrary: lives(roaming) },
    { weight: 1, arbitrary: lives(leaving) },
    { weight: 1, arbitrary: lives(drifting) },
  );
}

const registered = fc.constantFrom<Device>(
  { ...blankDevice(), type: "a" },
  { ...blankDevice(), type: "b", attributes: { max: 3, text: "open" } },
  { ...blankDevice(), type: "a", attributes: { max: 5, none: true } },
);

/** The log has a time, and rules have begun, before the first reading was taken. */
export function withBeginning(life: readonly Step[]): readonly Step[] {
  return [{ kind: "tick" }, { kind: "pass", seconds: 90 }, ...life];
}

/** What each device is registered as; undefined: it is not. */
export const registrations: fc.Arbitrary<readonly (Device | undefined)[]> = fc
  .tuple(fc.option(registered, { nil: undefined, freq: 4 }), fc.option(registered, { nil: undefined, freq: 1 }))
  .map((list) => list.map((device, index) => device && { ...device, id: devices[index]! }));

function blankDevice(): Device {
  return { id: "", revision: 1, type: "", tags: {}, attributes: {}, credentials: [], createdAt: 0, updatedAt: 0 };
}

/** Writes steps down as a log would have them: gateways count, their receive clocks never go back. */
export function write(life: readonly Step[]): readonly Entry[] {
  const log = new LogWriter();
  const clocks = gateways.map(({ name, ahead }) => ({ name, ahead, epoch: 7, received: 0, gains: 0 }));
  let wall = 0;
  for (const each of life) {
    if (each.kind === "clock") {
      const { epoch, received } = clocks[each.gateway]!;
      const identity = each.isNewImage ? { epoch: epoch + 1, received: 0 } : { epoch, received };
      Object.assign(clocks[each.gateway]!, { ahead: each.ahead, ...identity });
    } else if (each.kind === "pass") {
      wall += each.seconds;
      for (const clock of clocks) clock.ahead += each.seconds * clock.gains;
    } else if (each.kind === "drift") clocks[each.gateway]!.gains = each.gains;
    else if (each.kind === "tick") log.append({ tick: { ownerEpoch: 1 } }, at(wall));
    else if (each.kind === "again") {
      const old = log.entries[each.which % Math.max(1, log.entries.length)];
      if (old !== undefined && old.record.gateway !== "") log.append(old.record as TelemetryInput, at(wall));
    } else {
      const clock = clocks[each.gateway]!;
      const { name, epoch, received, ahead } = clock;
      // A clock that drifts has fractions of a second, and no fraction of a microsecond.
      clock.received = Math.max(received + 1, Math.round(at(wall - each.kept + ahead)));
      const identity = { gateway: name, epoch, n: log.n(`${name}/${epoch}`), receivedAt: clock.received };
      const forwardedAt =
        each.kind === "mark" && each.old !== true ? Math.max(clock.received, Math.round(at(wall + ahead))) : 0;
      if (each.kind === "mark") log.append({ ...identity, mark: { received: 1, forwardedAt } }, at(wall));
      else {
        const spacing = each.untimed === true ? 1 : second;
        const readings = each.values.flatMap((sample, place) =>
          Object.entries(sample).map(([metric, value]) => ({ metric, timeDelta: place * spacing, ...valueIn(value) })),
        );
        const eventTime = each.untimed === true ? identity.receivedAt : at(wall - each.behind);
        const event: TelemetryInput = { device: devices[each.device]!, eventTime, readings };
        log.append({ ...identity, ...event }, at(wall));
      }
    }
  }
  return log.entries;
}

function valueIn(
  value: number | boolean | string,
): { readonly number: number } | { readonly boolean: boolean } | { readonly text: string } {
  if (typeof value === "number") return { number: value };
  return typeof value === "boolean" ? { boolean: value } : { text: value };
}

/**
 * Without what makes readings late: when an edge of the calendar is due on the log's clock depends on how late the
 * reading is that it is counted from.
 */
export function punctual(life: readonly Step[]): readonly Step[] {
  return life.flatMap((step): Step[] => {
    if (step.kind === "clock" || step.kind === "drift") return [];
    // The clock of a gateway advances with each message: those of one instant would be microseconds late.
    const pass: Step = { kind: "pass", seconds: 1 };
    if (step.kind === "mark") return [pass, { ...step, gateway: 0, kept: 0, old: false }];
    if (step.kind !== "readings") return [step];
    return [pass, { ...step, gateway: 0, behind: 0, kept: 0, values: step.values.slice(0, 1), untimed: false }];
  });
}
