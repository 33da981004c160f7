import { alertTransition, type AlertInput, type TelemetryInput } from "@headwater/proto";
import { alertIdOf, commandIdOf } from "./alert-ids.ts";
import type { Effects } from "./engine.ts";
import type { Episode } from "./episode.ts";
import type { Transition } from "./fold.ts";
import { identityOf, type Reading } from "./reading.ts";
import type { Rule } from "./rule.ts";

export const silent: Effects = { alert() {}, command() {}, derived() {} };

export interface Telling {
  readonly kind: Exclude<keyof typeof alertTransition, "unspecified" | "acknowledged">;
  readonly at: number;
  readonly cause: string;
  readonly amended?: boolean;
  /** What showed it; absent where no reading did. */
  readonly shown?: Transition;
}

/** Turns what happened to an episode into events. */
export class Teller {
  /** Where events go during the present call. */
  effects: Effects = silent;
  amended = 0;
  /** Which device of an id is in effect. */
  incarnationOf: (device: string) => number = () => 0;
  readonly #partition: number;

  constructor(partition: number) {
    this.#partition = partition;
  }

  readonly identity = (reading: Reading): string => identityOf(reading, this.#partition);

  alertId(rule: string, device: string, identity: string): string {
    return alertIdOf(rule, device, identity);
  }

  /** The next transition of an episode, whose fields say how things stand after it. */
  tell(rule: Rule, device: string, episode: Episode, { kind, at, cause, amended = false, shown }: Telling): void {
    episode.told++;
    if (amended) this.amended++;
    const level = Math.min(episode.level, rule.levels.length) - 1;
    const cleared = kind === "cleared" || (kind === "amended" && episode.clearedAt !== undefined);
    this.effects.alert({
      alertId: episode.alertId,
      transition: episode.told,
      rule: rule.id,
      revision: rule.revision,
      device,
      kind: alertTransition[kind],
      severity: rule.levels[level]?.severity ?? "",
      at,
      metric: shown === undefined ? "" : rule.metric,
      value: shown?.held.value ?? 0,
      threshold: shown === undefined ? 0 : rule.comparedWith(shown.held.value, level, cleared),
      amended,
      shadow: rule.shadow,
      cause,
      raisedAt: episode.raisedAt,
      clearedAt: cleared ? (episode.clearedAt ?? at) : 0,
      evidence: shown === undefined ? [] : this.#evidence(rule, shown),
    } satisfies AlertInput);
  }

  /** What the rule does when an episode is raised; `transition` is the one that raised it. */
  act(rule: Rule, device: string, episode: Episode, armed: Reading): void {
    if (rule.shadow) return;
    for (const [index, action] of rule.actions.entries()) {
      if (action.kind === "derive") {
        this.effects.derived(this.#derived(rule, device, episode, armed, action.metric, action.value));
        continue;
      }
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
          cause: { alertId, transition, action: index, rule: rule.id, eventTime: raisedAt },
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

  #evidence(rule: Rule, { armed, held, decided, at }: Transition): NonNullable<AlertInput["evidence"]> {
    const entries = [this.#entry(rule, armed, "armed")];
    if (!sameReading(held, armed) && held !== decided) entries.push(this.#entry(rule, held, "held"));
    if (decided === undefined) entries.push({ ...this.#entry(rule, held, "timer"), eventTime: at });
    else if (!sameReading(decided, armed)) entries.push(this.#entry(rule, decided, "decided"));
    return entries;
  }

  #entry(rule: Rule, reading: Reading, role: string) {
    const { gateway, epoch, n, offset, time, value } = reading;
    const partition = this.#partition;
    return { gateway, epoch, partition, n, offset, eventTime: time, metric: rule.metric, value, role };
  }
}

function sameReading(a: Reading, b: Reading): boolean {
  return a.offset === b.offset && a.index === b.index;
}
