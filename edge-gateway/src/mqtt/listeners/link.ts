import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Peer, PeerCertificate } from "./peer.ts";

/** What a connection still has to do before it is one of MQTT. */
export type Stage = "proxy-header" | "tls" | "websocket" | "connect";

/**
 * One connection of a listener, from its acceptance to its end; also what the rest of the gateway knows of its peer.
 */
export class Link implements Peer {
  readonly transport: Peer["transport"];
  readonly socket: Socket;
  address: string;
  certificate?: PeerCertificate;
  certificateProblem?: string;
  /** The outermost stream so far; reading it gives unwrapped bytes. */
  stream: Duplex;
  /** undefined: CONNECT came, or the HTTP server has it. */
  stage: Stage | undefined;
  /** By when CONNECT has to have come (milliseconds, as performance.now has them). */
  readonly deadline: number;
  /** The group of addresses that it is counted in. */
  group: string | undefined;
  /** It is being cut: its later errors are consequences of that. */
  refused = false;

  constructor(transport: Peer["transport"], socket: Socket, address: string, deadline: number) {
    this.transport = transport;
    this.socket = socket;
    this.address = address;
    this.stream = socket;
    this.deadline = deadline;
  }
}

const key = Symbol("link");

/** A property of the socket costs less for each connection than a listener that remembers it. */
export function bindLink(link: Link): void {
  (link.socket as unknown as Record<symbol, Link>)[key] = link;
}

export function linkOf(socket: Socket): Link {
  return (socket as unknown as Record<symbol, Link>)[key]!;
}
