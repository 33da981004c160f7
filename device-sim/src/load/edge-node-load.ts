import type { Profile } from "../fleet/profile.ts";
import { text, type Will } from "../mqtt/packets.ts";
import type { Session } from "../mqtt/session.ts";
import { EdgeNode, idOfDeviceBehind } from "../payloads/sparkplug/edge-node.ts";
import type { Message } from "./delivery.ts";

/** The ids under which the messages of one connection are stored. */
export function measuredIds(id: string, { edgeDevices }: Profile): string[] {
  return [id, ...Array.from({ length: edgeDevices }, (_, i) => idOfDeviceBehind(id, i + 1))];
}

/** What an edge node says beside its data, and which of them another connection has to carry anew. */
export class EdgeNodeLoad {
  readonly node: EdgeNode;
  readonly #now: () => number;
  readonly #unacked = new Map<number, Message>();

  constructor(id: string, { edgeDevices, metrics, identity }: Profile, now: () => number) {
    this.node = new EdgeNode({ id, devices: edgeDevices, metrics: metrics.map(([name]) => name), identity });
    this.#now = () => Math.round(now());
  }

  /** Of a connection that is about to be made. */
  lastWill(): Will {
    return this.node.connects(this.#now());
  }

  sent(number: number, message: Message): void {
    this.#unacked.set(number, message);
  }

  acked(number: number): void {
    this.#unacked.delete(number);
  }

  /** Messages that were not acknowledged; their place in the sequence was on the last connection. */
  left(numbers: readonly number[]): Message[] {
    return [...new Set(numbers)].flatMap((number) => this.#unacked.get(number) ?? []);
  }

  /** At QoS 0, as the specification has it. */
  sayBirths(session: Session): void {
    for (const { topic, payload } of this.node.births(this.#now())) session.publish(0, text(topic), payload, 0);
  }

  /** A DISCONNECT takes back the last will. */
  sayDeath(session: Session): void {
    const { topic, payload } = this.node.death(this.#now());
    session.publish(0, text(topic), payload, 0);
  }
}
