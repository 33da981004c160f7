import { plainAddress, turnSlices } from "@headwater/core";
import type { Logger } from "@headwater/core";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { GatewayConfig } from "../../config.ts";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import { bindPeer, peerOf } from "./peer.ts";
import { Admission } from "./admission.ts";
import { HandshakeWatch } from "./handshake-watch.ts";
import { bindLink, Link, linkOf } from "./link.ts";
import { isEncrypted, isWebSocket, type ListenerPlan } from "./listener-plan.ts";
import { peerCertificate } from "./peer-certificate.ts";
import { readProxyHeader } from "./proxy-preface.ts";
import { Refusals } from "./refusals.ts";
import type { TlsTerminator } from "./tls-terminator.ts";
import { trustedSources } from "./trusted-sources.ts";
import { WebSocketGate } from "./websocket-gate.ts";
import { WebSocketStream } from "./websocket-stream.ts";

export interface ConnectionSetupOptions {
  readonly config: GatewayConfig["mqtt"];
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  /** Put onto each stream before the broker sees it: it checks every byte. */
  readonly guard: (stream: Duplex) => void;
  readonly onConnection: (stream: Duplex) => void;
  /** HTTP is spoken on this one; its peer is bound. */
  readonly onHttp: (stream: TLSSocket) => void;
}

/**
 * What a connection passes between its port and the broker: the limits, then PROXY, TLS and WebSocket, each only where
 * it is spoken, within a deadline. It holds every connection until that closes.
 */
export class ConnectionSetup {
  readonly #options: ConnectionSetupOptions;
  readonly #admission: Admission;
  readonly #handshakes: HandshakeWatch;
  readonly #refusals: Refusals;
  readonly #mayProxy: (address: string) => boolean;
  readonly #links = new Set<Link>();
  /** Connections whose bytes are with TLS or HTTP just now, by the stream that was given there. */
  readonly #unwrapping = new Map<Duplex, Link>();
  /** One for all: 10,000 closures are megabytes. */
  readonly #onClose: (this: Socket) => void;
  readonly #gate: WebSocketGate | undefined;
  #terminator: TlsTerminator | undefined;

