import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { sleep } from "@headwater/core";
import type { Random } from "../signals/random.ts";

interface Held {
  readonly bytes: Buffer;
  readonly at: number;
}

const mostHeld = 1024 * 1024;
/** Milliseconds between two looks at whether a black hole is over. */
const lookMs = 10;

/** A TCP proxy that makes a line slow, thin, broken or wrong, and is transparent else. */
export class Hop {
  delayMs = 0;
  /** Nothing passes, and nobody is told: as when packets are lost on their way. */
  isBlackHole = false;
  /** New connections are refused. */
  isCut = false;
  bytesPerSecond = Infinity;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #random: Random;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #bits = 0;

  private constructor(target: { host: string; port: number }, random: Random) {
    this.#target = target;
    this.#random = random;
    this.#server = createServer((client) => this.#relay(client));
  }

  /** Rejects if it cannot listen there. */
  static async start(
    listen: { host: string; port: number },
    target: { host: string; port: number },
    random: Random,
  ): Promise<Hop> {
    const hop = new Hop(target, random);
    hop.#server.listen(listen.port, listen.host);
    await once(hop.#server, "listening");
    return hop;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection as a network does. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** One bit is wrong in each of the next pieces that clients send. */
  flip(bits: number): void {
    this.#bits += bits;
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  #relay(client: Socket): void {
    client.on("error", () => undefined);
    if (this.isCut) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target);
    for (const [from, to, isUp] of [
      [client, server, true],
      [server, client, false],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => undefined);
      from.once("close", () => this.#sockets.delete(from));
      this.#pass(from, to, isUp);
    }
  }

  #pass(from: Socket, to: Socket, isUp: boolean): void {
    const held: Held[] = [];
    let bytes = 0;
    let isPassing = false;
    let isOver = false;
    const pass = async (): Promise<void> => {
      if (isPassing) return;
      isPassing = true;
      for (let next = held.shift(); next !== undefined && !to.destroyed; next = held.shift()) {
        await this.#write(next, to, isUp);
        bytes -= next.bytes.length;
        if (bytes < mostHeld) from.resume();
      }
      isPassing = false;
      // What was sent last still arrives.
      if (isOver) to.destroySoon();
    };
    from.on("data", (chunk: Buffer) => {
      held.push({ bytes: chunk, at: performance.now() });
      bytes += chunk.length;
      if (bytes >= mostHeld) from.pause();
      void pass();
    });
    from.once("close", () => {
      isOver = true;
      void pass();
    });
  }

  async #write({ bytes, at }: Held, to: Socket, isUp: boolean): Promise<void> {
    while (this.isBlackHole && !to.destroyed) await sleep(lookMs);
    const wait = at + this.delayMs - performance.now();
    if (wait > 0) await sleep(wait);
    const step = this.bytesPerSecond === Infinity ? bytes.length : Math.max(1, Math.ceil(this.bytesPerSecond / 20));
    for (let from = 0; from < bytes.length && !to.destroyed; from += step) {
      const piece = bytes.subarray(from, from + step);
      if (isUp && this.#bits > 0) this.#flipIn(piece);
      if (!to.write(piece)) await Promise.race([once(to, "drain"), once(to, "close")]).catch(() => undefined);
      if (this.bytesPerSecond !== Infinity) await sleep((piece.length * 1_000) / this.bytesPerSecond);
    }
  }

  #flipIn(piece: Buffer): void {
    this.#bits -= 1;
    const bit = Math.floor(this.#random.next() * piece.length * 8);
    piece[bit >>> 3]! ^= 1 << (bit & 7);
  }
}
