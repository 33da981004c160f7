import mqtt, { type MqttClient } from "mqtt";
import { sleep } from "@headwater/core";
import { registerDevice } from "@headwater/client";
import type { Platform } from "../platform/platform.ts";
import type { Chance } from "./chance.ts";

const answers = ["succeeded", "failed"] as const;
const broken = ["{", "[]", "nope", '{"a":', "\u0000"];
/** Milliseconds between two sends of the fleet, and the most that a late message waits. */
const paceMs = 40;
const mostLateMs = 3_000;

interface Message {
  readonly text: string;
  /** undefined: it cannot be read. */
  readonly number?: number;
}

/** Devices that send what is right, wrong, too much and late, lose their connections, and answer some commands. */
export class Fleet {
  readonly ids: readonly string[];
  /** Devices that were there all the time. */
  readonly lasting: Set<string>;
  /** The numbers that were acknowledged, by device. */
  readonly acked = new Map<string, number[]>();
  readonly #platform: Platform;
  readonly #chance: Chance;
  readonly #gateways: number;
  readonly #clients = new Map<string, MqttClient>();
  readonly #began = Date.now();
  #sent = 0;

  constructor(platform: Platform, chance: Chance, size: number, gateways: number) {
    this.#platform = platform;
    this.#chance = chance;
    this.#gateways = gateways;
    this.ids = Array.from({ length: size }, (_, n) => `d${n}`);
    this.lasting = new Set(this.ids);
  }

  /** Registers one that is not there, and connects it. */
  async begin(id: string): Promise<void> {
    const registration = {
      id,
      type: this.#chance.of(["boiler", "pump"]),
      tags: { site: this.#chance.of(["north", "south"]) },
      attributes: { limit: this.#chance.below(100) },
    };
    const { token } = await registerDevice(this.#platform.ingest, registration);
    this.#clients.get(id)?.end(true);
    const url = this.#platform.mqttUrl(this.ids.indexOf(id) % this.#gateways);
    const client = mqtt.connect(url, {
      ...{ username: id, password: token, clientId: id, clean: false, reconnectPeriod: 300 },
      ...{ protocolVersion: this.#chance.of([4, 5] as const), properties: { sessionExpiryInterval: 600 } },
    });
    // It connects again by itself; a device that was deleted is refused.
    client.on("error", () => {});
    client.on("connect", () => client.subscribe(`devices/${id}/commands/+`, { qos: 1 }, () => {}));
    client.on("message", (topic) => {
      if (!this.#chance.is(0.7)) return;
      client.publish(`${topic}/reply`, JSON.stringify({ status: this.#chance.of(answers) }), { qos: 1 }, () => {});
    });
    this.#clients.set(id, client);
  }

  /** It was deleted: what it sends from now on is refused. */
  gone(id: string): void {
    this.lasting.delete(id);
    this.#clients.get(id)?.end(true);
    this.#clients.delete(id);
  }

  cut(id: string): void {
    this.#clients.get(id)?.stream.destroy();
  }

  /** Until the signal says that it is enough. */
  async send(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (let n = 0; n < 6; n += 1) {
        const id = this.#chance.of(this.ids);
        if (this.#clients.get(id)?.connected !== true) continue;
        const message = this.#message();
        const late = this.#chance.is(0.1) ? this.#chance.below(mostLateMs) : 0;
        void sleep(late).then(() => this.#publish(id, message));
      }
      await sleep(paceMs);
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.end(true);
  }

  #publish(id: string, { text, number }: Message): void {
    this.#clients.get(id)?.publish(`devices/${id}/telemetry`, text, { qos: this.#chance.of([1, 2]) }, (error) => {
      if (error != null || number === undefined) return;
      const before = this.acked.get(id) ?? [];
      before.push(number);
      this.acked.set(id, before);
    });
  }

  /** A number, if it can be read, is at a time of its own: nothing of the device overwrites it. */
  #message(): Message {
    const chance = this.#chance;
    if (chance.is(0.05)) return { text: chance.of(broken) };
    const number = this.#sent;
    this.#sent += 1;
    const values = {
      ...{ n: number, temperature: chance.below(120) },
      ...(chance.is(0.3) && { [`m${chance.below(30)}`]: this.#value() }),
      ...(chance.is(0.3) && { mixed: this.#value() }),
      ...(chance.is(0.1) && { door: chance.of(["open", "closed"]) }),
    };
    return { text: JSON.stringify({ ts: this.#began + 10 * number, values }), number };
  }

  #value(): unknown {
    return this.#chance.of([this.#chance.below(120), 120 * this.#chance.next(), true, false, "open", "closed", null]);
  }
}
