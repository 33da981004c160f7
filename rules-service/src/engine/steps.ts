import { InvariantError } from "@headwater/core";
import type { AlertInput, CommandInput } from "@headwater/proto";
import type { AlertWriter } from "./alert-writer.ts";
import type { Changes } from "./changes.ts";
import type { Derived } from "./derivations.ts";
import type { Effects } from "./engine.ts";
import type { FoldState } from "./episode-machine.ts";
import { copyTold, type Episode, type ToldFields } from "./episode.ts";
import { none, type Footing } from "./footings.ts";
import type { Instance } from "./instance.ts";

/** One of the things that a step tells. */
type Held =
  | { readonly alert: AlertInput; readonly command?: never; readonly derived?: never }
  | { readonly command: CommandInput; readonly alert?: never; readonly derived?: never }
  | { readonly derived: Derived; readonly alert?: never; readonly command?: never };

/**
 * A step of a rule on a device is done in whole or not at all: what it tells waits until it is done. One that fails has
 * told nothing, and the rule is as it was. Otherwise an episode that it has counted and listed would be open here and
 * nowhere else, and the next step would raise a second one beside it.
 */
export class Steps {
  readonly #alerts: AlertWriter;
  readonly #changed: Changes<Instance>;
  #held: Held[] = [];
  /** Where things are told outside of a step. */
  #effects: Effects;
  #derive: AlertWriter["derive"];
  /** Whose step it is, and what it was before; undefined: none is under way. */
  #instance: Instance | undefined;
  #state: FoldState | undefined;
  #base: Footing | undefined;
  #history: readonly Footing[] = none;
  #refused: Instance["refused"] = none;
  #firedTo = -Infinity;
  #episodes: readonly Episode[] = none;
  /** What had been told of those episodes, by their places in the list. The next step writes over it. */
  readonly #told: ToldFields[] = [];
  /** The first error with which a step failed. */
  #failure: { readonly error: unknown } | undefined;

  /** `changed`: takes down that a rule which failed has changed, as the readings that it failed at are past. */
  constructor(alerts: AlertWriter, changed: Changes<Instance>) {
    this.#alerts = alerts;
    this.#changed = changed;
    this.#effects = alerts.effects;
    this.#derive = alerts.derive;
  }

  /** False: the step failed, and nothing of it was done. */
  does(instance: Instance, step: () => void): boolean {
    try {
      this.begin(instance);
      step();
      this.done();
      return true;
    } catch (error) {
      this.failed(instance, error);
      return false;
    }
  }

  /** From here on to `done` or `failed` all that is told is the instance's. */
  begin(instance: Instance): void {
    if (this.#instance !== undefined) throw new InvariantError("A step of a rule within another");
    const alerts = this.#alerts;
    const { episodes } = instance;
    this.#state = instance.state;
    this.#base = instance.base;
    this.#history = instance.history;
    this.#refused = instance.refused;
    this.#firedTo = instance.firedTo;
    this.#episodes = episodes;
    for (let place = 0; place < episodes.length; place++) this.#keep(place, episodes[place]!);
    this.#effects = alerts.effects;
    this.#derive = alerts.derive;
    alerts.effects = this.#holding;
    alerts.derive = this.#holdDerived;
    this.#instance = instance;
  }

  /** Tells what the step had to tell. */
  done(): void {
    this.#alerts.effects = this.#effects;
    this.#alerts.derive = this.#derive;
    const held = this.#held;
    if (held.length > 0) {
      this.#held = [];
      for (const { alert, command, derived } of held) {
        if (alert !== undefined) this.#effects.alert(alert);
        else if (command !== undefined) this.#effects.command(command);
        else this.#derive(derived);
      }
    }
    this.#instance = undefined;
  }

  /** The instance is as it was before the step, and the other rules go on; the first error waits for `tellFailure`. */
  failed(instance: Instance, error: unknown): void {
    this.#failure ??= { error };
    this.#changed.add(instance);
    if (this.#instance !== instance) return;
    this.#instance = undefined;
    this.#alerts.effects = this.#effects;
    this.#alerts.derive = this.#derive;
    this.#held = [];
    instance.state = this.#state!;
    instance.base = this.#base!;
    instance.history = this.#history;
    instance.refused = this.#refused;
    instance.firedTo = this.#firedTo;
    instance.episodes = this.#episodes;
    for (const [place, episode] of this.#episodes.entries()) copyTold(this.#told[place]!, episode);
    // What of it has been worked out for the fast path may be of the state that it has no more.
    for (const series of instance.inputs) series.block(instance.rule.id);
  }

  /** What failed before has nothing to do with what comes next. */
  forgetFailure(): void {
    this.#failure = undefined;
  }

  /** Throws the first error with which a rule failed, once all is done that has to do with the record. */
  tellFailure(): void {
    if (this.#failure === undefined) return;
    const { error } = this.#failure;
    this.#failure = undefined;
    throw error;
  }

  #keep(place: number, episode: Episode): void {
    const told = this.#told[place];
    if (told === undefined) this.#told[place] = { ...episode };
    else copyTold(episode, told);
  }

  readonly #holding: Effects = {
    alert: (alert) => void this.#held.push({ alert }),
    command: (command) => void this.#held.push({ command }),
    derived() {},
  };

  readonly #holdDerived = (derived: Derived): void => void this.#held.push({ derived });
}
