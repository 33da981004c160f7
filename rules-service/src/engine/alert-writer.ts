import { alertTransition, type AlertInput, type TelemetryInput } from "@headwater/proto";
import type { Beginning } from "../conditions/program.ts";
import { severityOf } from "../conditions/verdict.ts";
import type { Position } from "../readings/position.ts";
import { identityOf, type Reading, type Value } from "../readings/reading.ts";
import { alertIdOf, commandIdOf } from "./alert-ids.ts";
import type { Effects } from "./engine.ts";
import type { Episode } from "./episode.ts";
import type { Transition } from "./fold.ts";
import type { Rule } from "./rule.ts";

export const silent: Effects = { alert() {}, command() {}, derived() {} };

export interface AlertStep {
  readonly kind: Exclude<keyof typeof alertTransition, "unspecified" | "acknowledged">;
  readonly at: number;
  readonly cause: string;
  readonly amended?: boolean;
  /** What showed it; absent where nothing of the condition did. */
  readonly shown?: Transition | undefined;
}

/** What telling needs of an instance. */
export interface InstanceView {
  readonly rule: Rule;
  readonly device: string;
  readonly grounding: string;
  /** How far its readings lie behind the log at least (microseconds), up to five minutes. */
  readonly lag: number;
  /** The newest of its readings at or before a place. */
  lastOwn(place?: Position): Reading | undefined;
  latest(metric: string, place: Position | undefined): Reading | undefined;
}

/** Most readings that one transition names as its evidence, for each role. */
const maxEvidence = 16;

/** Turns what happened to an episode into events. */
export class AlertWriter {
  /** Where events go during the present call. */
  effects: Effects = silent;
  amended = 0;
  /** Which device of an id is in effect. */
  incarnationOf: (device: string) => number = () => 0;
  readonly #partition: number;
  /** The reading that was asked for last, and what it is called. */
  #named: Reading | undefined;
  #name = "";

  constructor(partition: number) {
    this.#partition = partition;
  }

  /** What began an episode, as a name for ever. */
  readonly identity = ({ reading, time }: Beginning): string => {
    if (reading === undefined) return JSON.stringify(["instant", time]);
    // One reading begins the episodes of many rules, whose causes are then one text in memory.
    if (reading !== this.#named) {
      this.#named = reading;
      this.#name = identityOf(reading, this.#partition);
    }
    return this.#name;
  };

  alertId({ rule, grounding, device }: InstanceView, cause: string, raisedAt: number): string {
    return alertIdOf({ rule: rule.id, grounding, device, cause, raisedAt });
  }

  /** The next transition of an episode, whose fields say how things stand after it. */
  tell(instance: InstanceView, episode: Episode, { kind, at, cause, amended = false, shown }: AlertStep): void {
    const { rule, device } = instance;
    episode.told++;
    if (amended) this.amended++;
    const cleared = kind === "cleared" || (kind === "amended" && episode.clearedAt !== undefined);
    const measure =
      shown &&
      rule.program.measure(
        shown.program,
        cleared ? 0 : rule.ownRank(shown.rank),
        (metric) => (instance.latest(metric, placeOf(shown)) ?? beganBy(shown, metric))?.value,
      );
    const threshold = measure?.threshold ?? Number.NaN;
    this.effects.alert({
      alertId: episode.alertId,
      transition: episode.told,
      rule: rule.id,
      revision: rule.revision,
      device,
      kind: alertTransition[kind],
      severity: severityOf(episode.rank) ?? "",
      at,
      metric: measure?.metric ?? "",
      ...valueOf(measure?.value),
      threshold: Number.isNaN(threshold) ? 0 : threshold,
      amended,
      shadow: rule.shadow,
      cause,
      raisedAt: episode.raisedAt,
      clearedAt: cleared ? (episode.clearedAt ?? at) : 0,
      evidence: shown === undefined ? [] : this.#evidence(instance, shown),
    } satisfies AlertInput);
  }

