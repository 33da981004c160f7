import { asksForRebirth, commandFiltersOf, type SparkplugMetric, writeSparkplug } from "@headwater/decode";
import { SimulationError } from "../../errors.ts";
import type { Will } from "../../mqtt/packets.ts";
import type { Value } from "../../signals/signal.ts";
import type { Readings } from "../payload.ts";

export interface Publication {
  readonly topic: string;
  readonly payload: Buffer;
}

export interface EdgeNodeSetup {
  /** As Headwater calls it: `{group}:{node}`. */
  readonly id: string;
  /** Devices behind it, whose names are their numbers from 1. */
  readonly devices: number;
  /** Names of what each of them, and the node itself, measures. */
  readonly metrics: readonly string[];
  /** The metric that numbers messages; a birth repeats none, so it has no value there. */
  readonly identity: string | undefined;
}

interface Known {
  readonly value: Value;
  readonly time: number;
}

/** Sequence numbers, and those of births and deaths, go round. */
const modulus = 256;

/** What the devices behind an edge node are called in Headwater. */
export function idOfDeviceBehind(node: string, index: number): string {
  return `${node}:${index}`;
}

/**
 * An edge node of Sparkplug B (specification 3.0) with the devices behind it: births, which give each metric an alias
 * and say its value again, data by alias alone, a sequence, and deaths, by its own word and by a last will.
 */
export class EdgeNode {
  /** Its own commands and those of the devices behind it. */
  readonly filters: readonly string[];
  readonly #topic: (kind: string, device: number) => string;
  readonly #setup: EdgeNodeSetup;
  /** At 0 that of the node itself: what was measured last of each metric. */
  readonly #known: readonly Map<string, Known>[];
  /** By alias: the kind of value that the birth has said. */
  readonly #told = new Map<number, string>();
  readonly #rebirth: string;
  #bdSeq = -1;
  #seq = 0;

  /** @throws SimulationError for an id that is no edge node's. */
  constructor(setup: EdgeNodeSetup) {
    const { id, devices } = setup;
    const [own, behind] = commandFiltersOf(id) ?? [];
    if (own === undefined)
      throw new SimulationError(`${id} is no id of an edge node, {group}:{node}; write --prefix without a colon`);
    const [, group, , node] = own.split("/");
    this.#setup = setup;
    this.#rebirth = own;
    this.filters = [own, `${behind!}+`];
    this.#topic = (kind, device) =>
      device === 0 ? `spBv1.0/${group}/N${kind}/${node}` : `spBv1.0/${group}/D${kind}/${node}/${device}`;
    this.#known = Array.from({ length: devices + 1 }, () => new Map<string, Known>());
  }

  /** Where the node's own data go. */
  get topic(): string {
    return this.#topic("DATA", 0);
  }

  /** A connection is about to be made, which begins a session: the last will that ends it. */
  connects(time: number): Will {
    this.#bdSeq = (this.#bdSeq + 1) % modulus;
    return { ...this.death(time), qos: 1 };
  }

  /** What is said first on a connection, and when a host asks for it. */
  births(time: number): Publication[] {
    this.#seq = 0;
    return this.#known.map((_, device) => ({
      topic: this.#topic("BIRTH", device),
      payload: writeSparkplug({ timestamp: time, seq: this.#nextSeq(), metrics: this.#definitions(device) }),
    }));
  }

  death(time: number): Publication {
    return {
      topic: this.#topic("DEATH", 0),
      payload: writeSparkplug({ timestamp: time, metrics: [this.#session()] }),
    };
  }

  /** `device`: 0 for the node itself. `isAgain`: it was sent before, on a connection that was lost. */
  data(device: number, time: number, readings: Readings, least: number, isAgain: boolean): Publication {
    const known = this.#known[device]!;
    const metrics = readings.map(([name, value]): SparkplugMetric => {
      const isHistorical = isAgain || (known.get(name)?.time ?? 0) > time;
      if (!isHistorical) known.set(name, { value, time });
      const alias = this.#alias(device, name);
      return { alias, isTyped: typeof value !== this.#told.get(alias), isHistorical, value };
    });
    return {
      topic: this.#topic("DATA", device),
      payload: writeSparkplug({ timestamp: time, seq: this.#nextSeq(), metrics, least }),
    };
  }

  /** Whether a message to it asks for its births. */
  isAskedForBirths(topic: string, payload: Buffer): boolean {
    return topic === this.#rebirth && asksForRebirth(payload);
  }

  #definitions(device: number): SparkplugMetric[] {
    const { metrics, identity } = this.#setup;
    const own = device === 0 ? [this.#session(), { name: "Node Control/Rebirth", isTyped: true, value: false }] : [];
    const names = identity === undefined ? metrics : [...metrics, identity];
    return [
      ...own,
      ...names.map((name) => {
        const known = name === identity ? undefined : this.#known[device]!.get(name);
        const alias = this.#alias(device, name);
        // What has no value yet is a Double, until a value says otherwise.
        this.#told.set(alias, typeof (known?.value ?? 0));
        return { name, alias, isTyped: true, timestamp: known?.time, value: known?.value ?? null };
      }),
    ];
  }

  #session(): SparkplugMetric {
    return { name: "bdSeq", isTyped: true, value: BigInt(this.#bdSeq) };
  }

  /** No two metrics of a node and its devices have the same. */
  #alias(device: number, name: string): number {
    const { metrics } = this.#setup;
    const at = metrics.indexOf(name);
    return device * (metrics.length + 1) + (at === -1 ? metrics.length : at) + 1;
  }

  #nextSeq(): number {
    const seq = this.#seq;
    this.#seq = (seq + 1) % modulus;
    return seq;
  }
}
