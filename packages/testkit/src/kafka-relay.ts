import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/**
 * A request or an answer of Kafka, with its length before it: changed in place, it arrives changed; where the hook
 * answers "swallow" it never does.
 */
export type FrameHook = (apiKey: number, frame: Buffer) => "swallow" | void;

/**
 * A line to one Kafka broker on which bytes can be changed, a whole frame at a time. The broker has to advertise the
 * port of the relay, or its clients go around it.
 */
export class KafkaRelay {
  /** The port of the broker, on loopback. */
  target = 0;
  onRequest: FrameHook = () => {};
  onAnswer: FrameHook = () => {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((client) => this.#relay(client));
  }

  static async start(): Promise<KafkaRelay> {
    const relay = new KafkaRelay();
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
    const broker = connect(this.target, "127.0.0.1");
    /** The kind of each request without an answer, by its correlation id. */
    const asked = new Map<number, number>();
    const request = (frame: Buffer): "swallow" | void => {
      asked.set(frame.readInt32BE(8), frame.readInt16BE(4));
      return this.onRequest(frame.readInt16BE(4), frame);
    };
    const answer = (frame: Buffer): "swallow" | void => this.onAnswer(asked.get(frame.readInt32BE(4)) ?? -1, frame);
    this.#pump(client, broker, request);
    this.#pump(broker, client, answer);
  }

  #pump(from: Socket, to: Socket, hook: (frame: Buffer) => "swallow" | void): void {
    let held: Buffer = Buffer.alloc(0);
    this.#sockets.add(from);
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroySoon();
    });
    from.on("data", (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
        const frame = held.subarray(0, 4 + held.readInt32BE(0));
        held = held.subarray(frame.length);
        if (hook(frame) !== "swallow") to.write(frame);
      }
    });
  }
}

/** Flips one bit of the text where it stands in the frame; false if it does not stand there. */
export function flipBitOf(text: string, frame: Buffer): boolean {
  const at = frame.indexOf(text);
  if (at >= 0) frame[at]! ^= 1;
  return at >= 0;
}
