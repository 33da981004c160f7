import type { Device } from "@headwater/aggregates";
import { all, at, change } from "./harness.ts";
import { Partition } from "./partition.ts";

type Value = number | string | boolean;

/** A rule with any condition, told as a story of samples: [seconds, { metric: value, … }]. */
export function story(
  condition: Record<string, unknown>,
  rest: Record<string, unknown> = {},
  device?: Partial<Device>,
): Story {
  return new Story(condition, rest, device);
}

export class Story {
  readonly partition = new Partition();

  constructor(condition: Record<string, unknown>, rest: Record<string, unknown>, device: Partial<Device> | undefined) {
    const { engine, effects } = this.partition;
    this.partition.mark(0);
    if (device !== undefined) this.device(device);
    all(engine.applyRule(change({ id: "hot", condition, wait: "0s", ...rest }), effects));
  }

  device(fields: Partial<Device>): void {
    const rest = { revision: 1, type: "", tags: {}, credentials: [], createdAt: 0, updatedAt: 0 };
    const device = { id: "d", attributes: {}, ...rest, ...fields };
    this.partition.engine.applyDevice("d", device, 0, this.partition.effects);
  }

  sample(time: number, values: Readonly<Record<string, Value>>): this {
    const readings = Object.entries(values).map(([metric, value]) => {
      if (typeof value === "number") return { metric, number: value };
      return typeof value === "boolean" ? { metric, boolean: value } : { metric, text: value };
    });
    const identity = { gateway: "g", epoch: 1, n: this.partition.log.n("g"), receivedAt: at(time) };
    this.partition.append({ ...identity, device: "d", eventTime: at(time), readings }, time);
    return this;
  }

  samples(metric: string, values: readonly (readonly [number, Value])[]): this {
    for (const [time, value] of values) this.sample(time, { [metric]: value });
    return this;
  }

  /** The log's clock gets to a time without a reading. */
  until(time: number): this {
    this.partition.mark(time);
    return this;
  }

  get told(): string[] {
    return this.partition.emitted();
  }
}
