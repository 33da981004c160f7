import { alertTransition, type AlertInput, type TelemetryInput } from "@headwater/proto";
import type { Trigger } from "../action-kinds/triggers.ts";
import { follow, type ToldTransition } from "../action-kinds/occasions.ts";
import type { Beginning } from "../conditions/program.ts";
import { severityOf } from "../conditions/verdict.ts";
import type { Position } from "../readings/position.ts";
import { identityOf, type Reading, type Value } from "../readings/reading.ts";
import { alertIdOf, commandIdOf } from "./alert-ids.ts";
import type { Effects, OperatorAction } from "./engine.ts";
import type { Episode } from "./episode.ts";
import type { FoldState } from "./episode-machine.ts";
import type { Transition } from "./fold.ts";
import { Muting } from "./muting.ts";
import type { Rule } from "./rule.ts";

export const silent: Effects = { alert() {}, command() {}, derived() {} };

export interface AlertStep {
  readonly kind: Exclude<
    keyof typeof alertTransition,
    "unspecified" | "acknowledged" | "assigned" | "commented" | "snoozed"
  >;
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

/** What marking needs besides. */
export interface MarkedInstance extends InstanceView {
  readonly open: Episode | undefined;
  readonly state: FoldState;
  /** Judged time of the last instant that the clock passed. */
  readonly firedTo: number;
}

/** A transition to which commands answer. */
interface Answered {
  /** An operator action has its write id in place of a number. */
  readonly transition: number | string;
  readonly at: number;
  /** When it happened, as far as the device's clock is known to be slow. */
  readonly time: number;
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
  /** A name of the registration that is in effect. */
  registrationOf: (device: string) => string = () => "";
  readonly muting = new Muting();
  /** What time it is on the log. */
  now: () => number = () => 0;
  readonly #partition: number;

  constructor(partition: number) {
    this.#partition = partition;
  }

  /** What began an episode, as a name for ever. */
  readonly identity = ({ reading, time }: Beginning): string =>
    reading === undefined ? JSON.stringify(["instant", time]) : identityOf(reading, this.#partition);

  alertId({ rule, grounding, device }: InstanceView, cause: string, raisedAt: number): string {
    const registration = this.registrationOf(device);
    return alertIdOf({ rule: rule.id, grounding: `${grounding}${registration}`, device, cause, raisedAt });
  }

  /** The next transition of an episode, whose fields say how things stand after it. */
  tell(instance: InstanceView, episode: Episode, { kind, at, cause, amended = false, shown }: AlertStep): void {
    const { rule, device } = instance;
    episode.told++;
    if (amended) this.amended++;
    const cleared = kind === "cleared" || (kind === "amended" && episode.clearedAt !== undefined);
    episode.mutedBy = cleared ? [] : this.muting.by(rule.id, device);
    if (cleared) episode.flapping = false;
    else if (shown !== undefined) episode.flapping = rule.program.isFlapping?.(shown.program) ?? false;
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
      mutedBy: episode.mutedBy,
      flapping: episode.flapping,
      evidence: shown === undefined ? [] : this.#evidence(instance, shown),
    } satisfies AlertInput);
    const { mutedBy } = episode;
    const told = {
      kind: alertTransition[kind],
      amended,
      shadow: rule.shadow,
      cause,
      clearedAt: cleared ? 1 : 0,
      mutedBy,
    };
    // What late data or no reading at all has shown is known only now; how slow the device is has no part in that.
    const time = amended || cause !== "condition" ? Math.max(at, this.now()) : at + instance.lag;
    this.#answer(instance, episode, told, { transition: episode.told, at, time });
  }

  /** That flapping holds an open episode open, or does so no more, is told where no transition has said so. */
  mark(instance: MarkedInstance): void {
    const { rule, open, state, firedTo } = instance;
    const flapping = rule.program.isFlapping?.(state.program) ?? false;
    if (open === undefined || open.told === 0 || open.flapping === flapping) return;
    open.flapping = flapping;
    const at = Math.max(open.raisedAt, instance.lastOwn()?.time ?? 0, firedTo);
    this.tell(instance, open, { kind: "flapping", at, cause: "" });
  }

  /** What a person did to an episode, of which alerts.v1 has heard from them. */
  hear(instance: InstanceView, episode: Episode, { kind, at, writeId }: OperatorAction): void {
    const told = { kind: alertTransition[kind], amended: false, shadow: instance.rule.shadow, cause: "hand" };
    this.#answer(instance, episode, { ...told, clearedAt: 0, mutedBy: [] }, { transition: writeId, at, time: at });
  }

  #answer(instance: InstanceView, episode: Episode, told: ToldTransition, answered: Answered): void {
    const { course, triggers } = follow(episode.course, told);
    episode.course = course;
    if (triggers.length > 0) this.#command(instance, episode, triggers, answered);
  }

  #command(instance: InstanceView, { alertId }: Episode, triggers: readonly Trigger[], answered: Answered): void {
    const { rule, device } = instance;
    const { transition, at, time } = answered;
    for (const [index, action] of rule.actions.entries()) {
      // What goes beyond the platform is dispatched from alerts.v1.
      if (action.kind !== "command" || !triggers.some((trigger) => action.on.includes(trigger))) continue;
      this.effects.command({
        commandId: commandIdOf(alertId, transition, index),
        device,
        at,
        requested: {
          name: action.name,
          params: action.params,
          ttlMs: action.ttlMs,
          requestedBy: `rule:${rule.id}`,
          life: this.incarnationOf(device) + 1,
          cause: {
            alertId,
            // As in alerts.v1.
            transition: typeof transition === "number" ? transition : 0,
            action: index,
            rule: rule.id,
            eventTime: at,
            time,
          },
        },
      });
    }
  }

  /** What the rule derives when an episode is raised; or at the instant `at`, when nothing holds that back any more. */
  act(instance: InstanceView, episode: Episode, begun: Beginning, at = episode.raisedAt): void {
    const { rule, device } = instance;
    if (rule.shadow || episode.mutedBy.length > 0) return;
    for (const action of rule.actions) {
      if (action.kind !== "derive") continue;
      const source = begun.reading ?? instance.lastOwn();
      if (source === undefined) continue;
      this.effects.derived(this.#derived(rule, device, at, source, action.metric, action.value));
    }
  }

  #derived(
    rule: Rule,
    device: string,
    eventTime: number,
    source: Reading,
    metric: string,
    value: number | boolean | string,
  ): TelemetryInput {
    const held =
      typeof value === "number" ? { number: value } : typeof value === "boolean" ? { boolean: value } : { text: value };
    return {
      receivedAt: source.receivedAt,
      device,
      eventTime,
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
