import { connect, createServer, type Server, type Socket } from "node:net";

/** A line to a server, which can be made slow, or swallow everything. */
export class SlowProxy {
  /** What the server says arrives so much later (milliseconds). */
  delayMs = 0;
  /** Nothing that is sent arrives any more, and nothing is said about it. */
  swallows = false;
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(port: number, targetPort: number): Promise<SlowProxy> {
    const server = createServer();
    const proxy = new SlowProxy(server, port);
    server.on("connection", (client) => proxy.#join(client, targetPort));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket, targetPort: number): void {
    const target = connect(targetPort, "127.0.0.1");
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.on("data", (chunk) => {
        if (this.swallows) return;
        const delay = from === target ? this.delayMs : 0;
        // Timers of the same delay fire in their order.
        if (delay > 0) setTimeout(() => to.write(chunk), delay);
        else to.write(chunk);
      });
    }
  }
}