  /** Throws ConfigError if the settings contradict each other. */
  constructor(options: ConnectionSetupOptions, plans: readonly ListenerPlan[]) {
    this.#options = options;
    const { config, metrics, logger } = options;
    const closed = (link: Link): void => this.#closed(link);
    this.#onClose = function onClose(this: Socket) {
      closed(linkOf(this));
    };
    this.#admission = new Admission(config);
    this.#refusals = new Refusals(metrics, logger);
    this.#handshakes = new HandshakeWatch(config.connectTimeoutMs, (link) => this.#cut(link, `${link.stage}-late`));
    this.#mayProxy = trustedSources("HEADWATER_MQTT_PROXY_FROM", config.proxyProtocol.from);
    if (plans.some(({ transport }) => isWebSocket(transport))) this.#gate = this.#webSocketGate();
  }

  /** Open connections, those included that have not sent CONNECT yet. */
  get links(): Iterable<Link> {
    return this.#links;
  }

  /** Before the first connection that speaks TLS. */
  secureWith(terminator: TlsTerminator): void {
    this.#terminator = terminator;
  }

  /** CONNECT came on this stream: it has no deadline any more. */
  connected(stream: object): void {
    const link = peerOf(stream);
    if (!(link instanceof Link)) return;
    link.stage = undefined;
    this.#handshakes.delete(link);
  }

  /** Cuts the connections that are left. */
  close(): void {
    this.#handshakes.stop();
    for (const link of this.#links) destroy(link);
  }

  /** Of a port that has this plan. */
  accept(plan: ListenerPlan, socket: Socket): void {
    const { config } = this.#options;
    // What goes to the broker at once has the broker's own listener.
    if (plan.proxied || plan.transport !== "tcp") socket.on("error", ignore);
    const address = plainAddress(socket.remoteAddress ?? "");
    const link = new Link(plan.transport, socket, address, performance.now() + config.connectTimeoutMs);
    if (!this.#admission.enter()) {
      this.#cut(link, "too-many-connections");
      return;
    }
    this.#links.add(link);
    bindLink(link);
    socket.on("close", this.#onClose);
    this.#handshakes.add(link);
    if (plan.proxied) this.#readProxyHeader(link);
    else this.#admit(link);
  }

  #readProxyHeader(link: Link): void {
    if (!this.#mayProxy(link.address)) {
      this.#cut(link, "proxy-not-trusted");
      return;
    }
    link.stage = "proxy-header";
    readProxyHeader(link.socket, (error, header) => {
      if (error !== undefined) {
        this.#cut(link, "proxy-header", error.message);
        return;
      }
      link.address = header?.address ?? link.address;
      this.#admit(link);
    });
  }

  /** Its address is known. */
  #admit(link: Link): void {
    link.group = this.#admission.enterGroup(link.address);
    if (link.group === undefined) {
      this.#cut(link, "too-many-from-address");
      return;
    }
    const { transport, socket } = link;
    if (isEncrypted(transport)) {
      link.stage = "tls";
      this.#unwrapping.set(socket, link);
      whenReadable(socket, () => this.#terminator!.secure(socket));
    } else if (turnSlices.hasTime) this.#unwrapped(link);
    else {
      // As long as it waits nobody else listens.
      socket.on("error", ignore);
      inItsTurn(socket, () => this.#unwrapped(link));
    }
  }

  /** TLS is spoken on this connection now. */
  secured(raw: Socket, secure: TLSSocket): void {
    const link = this.#take(raw);
    if (link === undefined) {
      secure.destroy();
      return;
    }
    secure.on("error", ignore);
    link.stream = secure;
    const { clientCertificates } = this.#options.config.tls;
    if (clientCertificates !== "none") {
      const certificate = secure.getPeerX509Certificate();
      if (certificate !== undefined && secure.authorized) link.certificate = peerCertificate(certificate);
      else if (certificate !== undefined) {
        this.#refuseCertificate(link, "client-certificate-untrusted", String(secure.authorizationError));
      } else if (clientCertificates === "require") this.#refuseCertificate(link, "client-certificate-missing");
    }
    if (link.transport === "https") this.#handToHttp(link, secure);
    else if (!link.refused) inItsTurn(secure, () => this.#unwrapped(link));
  }

  /** The TLS handshake on this connection failed. */
  notSecured(raw: Socket, error: NodeJS.ErrnoException): void {
    const link = this.#take(raw);
    if (link !== undefined) this.#cut(link, "tls", error.code ?? error.message);
  }

  #refuseCertificate(link: Link, reason: string, detail?: string): void {
    if (link.transport !== "https") {
      this.#cut(link, reason, detail);
      return;
    }
    this.#refusals.add(link, reason, detail);
    link.certificateProblem = detail ?? "none was shown, and one is required";
  }

  /** Its requests have the HTTP server's own deadlines. */
  #handToHttp(link: Link, secure: TLSSocket): void {
    link.stage = undefined;
    this.#handshakes.delete(link);
    bindPeer(secure, link);
    this.#options.onHttp(secure);
  }

  /** PROXY and TLS are done with. */
  #unwrapped(link: Link): void {
    if (isWebSocket(link.transport)) {
      link.stage = "websocket";
      this.#unwrapping.set(link.stream, link);
      whenReadable(link.stream, () => this.#gate!.upgrade(link.stream));
    } else this.#handOver(link);
  }

  #webSocketGate(): WebSocketGate {
    const { ws, maxPacketBytes } = this.#options.config;
    return new WebSocketGate({
      ...ws,
      maxPayload: maxPacketBytes,
      onOpen: (stream, webSocket) => {
        const link = this.#take(stream);
        if (link === undefined) {
          webSocket.terminate();
          return;
        }
        link.stream = new WebSocketStream(webSocket, (why) => this.#refusals.add(link, why));
        this.#handOver(link);
      },
      onRefused: (stream, reason) => {
        const link = this.#unwrapping.get(stream);
        if (link !== undefined) this.#refusals.add(link, reason);
      },
    });
  }

  #handOver(link: Link): void {
    const { guard, onConnection } = this.#options;
    const { stream } = link;
    link.stage = "connect";
    bindPeer(stream, link);
    guard(stream);
    onConnection(stream);
  }

  #take(stream: Duplex): Link | undefined {
    const link = this.#unwrapping.get(stream);
    this.#unwrapping.delete(stream);
    return link;
  }

  #cut(link: Link, reason: string, detail?: string): void {
    this.#refusals.add(link, reason, detail);
    destroy(link);
  }

  #closed(link: Link): void {
    this.#links.delete(link);
    this.#handshakes.delete(link);
    this.#unwrapping.delete(link.socket);
    this.#unwrapping.delete(link.stream);
    this.#admission.leave();
    if (link.group !== undefined) this.#admission.leaveGroup(link.group);
  }
}

function destroy({ stream, socket }: Link): void {
  stream.destroy();
  socket.destroy();
}

/**
 * The first bytes are here: what is done with them, a handshake or an upgrade, has to wait where very many come at
 * once. Of a stream that ends before, whoever would have read it is told.
 */
function whenReadable(stream: Duplex, begin: () => void): void {
  stream.once("readable", () => inItsTurn(stream, begin));
}

/** Nothing follows for one that has closed meanwhile. */
function inItsTurn(stream: Duplex, work: () => void): void {
  turnSlices.run(() => {
    if (!stream.destroyed) work();
  });
}

function ignore(): void {
  // A broken line ends its connection; the close that follows is what counts.
}
