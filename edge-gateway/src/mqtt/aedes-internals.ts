import type { Client } from "aedes";

/**
 * What the gateway needs of aedes 1.2.0 beyond its public types. The version is pinned, and aedes-internals.test.ts fails if a
 * later one has them no more.
 */
interface ClientInternals {
  id: string;
  /** Ends the present batch of packets and reads on. */
  _nextBatch(error?: Error): void;
  _nextId: number;
  _keepaliveTimer: NodeJS.Timeout | null;
  /** Whether DISCONNECT came. */
  _disconnected: boolean;
  will: unknown;
  readonly subscriptions: Readonly<Record<string, { readonly qos: number }>>;
}

export function internals(client: Client): ClientInternals {
  return client as unknown as ClientInternals;
}

/** A packet identifier for a message to the client that aedes will not use for one of its own meanwhile. */
export function nextPacketId(client: Client): number {
  const own = internals(client);
  const id = own._nextId;
  own._nextId = id >= 65_535 ? 1 : id + 1;
  return id;
}

/**
 * Reads on although messages that were read are not acknowledged yet. aedes holds a connection until every packet of what it read is
 * done, also PINGREQ behind a PUBLISH that waits for a full spool. Counting a packet as done twice does no harm.
 */
export function readOn(client: Client, packets: number): void {
  for (let i = 0; i < packets && !client.closed; i += 1) internals(client)._nextBatch();
}