  /** What the rule does when an episode is raised; `transition` is the one that raised it. */
  act(instance: InstanceView, episode: Episode, begun: Beginning): void {
    const { rule, device } = instance;
    if (rule.shadow) return;
    for (const [index, action] of rule.actions.entries()) {
      if (action.kind === "derive") {
        const source = begun.reading ?? instance.lastOwn();
        if (source === undefined) continue;
        this.effects.derived(this.#derived(rule, device, episode, source, action.metric, action.value));
        continue;
      }
      // What goes beyond the platform is dispatched from alerts.v1.
      if (action.kind !== "command") continue;
      const { alertId, told: transition, raisedAt } = episode;
      this.effects.command({
        commandId: commandIdOf(alertId, transition, index),
        device,
        at: raisedAt,
        requested: {
          name: action.name,
          params: action.params,
          ttlMs: action.ttlMs,
          requestedBy: `rule:${rule.id}`,
          life: this.incarnationOf(device) + 1,
          cause: {
            alertId,
            transition,
            action: index,
            rule: rule.id,
            eventTime: raisedAt,
            time: raisedAt + instance.lag,
          },
        },
      });
    }
  }

  #derived(
    rule: Rule,
    device: string,
    episode: Episode,
    source: Reading,
    metric: string,
    value: number | boolean | string,
  ): TelemetryInput {
    const held =
      typeof value === "number" ? { number: value } : typeof value === "boolean" ? { boolean: value } : { text: value };
    return {
      receivedAt: source.receivedAt,
      device,
      eventTime: episode.raisedAt,
      incarnation: this.incarnationOf(device),
      readings: [{ metric, ...held }],
      derived: {
        rule: rule.id,
        revision: rule.revision,
        sourceGateway: source.gateway,
        sourceEpoch: source.epoch,
        sourcePartition: this.#partition,
        sourceN: source.n,
      },
    };
  }

  #evidence(instance: InstanceView, shown: Transition): NonNullable<AlertInput["evidence"]> {
    const { rule } = instance;
    const { begun, decided, at } = shown;
    const entries: NonNullable<AlertInput["evidence"]>[number][] = [];
    const seen = new Set<string>();
    const add = (reading: Reading | undefined, role: string, always = false): void => {
      if (reading === undefined || entries.length >= 3 * maxEvidence) return;
      const key = `${reading.offset}/${reading.index}`;
      if (seen.has(key) && !always) return;
      seen.add(key);
      entries.push(this.#entry(reading, role));
    };
    add(begun.reading, "armed");
    const held = decided === undefined ? instance.lastOwn(placeOf(shown)) : undefined;
    if (decided === undefined) {
      add(held, "held");
      if (held !== undefined) entries.push({ ...this.#entry(held, "timer"), eventTime: at });
    } else {
      for (const reading of decided.readings.slice(0, maxEvidence))
        if (rule.takes(reading.metric)) add(reading, "decided");
    }
    return entries;
  }

  #entry(reading: Reading, role: string) {
    const { gateway, epoch, n, offset, eventTime, metric, value } = reading;
    return { gateway, epoch, partition: this.#partition, n, offset, eventTime, metric, ...valueOf(value), role };
  }
}

/** The reading that began it: of an old episode that is told only now, no other may be retained. */
function beganBy({ begun: { reading } }: Transition, metric: string): Reading | undefined {
  return reading?.metric === metric ? reading : undefined;
}

/** Readings at or before it are what the transition knew. */
function placeOf({ decided, place, at }: Transition): Position | undefined {
  if (decided !== undefined) return { time: decided.time, offset: decided.offset, index: Number.MAX_SAFE_INTEGER };
  return place === undefined
    ? { time: at, offset: Number.MAX_SAFE_INTEGER, index: 0 }
    : { ...place, index: place.index - 1 };
}

function valueOf(value: Value | undefined): { readonly value: number; readonly text?: string } {
  if (typeof value === "string") return { value: 0, text: value };
  return { value: value ?? 0 };
}
