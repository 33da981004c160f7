import { cold, hottest, type ScriptedLoad } from "./scripted-load.ts";

const second = 1_000_000;
const clearBelow = cold + 10;
const above = hottest - 1;

/** One in ten, by the last digit of its id. */
const ending = (digit: number): object => ({ ids: [`*${digit}`] });

/** A rule, and on which devices of the script it has which episodes. */
interface Scripted {
  readonly rule: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly selects: (device: number) => boolean;
  /** Above which value it is hot for the rule. */
  readonly above: number;
  /** Of the readings that the rule needs before it raises, the last one counts. */
  readonly readings: number;
  /** How long it has to be hot (µs). */
  readonly held: number;
}

/** Rules of every kind that has a state of its own, and how they end up in the world outside. */
export function scriptedRules(url: string, told: ReadonlySet<number>, idOf: (device: number) => string): Scripted[] {
  const hot = (level: number): Scripted => ({
    rule: {
      id: `hot-${level}`,
      condition: { metric: "t", above: above + level, clearBelow },
      ...(level === 0 && { actions: [{ command: { name: "shut_valve", ttl: "3600s" } }] }),
    },
    ...{ selects: () => true, above: above + level, readings: 1, held: 0 },
  });
  const ofTenth = (digit: number, id: string, condition: object, readings: number, held = 0): Scripted => ({
    rule: { id, selector: ending(digit), condition },
    ...{ selects: (device) => device % 10 === digit, above, readings, held },
  });
  return [
    hot(0),
    hot(1),
    hot(2),
    ofTenth(3, "held", { metric: "t", above, clearBelow, for: "1s" }, 1, second),
    ofTenth(4, "window", { metric: "t", window: { readings: 2 }, aggregate: "min", above, clearBelow }, 2),
    ofTenth(6, "times", { metric: "t", above, clearBelow, times: 2 }, 2),
    // Through a chain of two rules that derive.
    ofTenth(5, "quadruple-hot", { metric: "quadruple", above: 4 * above, clearBelow: 4 * clearBelow }, 1),
    {
      rule: {
        id: "told",
        selector: { ids: [...told].map(idOf) },
        condition: { metric: "t", above, clearBelow },
        actions: [{ webhook: { url }, on: ["raised", "cleared"] }],
      },
      ...{ selects: (device) => told.has(device), above, readings: 1, held: 0 },
    },
  ];
}

/** Rules that derive, of one device in ten. */
export const derivingRules = [
  { id: "double", selector: ending(5), derive: { metric: "double", expression: "metrics.t * 2.0", from: "t" } },
  {
    id: "quadruple",
    selector: ending(5),
    derive: { metric: "quadruple", expression: "metrics.double * 2.0", from: "double" },
  },
];
export const derives = (device: number): boolean => device % 10 === 5;

/** So many that look at every reading and are never true. */
export function idleRules(count: number): { readonly id: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `idle-${index}`,
    condition: { metric: "t", above: 1000 + index, clearBelow: 900 + index },
  }));
}

/** What the log has to say of the script in the end, as if nothing had ever failed. */
export interface Expected {
  /** `rule/device/raisedAt/clearedAt` */
  readonly episodes: ReadonlySet<string>;
  /** `device/time of the reading` */
  readonly commands: ReadonlySet<string>;
  /** `device/metric/time value` */
  readonly derived: ReadonlySet<string>;
}

export function expectedOf(load: ScriptedLoad, rules: readonly Scripted[]): Expected {
  const episodes = new Set<string>();
  const commands = new Set<string>();
  const derived = new Set<string>();
  for (const [device, id] of load.devices.entries()) {
    for (const scripted of rules.filter(({ selects }) => selects(device))) {
      for (const { raisedAt, clearedAt } of episodesOf(load, device, scripted)) {
        episodes.add(`${scripted.rule.id}/${id}/${raisedAt}/${clearedAt}`);
        if (scripted.rule.id === "hot-0") commands.add(`${id}/${raisedAt}`);
      }
    }
    if (!derives(device)) continue;
    for (const step of load.steps) {
      const time = load.timeOf(step, device);
      derived.add(`${id}/double/${time} ${step.value(device) * 2}`);
      derived.add(`${id}/quadruple/${time} ${step.value(device) * 4}`);
    }
  }
  return { episodes, commands, derived };
}

/** From hot to cold, one after the other; no reading of the script lies between the two. */
function episodesOf(load: ScriptedLoad, device: number, { above: limit, readings, held }: Scripted) {
  const episodes: { raisedAt: number; clearedAt: number }[] = [];
  let hotTimes: number[] = [];
  for (const step of load.steps) {
    const time = load.timeOf(step, device);
    if (step.value(device) > limit) {
      hotTimes.push(time);
      continue;
    }
    const needed = hotTimes[readings - 1];
    if (needed !== undefined && time - needed >= held) episodes.push({ raisedAt: needed + held, clearedAt: time });
    hotTimes = [];
  }
  return episodes;
}
