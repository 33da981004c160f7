import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A client that sends bytes and waits for bytes, no more. */
export class RawPeer {
  isClosed = false;
  #heard: Buffer = Buffer.alloc(0);
  readonly #socket: Socket;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.#heard = Buffer.concat([this.#heard, chunk]);
      this.#wake();
    });
    // A reset is a way to close a connection.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new RawPeer(socket);
  }

  send(bytes: Uint8Array): void {
    if (!this.isClosed) this.#socket.write(bytes);
  }

  /**
   * Answers with the next bytes, so many, or with as many as came before the connection closed or the time was over.
   */
  async receive(count: number, timeoutMs: number): Promise<Buffer> {
    await this.#until(() => this.#heard.length >= count, timeoutMs);
    const bytes = this.#heard.subarray(0, count);
    this.#heard = this.#heard.subarray(count);
    return bytes;
  }

  /** Whether the connection closes in time. */
  async closes(timeoutMs: number): Promise<boolean> {
    await this.#until(() => this.isClosed, timeoutMs);
    return this.isClosed;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #until(done: () => boolean, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!done() && !this.isClosed && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, deadline - performance.now()));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
