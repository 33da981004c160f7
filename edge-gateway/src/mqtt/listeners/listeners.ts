import { CertificateWatch } from "./certificate-watch.ts";
import { ConnectionSetup, type ConnectionSetupOptions } from "./connection-setup.ts";
import { isEncrypted, isWebSocket, planListeners, type Transport } from "./listener-plan.ts";
import { Port } from "./port.ts";
import { TlsTerminator } from "./tls-terminator.ts";

/** The address of a listener, for people and their clients. */
export interface ListenerAddress {
  readonly transport: Transport;
  readonly port: number;
  readonly url: string;
}

const schemes = { tcp: "mqtt", tls: "mqtts", ws: "ws", wss: "wss", https: "https" } as const;
/**
 * Everything that MQTT comes in by, and HTTPS. A connection passes the limits, then says whom it speaks for (PROXY),
 * then TLS, then WebSocket, each only where it is spoken; what comes out is a stream with a peer, the same for all: of
 * MQTT bytes for the broker, of HTTPS for the HTTP server.
 */
export class Listeners {
  readonly #options: ConnectionSetupOptions;
  readonly #ports: readonly Port[];
  readonly #setup: ConnectionSetup;
  readonly #certificates: CertificateWatch | undefined;
  #terminator: TlsTerminator | undefined;

  /** Throws ConfigError if the settings contradict each other. */
  constructor(options: ConnectionSetupOptions) {
    this.#options = options;
    const { config, metrics, logger } = options;
    const plans = planListeners(config);
    this.#setup = new ConnectionSetup(options, plans);
    this.#ports = plans.map((plan) => {
      const accepted = metrics.accepted.labels({ transport: plan.transport });
      return new Port(plan, (socket) => {
        accepted.inc();
        this.#setup.accept(plan, socket);
      });
    });
    if (plans.some(({ transport }) => isEncrypted(transport))) {
      this.#certificates = new CertificateWatch({
        settings: config.tls,
        logger,
        onChanged: (material) => {
          this.#terminator!.use(material);
          metrics.certificateReloads.labels({ outcome: "taken" }).inc();
        },
        onFailed: () => metrics.certificateReloads.labels({ outcome: "failed" }).inc(),
      });
    }
  }

  /** After the start: those that are on. */
  get addresses(): readonly ListenerAddress[] {
    return this.#ports.map(({ number, plan: { transport, host } }) => {
      const path = isWebSocket(transport) ? this.#options.config.ws.paths[0] : "";
      const name = host.includes(":") ? `[${host}]` : host;
      return { transport, port: number, url: `${schemes[transport]}://${name}:${number}${path}` };
    });
  }

  /** Connections of each listener, those included that have not sent CONNECT yet. */
  countByTransport(): ReadonlyMap<Transport, number> {
    const counts = new Map<Transport, number>(this.#ports.map(({ plan }) => [plan.transport, 0]));
    for (const { transport } of this.#setup.links) counts.set(transport, counts.get(transport)! + 1);
    return counts;
  }

  /** When the server certificate expires (milliseconds since the epoch); undefined without TLS, or before the start. */
  get certificateExpiresAt(): number | undefined {
    return this.#terminator === undefined ? undefined : this.#certificates?.material.expiresAt;
  }

  /** Throws ResourceError if a port or a certificate cannot be used. */
  async start(): Promise<void> {
    if (this.#certificates !== undefined) {
      const { config } = this.#options;
      this.#terminator = new TlsTerminator({
        material: await this.#certificates.load(),
        askForCertificate: config.tls.clientCertificates !== "none",
        timeoutMs: config.connectTimeoutMs,
        onSecure: (raw, secure) => this.#setup.secured(raw, secure),
        onFailed: (raw, error) => this.#setup.notSecured(raw, error),
      });
      this.#setup.secureWith(this.#terminator);
      this.#certificates.start();
    }
    for (const port of this.#ports) await port.listen();
  }

  /** CONNECT came on this stream: it has no deadline any more. */
  connected(stream: object): void {
    this.#setup.connected(stream);
  }

  /** Takes no new connections. */
  stopAccepting(): void {
    for (const port of this.#ports) port.stop();
  }

  /** Cuts the connections that are left. */
  async close(): Promise<void> {
    this.stopAccepting();
    this.#setup.close();
    await this.#certificates?.stop();
  }
}
