import type { Logger } from "@headwater/core";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import type { Link } from "./link.ts";

const quietMs = 5000;

/**
 * Counts the connections that came to nothing, by reason. A flood of them is one line of log for each reason every few
 * seconds, with how many there were.
 */
export class Refusals {
  readonly #metrics: GatewayMetrics;
  readonly #logger: Logger;
  readonly #told = new Map<string, { at: number; untold: number }>();

  constructor(metrics: GatewayMetrics, logger: Logger) {
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** Once for each connection. `reason` is one of a fixed few. */
  add(link: Link, reason: string, detail?: string): void {
    if (link.refused) return;
    link.refused = true;
    const { transport, address } = link;
    this.#metrics.connectionsRefused.labels({ transport, reason }).inc();
    const last = this.#told.get(reason);
    const now = performance.now();
    if (last !== undefined && now - last.at < quietMs) {
      last.untold += 1;
      return;
    }
    this.#told.set(reason, { at: now, untold: 0 });
    this.#logger.info(
      { transport, address, reason, ...(detail !== undefined && { detail }), others: last?.untold ?? 0 },
      "a connection was refused",
    );
  }
}
