import { FatalError } from "@headwater/service-kit";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { bindPeer } from "./peer.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  /** Put onto each stream before the broker sees it: it checks every byte. */
  readonly guard: (stream: Duplex) => void;
  readonly onConnection: (stream: Duplex) => void;
  readonly onRefused: () => void;
}

/** MQTT over TCP. Every byte passes a framing guard before the broker reads it. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = options.maxConnections;
    this.#server.on("drop", () => options.onRefused());
  }

  /** Resolves with the port. Throws FatalError if the address cannot be had. */
  async start(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
      this.#server.listen(port, host, 4096, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new connections. */
  stopAccepting(): void {
    this.#server.close();
  }

  /** Cuts what is still connected. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    bindPeer(socket, { transport: "tcp", address: socket.remoteAddress ?? "" });
    this.#options.guard(socket);
    this.#options.onConnection(socket);
  }
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const where = `MQTT port ${port} on ${host}`;
  switch (error.code) {
    case "EADDRINUSE":
      return new FatalError(`${where} is in use; stop what listens there or set HEADWATER_MQTT_PORT to a free port`);
    case "EACCES":
      return new FatalError(`${where} may not be used by this user; set HEADWATER_MQTT_PORT to a port above 1023`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new FatalError(`${where} cannot be listened on: this machine has no such address`);
    default:
      return new FatalError(`${where} cannot be listened on (${error.code ?? error.message})`, { cause: error });
  }
}
