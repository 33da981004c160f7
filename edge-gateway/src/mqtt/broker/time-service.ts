import { nowMicros } from "@headwater/core";
import { filterMatches } from "../../devices/access/topic-filter.ts";
import { isUncertain, readTimeRequest, timeAnswer } from "../../pipeline/clock/time-answer.ts";
import type { ReceiveClock } from "../../pipeline/clock/receive-clock.ts";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import type { RefusalLog } from "../../refusal-log.ts";
import { internals } from "./aedes-internals.ts";
import type { Connection } from "./connection.ts";
import { correlationOf, type Correlation, type RequestMessage } from "./correlation.ts";
import { isLargerThanTaken } from "./largest-outgoing.ts";
import { withIdentifiers } from "./matching-subscriptions.ts";

export interface TimeServiceOptions {
  readonly clock: ReceiveClock;
  /** Between messages to each subscriber (milliseconds); 0: once, at the subscription. */
  readonly everyMs: number;
  readonly connections: ReadonlySet<Connection>;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly wall?: () => number;
}

const timeFilter = /^devices\/([^/+#]+)\/time$/;
/** Answers to one connection: so many at once, and so many a second. */
const burst = 10;
const perSecond = 1;
/** A connection that does not read gets nothing more. */
const maxUnsentBytes = 16 * 1024;

interface Allowance {
  left: number;
  at: number;
}

/**
 * Tells devices the gateway's time: at a subscription to `devices/{id}/time`, from time to time if that is set, and
 * when they ask. At QoS 0 and never retained or queued, past the broker: an old time is worse than none.
 */
export class TimeService {
  readonly #options: TimeServiceOptions;
  readonly #wall: () => number;
  readonly #allowances = new WeakMap<Connection, Allowance>();
  /** Filters that a connection was told the time for. */
  readonly #told = new WeakMap<Connection, Set<string>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TimeServiceOptions) {
    this.#options = options;
    this.#wall = options.wall ?? nowMicros;
  }

  start(): void {
    const { everyMs, connections } = this.#options;
    if (everyMs === 0) return;
    this.#timer = setInterval(() => {
      for (const connection of connections) {
        for (const filter of this.#told.get(connection) ?? []) this.#send(connection, filter, undefined, "periodic");
      }
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The connection has subscribed, or has come back to a session that had; these are its filters in the SUBSCRIBE. */
  subscribed(connection: Connection, filters: readonly string[]): void {
    for (const filter of filters) {
      if (!timeFilter.test(filter) || internals(connection.client).subscriptions[filter] === undefined) continue;
      const told = this.#told.get(connection);
      if (told === undefined) this.#told.set(connection, new Set([filter]));
      else told.add(filter);
      this.#send(connection, filter, undefined, "subscription");
    }
  }

  unsubscribed(connection: Connection, filters: readonly string[]): void {
    for (const filter of filters) this.#told.get(connection)?.delete(filter);
  }

  /** Answers a request on `devices/{device}/time/request`, if the answer would be heard. */
  asked(connection: Connection, device: string, { payload, properties }: RequestMessage): void {
    const t1 = this.#wall();
    const { refusals } = this.#options;
    const t0 = readTimeRequest(payload);
    const topic = `devices/${device}/time`;
    if (t0 === undefined) {
      refusals.add("request", "time-request", connection.who, "a request for the time cannot be read");
      return;
    }
    const filters = Object.keys(internals(connection.client).subscriptions);
    if (!filters.some((filter) => filterMatches(filter, topic))) {
      refusals.add("request", "time-not-subscribed", connection.who, "a request for the time without a subscription");
      return;
    }
    this.#send(connection, topic, { t0, t1 }, "request", correlationOf(properties));
  }

  #send(
    connection: Connection,
    topic: string,
    request: { readonly t0: string; readonly t1: number } | undefined,
    why: "subscription" | "request" | "periodic",
    correlation?: Correlation,
  ): void {
    const { clock, metrics, refusals } = this.#options;
    const { client } = connection;
    if (client.closed) return;
    if ((client.conn as { writableLength?: number }).writableLength! > maxUnsentBytes || !this.#allow(connection)) {
      refusals.add("request", "time-too-often", connection.who, "the time is told no more often");
      return;
    }
    const wall = this.#wall();
    const payload = timeAnswer(wall, isUncertain(wall, clock.last), request);
    const properties = withIdentifiers(connection, topic, correlation);
    if (isLargerThanTaken(client, { topic, payload, qos: 0, properties })) {
      refusals.add("message", "larger-than-taken", connection.who, "the time is larger than its subscriber takes");
      return;
    }
    metrics.times.labels({ why }).inc();
    connection.say({ cmd: "publish", topic, payload, qos: 0, dup: false, retain: false, properties });
  }

  #allow(connection: Connection): boolean {
    const now = performance.now();
    const allowance = this.#allowances.get(connection) ?? { left: burst, at: now };
    this.#allowances.set(connection, allowance);
    allowance.left = Math.min(burst, allowance.left + ((now - allowance.at) / 1000) * perSecond);
    allowance.at = now;
    if (allowance.left < 1) return false;
    allowance.left -= 1;
    return true;
  }
}
