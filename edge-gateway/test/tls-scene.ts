import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { TestAuthority, writeServerFiles, type Issued } from "./certificates.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

/** A gateway that speaks TLS, with a certificate of an authority of its own, and the connections to it. */
export class TlsScene {
  readonly folder: string;
  readonly authority: TestAuthority;
  gateway: GatewayUnderTest | undefined;
  token = "";
  readonly #sockets: TLSSocket[] = [];

  private constructor(folder: string, authority: TestAuthority) {
    this.folder = folder;
    this.authority = authority;
  }

  static async create(): Promise<TlsScene> {
    return new TlsScene(await mkdtemp(join(tmpdir(), "listeners-")), await TestAuthority.create());
  }

  async start(env: Record<string, string> = {}, server?: Issued): Promise<GatewayUnderTest> {
    const files = await writeServerFiles(this.folder, this.authority, server);
    this.gateway = await GatewayUnderTest.start({ ...files, HEADWATER_MQTT_TLS_RELOAD_MS: "50", ...env });
    this.token = await this.gateway.register("d");
    return this.gateway;
  }

  portOf(transport: string): number {
    return this.gateway!.app.mqttAddresses.find((address) => address.transport === transport)!.port;
  }

  dial(options: ConnectionOptions = {}): TLSSocket {
    const socket = connect({ port: this.portOf("tls"), host: "127.0.0.1", ca: this.authority.cert, ...options });
    socket.on("error", () => {});
    this.#sockets.push(socket);
    return socket;
  }

  /** A device that has logged in; undefined if it was not let in. */
  async login(options: ConnectionOptions = {}): Promise<RawDevice | undefined> {
    const socket = this.dial(options);
    await Promise.race([secured(socket), closed(socket)]);
    if (socket.destroyed) return undefined;
    try {
      return await RawDevice.over(socket, { clientId: "c", username: "d", password: this.token });
    } catch {
      return undefined;
    }
  }

  /** The fingerprint of the certificate that the gateway shows now. */
  async shown(options: ConnectionOptions = {}): Promise<string> {
    const socket = this.dial(options);
    await once(socket, "secureConnect");
    return socket.getPeerX509Certificate()!.fingerprint256;
  }

  refused(reason: string): Promise<number> {
    return this.gateway!.metric("headwater_gateway_refused_connections_total", `"${reason}"`);
  }

  reloads(outcome: string): Promise<number> {
    return this.gateway!.metric("headwater_gateway_certificate_reloads_total", `"${outcome}"`);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    await this.gateway?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("secureConnect", () => resolve());
  });
}

export function closed(socket: { once(event: "close", listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
  });
}
