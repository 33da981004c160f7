import type { Anchor } from "../readings/reading.ts";
import type { GatewayWatch } from "./gateway-watch.ts";
import type { Instance } from "./instance.ts";
import type { World } from "./late-samples.ts";
import type { Rule } from "./rule.ts";
import type { RuleIndex } from "./rule-index.ts";
import type { Steps } from "./steps.ts";

/** What a look at a device that is not concerned takes of the room of an instance. */
const lookRoom = 1 / 8;

/** What the watch finds around it. */
export interface SilenceWorld extends World {
  readonly index: RuleIndex;
  readonly gateways: GatewayWatch;
  /** The present instant on the log's clock. */
  readonly now: Anchor;
  /** Called when a rule has begun on a device. */
  begun(instance: Instance): void;
  /** Called after every other change of an instance. */
  changed(instance: Instance): void;
  readonly steps: Steps;
}

/** Lets rules on silence begin on devices and gateways of which nothing was heard, and tells them how gateways are. */
export class SilenceWatch {
  readonly #world: SilenceWorld;

  constructor(world: SilenceWorld) {
    this.#world = world;
  }

  /**
   * The log shows a time, from which on silence can be told: each rule begins on the devices that it selects. Yields
   * how much of the room of an instance each look has taken.
   */
  *beginAll(): Generator<number> {
    const { index } = this.#world;
    for (const rule of index.rules.values()) {
      if (!rule.program.watchesSilence) continue;
      for (const [id, device] of index.devices) {
        const isWatched = rule.selects(id, device) && index.instance(rule, id) === undefined;
        if (isWatched) this.#begin(rule, id);
        yield isWatched ? 1 : lookRoom;
      }
    }
  }

  /** A gateway has marked. */
  marked(gateway: string): void {
    const { gateways, steps } = this.#world;
    const hear = (instance: Instance): void => void steps.does(instance, () => this.hear(instance));
    gateways.marked(gateway, hear, this.#begin);
  }

  /** The clock tells how a gateway is that an instance watches. */
  readonly hear = (instance: Instance): void => {
    const world = this.#world;
    const sample = world.gateways.heard(instance);
    if (sample === undefined || instance.covers > world.next) return;
    instance.hear(sample, world);
    world.changed(instance);
  };

  readonly #begin = (rule: Rule, device: string): void => {
    const world = this.#world;
    const { index, clock, next, now } = world;
    if (clock.now === 0 || index.coveredOf(rule, device).covers > next) return;
    const instance = index.newInstance(rule, device, now);
    instance.from = next;
    world.begun(instance);
  };
}
