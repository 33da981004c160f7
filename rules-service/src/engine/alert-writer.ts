import type { Device } from "@headwater/aggregates";
import { alertTransition, type AlertInput } from "@headwater/proto";
import type { CommandAction } from "../action-kinds/command/kind.ts";
import type { DerivedValue } from "../action-kinds/derive/continual.ts";
import { deviceValues } from "../action-kinds/grouping.ts";
import { follow, type ToldTransition } from "../action-kinds/occasions.ts";
import type { Trigger } from "../action-kinds/triggers.ts";
import { momentAt, type Beginning } from "../conditions/program.ts";
import { severityOf } from "../conditions/verdict.ts";
import { gatewayOf } from "../readings/gateway-stand-in.ts";
import { identityOf, type Reading } from "../readings/reading.ts";
import { beganBy, evidenceOf, noEvidence, placeOf, type InstanceView } from "./alert-evidence.ts";
import { alertIdOf, commandIdOf } from "./alert-ids.ts";
import type { Derived } from "./derivations.ts";
import type { Effects, OperatorAction } from "./engine.ts";
import { repeatedFrom, repetitionsBy, withCourse } from "./episode-actions.ts";
import { unmuted, type Episode } from "./episode.ts";
import type { FoldState } from "./episode-machine.ts";
import type { Transition } from "./fold.ts";
import type { Rule } from "./rule.ts";
import { Muting } from "./muting.ts";

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
  readonly repetition?: number;
  readonly at: number;
  /** When it happened, as far as the device's clock is known to be slow. */
  readonly time: number;
}

/** Turns what happened to an episode into events. */
export class AlertWriter {
  /** Where events go during the present call. */
  effects: Effects = silent;
  amended = 0;
  /** Which device of an id is in effect. */
  incarnationOf: (device: string) => number = () => 0;
  /** The device that is in effect. */
  deviceOf: (device: string) => Device | undefined = () => undefined;
  /** Takes what rules derive; nobody does while rules are warmed. */
  derive: (derived: Derived) => void = () => {};
  /** Readings of which a rule without a condition could not tell what to derive. */
  notDerived = 0;
  /** A name of the registration that is in effect. */
  registrationOf: (device: string) => string = () => "";
  /** Why a rule on absence tells of a device or a gateway; "" of other rules. */
  reasonOf: (rule: Rule, device: string) => string = () => "";
  readonly muting = new Muting();
  /** What time it is on the log. */
  now: () => number = () => 0;
  readonly #partition: number;
  readonly #isWarming: boolean;
  /** The reading that was asked for last, and what it is called. */
  #named: Reading | undefined;
  #name = "";

