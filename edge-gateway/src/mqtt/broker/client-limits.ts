import type { Client } from "aedes";
import type { Duplex } from "node:stream";
import type { GatewayConfig } from "../../config.ts";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import { clientOf, countPacketIds, type MessagesInFlight } from "./aedes-internals.ts";
import { connectionOf } from "./connection.ts";
import { SubscriberOutput, type SubscriberOutputOptions } from "./subscriber-output.ts";
import { Guards } from "../guard/guards.ts";
import { violations } from "../guard/violations.ts";
import type { RefusalLog } from "../../refusal-log.ts";
import { OversizedPackets } from "./oversized-packets.ts";
import { peerOf } from "../listeners/peer.ts";
import type { NotKept } from "./session-persistence.ts";
import { isHeardThroughBroker } from "../sessions/stored-sessions.ts";

export type PacketLimits = GatewayConfig["limits"] & {
  readonly maxPacketBytes: number;
  readonly speaksVersion5: boolean;
};

export interface ClientLimitsOptions {
  readonly limits: PacketLimits;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  /** Takes packets of a client past the broker; answers with how many bytes. */
  readonly takeFirst: (client: Client, packets: Buffer) => number;
}

/** How much one client may ask of the gateway, from its first byte on. */
export class ClientLimits {
  readonly #options: ClientLimitsOptions;
  readonly #guards: Guards;
  readonly #oversized: OversizedPackets;
  readonly #outputOptions: SubscriberOutputOptions;

  constructor(options: ClientLimitsOptions) {
    this.#options = options;
    const { limits, metrics, refusals, takeFirst } = options;
    this.#oversized = new OversizedPackets(metrics.oversized, limits.maxPacketBytes);
    this.#outputOptions = { ...limits, onDropped: () => metrics.slowDropped.inc() };
    this.#guards = new Guards({
      limits,
      onCut: ({ clientId: client, stream }, violation) => {
        const broken = clientOf(stream);
        const device = broken === undefined ? undefined : connectionOf(broken as unknown as Client)?.device;
        if (violation === "packet-too-large") this.#oversized.add(device ?? "");
        const { address } = peerOf(stream);
        const why = violations[violation];
        refusals.add("connection", violation, { device, client, address, why }, "a connection was cut");
      },
      countSlowed: () => metrics.slowed.inc(),
      keepAlive: (stream) => clientOf(stream)?._keepaliveTimer?.refresh(),
      takeFirst: (stream, packets) => takeFirst(clientOf(stream) as unknown as Client, packets),
    });
  }

  /** For health. */
  get troubles(): readonly string[] {
    return this.#oversized.troubles;
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

  /**
   * CONNECT has come; to be called before the client logs in and has subscriptions. `holds` says whether a packet
   * identifier is one of a message that waits for the session.
   */
  greet(client: Client, sessionBegins: boolean, holds: (packetId: number) => boolean): void {
    const { flows } = this.#guards.of(client.conn)!;
    countPacketIds(client, sessionBegins, sessionBegins ? flows : new InFlightOrKept(flows, holds));
  }

  /** Whether its DISCONNECT asks for its last will (MQTT 5). */
  endsWithWill(client: Client): boolean {
    return this.#guards.of(client.conn)?.endsWithWill === true;
  }

  /** Whether the session has a place for one more subscription, or has this one already; it is taken then. */
  grant(client: Client, filter: string): boolean {
    const { limits, refusals } = this.#options;
    const connection = connectionOf(client)!;
    const { filters } = connection;
    if (!connection.hasOutput && isHeardThroughBroker(filter)) {
      // Before the broker knows of the subscription. Commands alone do not come through the broker.
      connection.hasOutput = true;
      const output = new SubscriberOutput(client, this.#guards.of(client.conn)!, this.#outputOptions);
      output.begin();
      connection.onReady = () => output.ready();
    }
    if (filters.has(filter) || filters.size < limits.maxSubscriptions) {
      filters.add(filter);
      return true;
    }
    const facts = { ...connection.who, filter: filter.slice(0, 256) };
    refusals.add("subscription", "too-many-subscriptions", facts, "a subscription more than a session may have");
    return false;
  }

  /** There was no room for a message that was to be kept for later. */
  notKept(what: NotKept, topic: string, session: string | undefined): void {
    this.#options.refusals.add(
      "message",
      what,
      { ...(session !== undefined && whoseSession(session)), topic: topic.slice(0, 256) },
      "a message was not kept for later",
    );
  }
}

/**
 * Of a session that goes on: what waits for it is sent with packet identifiers that it had on another connection, and
 * of what was received there a PUBREL alone is sent, which begins no flow here.
 */
class InFlightOrKept implements MessagesInFlight {
  readonly #flows: MessagesInFlight;
  readonly #holds: (packetId: number) => boolean;

  constructor(flows: MessagesInFlight, holds: (packetId: number) => boolean) {
    this.#flows = flows;
    this.#holds = holds;
  }

  get size(): number {
    return this.#flows.size;
  }

  has(packetId: number): boolean {
    return this.#flows.has(packetId) || this.#holds(packetId);
  }
}

/** A session's name begins with its device, or with nothing. */
function whoseSession(session: string): { readonly device: string | undefined; readonly client: string } {
  const end = session.indexOf("/");
  return { device: session.slice(0, end) || undefined, client: session.slice(end + 1) };
}

/** Up to this size of packets the limits of a client hold as they are configured (bytes). */
const ordinaryPacketBytes = 512 * 1024;

/**
 * Where packets may be larger than ordinary ones, a client that reads is sent the largest message that another may
 * send, although its limits are those of ordinary packets.
 */
export function limitsForWholeMessages(limits: PacketLimits): PacketLimits {
  const { maxPacketBytes, maxUnsentBytes, maxQueuedBytes } = limits;
  if (maxPacketBytes <= ordinaryPacketBytes) return limits;
  return {
    ...limits,
    maxUnsentBytes: Math.max(maxUnsentBytes, 2 * maxPacketBytes),
    maxQueuedBytes: Math.max(maxQueuedBytes, maxPacketBytes),
  };
}
