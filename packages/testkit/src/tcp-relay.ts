import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/**
 * A line to a server that keeps its address while the server behind it is killed and comes back on another port. It can
 * be made slow, or swallow everything. While there is no server, connections end at once.
 */
export class TcpRelay {
  /** The port of the server behind, on loopback. */
  target: number | undefined;
  /** What the server says arrives so much later (milliseconds). */
  delayMs = 0;
  /** How many there were, those included that found no server. */
  connections = 0;
  /** Nothing that is sent arrives any more, and neither side is told. */
  swallows = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: number | undefined) {
    this.target = target;
    this.#server = createServer((client) => this.#relay(client));
  }

  static async start(target?: number): Promise<TcpRelay> {
    const relay = new TcpRelay(target);
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  /** Where clients connect. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #relay(client: Socket): void {
    this.connections += 1;
    client.on("error", () => {});
    if (this.target === undefined) {
      client.destroy();
      return;
    }
    const server = connect(this.target, "127.0.0.1");
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        // What it sent last still arrives.
        to.destroySoon();
      });
      from.on("drain", () => to.resume());
      from.on("data", (chunk) => {
        if (this.swallows) return;
        const delay = from === server ? this.delayMs : 0;
        // Timers of the same delay fire in their order.
        if (delay > 0) setTimeout(() => to.write(chunk), delay);
        else if (!to.write(chunk)) from.pause();
      });
    }
  }
}