  /** `isWarming`: nobody is told of anything, and whoever adopts an episode gives it an id and begins its actions. */
  constructor(partition: number, isWarming = false) {
    this.#partition = partition;
    this.#isWarming = isWarming;
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
    // One device's episodes of one rule have to be told apart, no more.
    if (this.#isWarming) return `${raisedAt}/${cause}`;
    const registration = this.registrationOf(device);
    return alertIdOf({ rule: rule.id, grounding: `${grounding}${registration}`, device, cause, raisedAt });
  }

  /** The next transition of an episode, whose fields say how things stand after it. */
  tell(instance: InstanceView, episode: Episode, { kind, at, cause, amended = false, shown }: AlertStep): void {
    const { rule } = instance;
    const gateway = gatewayOf(instance.device);
    const device = gateway ?? instance.device;
    episode.told++;
    if (amended) this.amended++;
    const cleared = kind === "cleared" || (kind === "amended" && episode.clearedAt !== undefined);
    episode.mutedBy = cleared ? unmuted : this.muting.by(rule, instance.device);
    if (cleared) episode.flapping = false;
    else if (shown !== undefined) episode.flapping = rule.program.isFlapping?.(shown.program) ?? false;
    if (this.#isWarming) return;
    const measure =
      shown &&
      rule.program.measure(
        shown.program,
        cleared ? 0 : rule.ownRank(shown.rank),
        (metric) => (instance.latest(metric, placeOf(shown)) ?? beganBy(shown, metric))?.value,
      );
    const threshold = measure?.threshold ?? Number.NaN;
    const value = measure?.value ?? 0;
    const isText = typeof value === "string";
    // Written out, and what few alerts have is added: an object that is spread into it costs more than all the rest.
    const alert: { -readonly [K in keyof AlertInput]: AlertInput[K] } = {
      alertId: episode.alertId,
      transition: episode.told,
      rule: rule.id,
      revision: rule.revision,
      device,
      kind: alertTransition[kind],
      severity: severityOf(episode.rank) ?? "",
      at,
      metric: measure?.metric ?? "",
      value: isText ? 0 : value,
      threshold: Number.isNaN(threshold) ? 0 : threshold,
      amended,
      shadow: rule.shadow,
      cause,
      raisedAt: episode.raisedAt,
      clearedAt: cleared ? (episode.clearedAt ?? at) : 0,
      mutedBy: episode.mutedBy,
      flapping: episode.flapping,
      evidence: shown === undefined ? noEvidence : evidenceOf(instance, shown, this.#partition),
      gateway: gateway ?? "",
      reason: this.reasonOf(rule, instance.device),
    };
    if (isText) alert.text = value;
    if (rule.groupedByDevice.length > 0) {
      alert.groupedBy = deviceValues(rule.groupedByDevice, this.deviceOf(instance.device));
    }
    this.effects.alert(alert);
    const { mutedBy } = episode;
    const told = {
      kind: alertTransition[kind],
      amended,
      shadow: rule.shadow,
      cause,
      clearedAt: cleared ? 1 : 0,
      mutedBy,
      transition: episode.told,
      seen: 0,
    };
    const triggers = this.#triggersOf(episode, told);
    if (triggers.length === 0 || rule.actions.length === 0) return;
    // What late data or no reading at all has shown is known only now; how slow the device is has no part in that.
    const time = amended || cause !== "condition" ? Math.max(at, this.now()) : at + instance.lag;
    this.#answer(instance, episode, triggers, { transition: episode.told, at, time });
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
  hear(instance: InstanceView, episode: Episode, { kind, at, writeId, seen = 0 }: OperatorAction): void {
    const { shadow } = instance.rule;
    const told = { kind: alertTransition[kind], amended: false, shadow, cause: "hand", transition: 0, seen };
    if (kind === "acknowledged") episode.actions = { ...episode.actions, acknowledged: true };
    const triggers = this.#triggersOf(episode, { ...told, clearedAt: 0, mutedBy: [] });
    if (triggers.length > 0) this.#answer(instance, episode, triggers, { transition: writeId, at, time: at });
  }

  /** What has come due again by now is done once, whatever was missed. */
  repeat(instance: InstanceView, episode: Episode, now: number): void {
    const { rule } = instance;
    const { due, actions } = repetitionsBy(now, episode.actions, rule);
    episode.actions = actions;
    if (rule.shadow || episode.mutedBy.length > 0) return;
    for (const { action: number, transition, count: repetition, until } of due) {
      const index = rule.actionNumbers.indexOf(number);
      const action = rule.actions[index]!;
      const answered = { transition, repetition, at: now, time: now };
      // One that is not sent before the next is due is given up for that one.
      if (action.kind === "command") this.#command(instance, episode, index, action, answered, until - now);
      else this.effects.alert(this.#repeated(instance, episode, number, answered));
    }
  }

  #triggersOf(episode: Episode, told: ToldTransition): readonly Trigger[] {
    const { course, triggers } = follow(episode.actions.course, told);
    if (course !== episode.actions.course) episode.actions = withCourse(episode.actions, course);
    return triggers;
  }

  #answer(instance: InstanceView, episode: Episode, triggers: readonly Trigger[], answered: Answered): void {
    const { actions } = instance.rule;
    const { transition, at } = answered;
    if (instance.rule.repeats) {
      const from = Math.max(this.now(), at);
      episode.actions = repeatedFrom(episode.actions, instance.rule, triggers, Number(transition), from);
    }
    for (let index = 0; index < actions.length; index++) {
      const action = actions[index]!;
      // What goes beyond the platform is dispatched from alerts.v1.
      if (action.kind !== "command" || !triggers.some((trigger) => action.on.includes(trigger))) continue;
      this.#command(instance, episode, index, action, answered, action.repeat === 0 ? Infinity : action.repeat);
    }
  }

  /** `most`: how long it may live (microseconds), whatever its ttl. */
  #command(
    { rule, device }: InstanceView,
    { alertId }: Episode,
    index: number,
    { name, params, ttlMs }: CommandAction,
    { transition, repetition = 0, at, time }: Answered,
    most: number,
  ): void {
    // A gateway takes none.
    if (gatewayOf(device) !== undefined) return;
    this.effects.command({
      commandId: commandIdOf(alertId, transition, rule.actionNumbers[index]!, repetition),
      device,
      at,
      requested: {
        name,
        params,
        ttlMs: Math.min(ttlMs, Math.ceil(most / 1000)),
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
          repetition,
        },
      },
    });
  }

  #repeated(
    { rule, device }: InstanceView,
    episode: Episode,
    action: number,
    { transition, repetition, at }: Answered,
  ) {
    const gateway = gatewayOf(device);
    return {
      alertId: episode.alertId,
      transition: Number(transition),
      rule: rule.id,
      revision: rule.revision,
      device: gateway ?? device,
      gateway: gateway ?? "",
      kind: alertTransition.repeated,
      severity: severityOf(episode.rank) ?? "",
      at,
      raisedAt: episode.raisedAt,
      action,
      repetition: repetition!,
    } satisfies AlertInput;
  }

  /** What the rule derives when an episode is raised; or at the instant `at`, when nothing holds that back any more. */
  act(instance: InstanceView, episode: Episode, begun: Beginning, at = episode.raisedAt): void {
    const { rule } = instance;
    if (rule.shadow || episode.mutedBy.length > 0) return;
    for (const action of rule.actions) {
      if (action.kind !== "derive") continue;
      const { metric, value } = action;
      const source = begun.reading ?? instance.lastOwn();
      this.#derive(instance, { metric, value, at: momentAt(at, begun), source });
    }
  }

  /** What a rule without a condition makes of a reading. */
  deriveFrom(instance: InstanceView, { metric, value, source }: DerivedValue): void {
    if (instance.rule.shadow) return;
    if (value === undefined) this.notDerived++;
    else this.#derive(instance, { metric, value, at: source, source });
  }

  #derive({ rule, device }: InstanceView, what: Pick<Derived, "metric" | "value" | "at" | "source">): void {
    // Nothing is stored of a gateway.
    if (gatewayOf(device) !== undefined) return;
    this.derive({ rule, device, incarnation: this.incarnationOf(device), ...what });
  }
}
