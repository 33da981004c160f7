import type { Client } from "aedes";
import type { Logger } from "@headwater/core";
import type { Duplex } from "node:stream";
import type { GatewayConfig } from "../../config.ts";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import { clientOf, countPacketIds } from "./aedes-internals.ts";
import { connectionOf } from "./connection.ts";
import { SubscriberOutput, type SubscriberOutputOptions } from "./subscriber-output.ts";
import { Guards } from "../guard/guards.ts";
import { peerOf } from "../listeners/peer.ts";
import type { NotKept } from "./session-persistence.ts";
import { isHeardThroughBroker } from "../sessions/stored-sessions.ts";

export interface ClientLimitsOptions {
  readonly limits: GatewayConfig["limits"] & { readonly maxPacketBytes: number };
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

/** How much one client may ask of the gateway, from its first byte on. */
export class ClientLimits {
  readonly #options: ClientLimitsOptions;
  readonly #guards: Guards;
  readonly #outputOptions: SubscriberOutputOptions;

  constructor(options: ClientLimitsOptions) {
    this.#options = options;
    const { limits, metrics, logger } = options;
    this.#outputOptions = { ...limits, onDropped: () => metrics.slowDropped.inc() };
    this.#guards = new Guards({
      limits,
      logger,
      addressOf: (stream) => peerOf(stream).address,
      count: (violation) => metrics.refused.labels({ reason: violation }).inc(),
      countSlowed: () => metrics.slowed.inc(),
      keepAlive: (stream) => clientOf(stream)?._keepaliveTimer?.refresh(),
    });
  }

  start(): void {
    this.#guards.start();
  }

  stop(): void {
    this.#guards.stop();
  }

  /** Puts a guard onto a stream, before the broker has it and after its peer is known. */
  guard(stream: Duplex): void {
    this.#guards.put(stream);
  }

  /** CONNECT has come; to be called before the client logs in and has subscriptions. */
  greet(client: Client, sessionBegins: boolean): void {
    countPacketIds(client, sessionBegins, this.#guards.of(client.conn)!.flows);
  }

  /** Whether the session has a place for one more subscription, or has this one already; it is taken then. */
  grant(client: Client, filter: string): boolean {
    const { limits, metrics, logger } = this.#options;
    const connection = connectionOf(client)!;
    const { filters } = connection;
    if (!connection.hasOutput && isHeardThroughBroker(filter)) {
      // Before the broker knows of the subscription. Commands alone do not come through the broker.
      connection.hasOutput = true;
      const output = new SubscriberOutput(client, this.#guards.of(client.conn)!, this.#outputOptions);
      output.begin();
    }
    if (filters.has(filter) || filters.size < limits.maxSubscriptions) {
      filters.add(filter);
      return true;
    }
    metrics.refused.labels({ reason: "too-many-subscriptions" }).inc();
    logger.warn({ client: client.id, filter: filter.slice(0, 256) }, "a subscription more than a session may have");
    return false;
  }

  /** There was no room for a message that was to be kept for later. */
  notKept(what: NotKept, topic: string, session: string | undefined): void {
    const { metrics, logger } = this.#options;
    metrics.refused.labels({ reason: what }).inc();
    logger.debug({ what, topic: topic.slice(0, 256), client: session }, "a message was not kept for later");
  }
}
