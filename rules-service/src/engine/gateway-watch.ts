import { gatewayOf, standInOf } from "../readings/gateway-stand-in.ts";
import type { Sample } from "../readings/reading.ts";
import type { LogClock } from "./clock.ts";
import type { Instance } from "./instance.ts";
import type { Rule } from "./rule.ts";
import type { RuleIndex } from "./rule-index.ts";

/**
 * Gateways as rules on absence watch them: on the partition that its id belongs to each has a stand-in among the
 * devices, which is heard of as long as the log's clock has the gateway live.
 */
export class GatewayWatch {
  readonly #index: RuleIndex;
  readonly #clock: LogClock;
  readonly #owns: (gateway: string) => boolean;

  constructor(index: RuleIndex, clock: LogClock, owns: (gateway: string) => boolean) {
    this.#index = index;
    this.#clock = clock;
    this.#owns = owns;
  }

  /** Of those that the clock knows, after it was restored. */
  restore(): void {
    for (const gateway of this.#clock.gateways) if (this.#owns(gateway)) this.#standIn(gateway);
  }

  /**
   * A gateway has marked. Hands over the instances that watch it and have something to hear, and, if it was not known,
   * the rules that begin on its stand-in.
   */
  marked(gateway: string, on: (instance: Instance) => void, onNew: (rule: Rule, standIn: string) => void): void {
    if (!this.#owns(gateway)) return;
    const { id } = standInOf(gateway);
    const isNew = !this.#index.devices.has(id);
    if (isNew) this.#standIn(gateway);
    for (const rule of this.#index.gatewayRules) {
      const instance = this.#index.instance(rule, id);
      if (instance === undefined) {
        if (isNew) onNew(rule, id);
      } else if (this.#hasEnded(instance, gateway)) on(instance);
    }
  }

  /** What a stand-in was heard of last; undefined: nothing new. */
  heard(instance: Instance): Sample | undefined {
    const { device, rule } = instance;
    const gateway = this.#clock.gateway(gatewayOf(device)!);
    if (gateway === undefined) return undefined;
    const time = isTold(rule, gateway.is) ? gateway.promised : Math.max(gateway.promised, this.#clock.now);
    const place = { time, offset: 0, index: 0, logTime: time, gateway: device };
    const metric = rule.program.inputs[0]!;
    const blank = { value: 0, isBoolean: false, eventTime: time, receivedAt: time, epoch: 0, n: 0, derivedBy: "" };
    return { ...place, readings: [{ ...place, ...blank, metric }] };
  }

  /** Why an alert of a rule is raised on a device, or a stand-in; "": it is not about absence. */
  readonly reasonOf = ({ reasons }: Rule, device: string): string => {
    if (reasons === undefined) return "";
    const gateway = gatewayOf(device);
    if (gateway === undefined) return "device-silent";
    return this.#clock.gateway(gateway)?.is === "lagging" && reasons.includes("pipeline-lagging")
      ? "pipeline-lagging"
      : "gateway-offline";
  };

  /** Whether what was told of a gateway, or is muted, is over. */
  #hasEnded({ state, rule }: Instance, gateway: string): boolean {
    const { rank, muted } = state.episode;
    return (rank > 0 || muted) && !isTold(rule, this.#clock.gateway(gateway)?.is ?? "live");
  }

  #standIn(gateway: string): void {
    const standIn = standInOf(gateway);
    this.#index.devices.set(standIn.id, standIn);
  }
}

function isTold({ reasons }: Rule, is: keyof typeof troubles): boolean {
  const trouble = troubles[is];
  return trouble !== undefined && reasons?.includes(trouble) === true;
}

const troubles = { live: undefined, away: "gateway-offline", lagging: "pipeline-lagging" } as const;
