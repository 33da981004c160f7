import { RawDevice } from "./raw-device.ts";

/**
 * A device with a session that outlives its connections, of MQTT 3.1.1 and 5 by turns: it numbers what it says, keeps
 * so many messages open, and after a reconnect first sends again, with DUP and as they were, those that were not
 * acknowledged.
 */
export class ResendingDevice {
  readonly device: string;
  readonly acked = new Set<number>();
  /** By packet identifier, in the order in which they were sent. */
  readonly #open = new Map<number, number>();
  readonly #inFlight: number;
  resent = 0;
  #next = 0;
  #packetId = 0;
  #connects = 0;
  #raw: RawDevice | undefined;

  constructor(device: string, inFlight: number) {
    this.device = device;
    this.#inFlight = inFlight;
  }

  /** How many messages there are, acknowledged or not. */
  get sent(): number {
    return this.#next;
  }

  get open(): number {
    return this.#open.size;
  }

  async connect(port: number, password: string): Promise<void> {
    const raw = await RawDevice.connect(port, {
      username: this.device,
      password,
      clientId: this.device,
      clean: false,
      version: this.#connects % 2 === 0 ? 5 : 4,
    });
    this.#connects += 1;
    this.#raw = raw;
    let seen = 0;
    raw.onHeard = () => {
      for (; seen < raw.heard.length; seen += 1) {
        const packet = raw.heard[seen]!;
        if (packet.cmd === "puback") this.#ack(packet.messageId!);
      }
      this.#fill();
    };
    for (const [messageId, value] of this.#open) {
      this.resent += 1;
      this.#publish(messageId, value, true);
    }
    raw.onHeard();
  }

  /** Sends nothing new any more. */
  stop(): void {
    this.#stopped = true;
  }
  #stopped = false;

  cut(): void {
    this.#raw?.cut();
  }

  #ack(messageId: number): void {
    const value = this.#open.get(messageId);
    if (value === undefined) return;
    this.#open.delete(messageId);
    this.acked.add(value);
  }

  #fill(): void {
    while (!this.#stopped && this.#open.size < this.#inFlight && !this.#raw!.isClosed) {
      this.#packetId = (this.#packetId % 65_535) + 1;
      const value = this.#next;
      this.#next += 1;
      this.#open.set(this.#packetId, value);
      this.#publish(this.#packetId, value, false);
    }
  }

  #publish(messageId: number, value: number, dup: boolean): void {
    this.#raw!.publish(`devices/${this.device}/telemetry`, `{"i":${value}}`, { messageId, dup });
  }
}
