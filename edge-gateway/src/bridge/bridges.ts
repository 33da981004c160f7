import type { Routes } from "@headwater/decode";
import type { Metrics } from "@headwater/service";
import { join } from "node:path";
import { Bridge, type BridgeDeps } from "./bridge.ts";
import { bridgeMetrics } from "./bridge-metrics.ts";
import type { BridgeSpec } from "./bridge-spec.ts";

export interface BridgesOptions extends Omit<BridgeDeps, "bridgeMetrics"> {
  readonly specs: readonly BridgeSpec[];
  /** Bridges keep a file each there. */
  readonly folder: string;
  readonly registry: Metrics;
}

/** All bridges: each on its own, none waits for another, and the gateway for none of them. */
export class Bridges {
  readonly #bridges: readonly Bridge[];

  constructor({ specs, folder, registry, ...deps }: BridgesOptions) {
    if (specs.length === 0) {
      this.#bridges = [];
      return;
    }
    const metrics = bridgeMetrics(registry);
    this.#bridges = specs.map(
      (spec) =>
        new Bridge({
          ...deps,
          bridgeMetrics: metrics,
          spec,
          memoryFile: join(folder, "bridges", `${spec.name}.json`),
        }),
    );
    for (const bridge of this.#bridges) metrics.connected.labels({ bridge: bridge.name }).set(0);
    registry.gauge("headwater_gateway_bridge_unacked", "Messages of a bridge that are not durable yet", ["bridge"], {
      collect: (gauge) => {
        for (const bridge of this.#bridges) gauge.labels({ bridge: bridge.name }).set(bridge.unacked);
      },
    });
    registry.gauge(
      "headwater_gateway_bridge_reachable_devices",
      "Devices that commands can be sent to through a bridge",
      ["bridge"],
      {
        collect: (gauge) => {
          for (const bridge of this.#bridges) gauge.labels({ bridge: bridge.name }).set(bridge.reachable);
        },
      },
    );
  }

  /** The present problem of each bridge, for people. */
  get troubles(): readonly string[] {
    return this.#bridges.flatMap(({ name, trouble }) => (trouble === undefined ? [] : [`bridge ${name}: ${trouble}`]));
  }

  /** By which the messages of each bridge are read. */
  get routes(): readonly Routes[] {
    return this.#bridges.map(({ routes }) => routes);
  }

  start(): void {
    for (const bridge of this.#bridges) bridge.start();
  }

  /** Takes no more messages; those that were taken are still acknowledged. */
  stopMessages(): void {
    for (const bridge of this.#bridges) bridge.stopMessages();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#bridges.map((bridge) => bridge.stop()));
  }
}
