import { HeadwaterError, retrying, type Logger } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import { actionNumbers } from "../action-kinds/action-numbers.ts";
import { isDelivered, type DeliveredAction } from "../action-kinds/kinds.ts";
import { actionsAreByPlace, normaliseRule } from "../definition/index.ts";
import type { RuleModel } from "../rules/rule-model.ts";
import { storedDefinition } from "../rules/stored-definition.ts";
import { untilApplied } from "./until-applied.ts";

export interface RuleActions {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Those that are delivered. */
  readonly actions: readonly PlacedAction[];
}

export interface PlacedAction {
  /** In the rule's list. */
  readonly place: number;
  /** What it is called in ids. */
  readonly number: number;
  readonly action: DeliveredAction;
}

export interface DeliveredActionsOptions {
  readonly rules: RuleModel;
  readonly log: Pick<EventLog, "positions">;
  readonly topic: string;
  readonly logger: Logger;
}

const none: RuleActions = { name: "", labels: {}, annotations: {}, actions: [] };
const maxCached = 2000;

/** What the revisions of rules deliver. */
export class DeliveredActions {
  readonly #options: DeliveredActionsOptions;
  readonly #cache = new Map<string, RuleActions>();

  constructor(options: DeliveredActionsOptions) {
    this.#options = options;
  }

  /**
   * What a revision delivers; nothing if rules.v1 has no such revision, or none that can be read. An alert follows its
   * rule in time, so a revision that the read model has not yet is in the log.
   */
  async of(rule: string, revision: number, signal: AbortSignal): Promise<RuleActions> {
    const key = JSON.stringify([rule, revision]);
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const found = this.#stored(rule, revision) ?? (await this.#storedLater(rule, revision, signal));
    if (found === undefined) {
      this.#options.logger.warn({ rule, revision }, "an alert names a revision that there is not; it has no actions");
    }
    const actions = found ?? none;
    if (this.#cache.size >= maxCached) this.#cache.delete(this.#cache.keys().next().value!);
    this.#cache.set(key, actions);
    return actions;
  }

  async #storedLater(rule: string, revision: number, signal: AbortSignal): Promise<RuleActions | undefined> {
    const { rules, log, topic } = this.#options;
    const [{ end } = { end: 0 }] = await retrying(() => log.positions(topic), { signal });
    if (end > 0) await untilApplied(rules.readModel, { topic, partition: 0, offset: end - 1 }, signal);
    return this.#stored(rule, revision);
  }

  #stored(rule: string, number: number): RuleActions | undefined {
    const revision = this.#options.rules.get(rule)?.state.revisions.find((each) => each.revision === number);
    if (revision === undefined) return undefined;
    try {
      const definition = storedDefinition(revision, rule);
      const { actions } = normaliseRule(definition);
      const numbers = actionNumbers(actions, actionsAreByPlace(revision));
      return {
        name: definition.name ?? "",
        labels: definition.labels ?? {},
        annotations: definition.annotations ?? {},
        actions: actions.flatMap((action, place) =>
          isDelivered(action) ? [{ place, number: numbers[place]!, action }] : [],
        ),
      };
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      return none;
    }
  }
}
