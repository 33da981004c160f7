import mqttPacket, { type Packet } from "mqtt-packet";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/**
 * A line between a bridge and its broker that writes down which messages went over it, and which the bridge
 * acknowledged.
 */
export class MqttProxy {
  /** Payloads that the broker delivered. */
  readonly delivered = new Set<string>();
  /** Payloads of which a PUBACK went to the broker. */
  readonly acknowledged = new Set<string>();
  /** Payloads whose line broke before their PUBACK, and that were not delivered again. */
  readonly cutOff = new Set<string>();
  /** Times that a PUBACK was not the one of the oldest unacknowledged message. */
  outOfOrder = 0;
  connections = 0;
  pings = 0;
  /** The bridge's PUBACKs get lost on the way. */
  swallowsAcks = false;
  readonly #server: Server;
  readonly #version: number;
  readonly #sockets = new Set<Socket>();

  private constructor(brokerPort: number, version: number) {
    this.#version = version;
    this.#server = createServer((bridge) => {
      const broker = connect(brokerPort, "127.0.0.1");
      this.connections += 1;
      // The payloads that wait for their PUBACK, in the order of delivery.
      const waiting = new Map<number, string>();
      broker.once("close", () => {
        for (const payload of waiting.values()) this.cutOff.add(payload);
      });
      this.#join(
        broker,
        bridge,
        () => true,
        (packet) => {
          if (packet.cmd !== "publish" || packet.qos === 0) return;
          const payload = packet.payload.toString();
          this.delivered.add(payload);
          this.cutOff.delete(payload);
          waiting.delete(packet.messageId!);
          waiting.set(packet.messageId!, payload);
        },
      );
      const forwards = (): boolean => !this.swallowsAcks;
      this.#join(bridge, broker, forwards, (packet) => {
        if (packet.cmd === "pingreq") this.pings += 1;
        if (packet.cmd !== "puback") return;
        const id = packet.messageId!;
        if (waiting.keys().next().value !== id) this.outOfOrder += 1;
        this.acknowledged.add(waiting.get(id)!);
        waiting.delete(id);
      });
    });
  }

  static async start(brokerPort: number, version = 4): Promise<MqttProxy> {
    const proxy = new MqttProxy(brokerPort, version);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As if the line broke. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #join(from: Socket, to: Socket, forwards: () => boolean, see: (packet: Packet) => void): void {
    this.#sockets.add(from);
    const parser = mqttPacket.parser({ protocolVersion: this.#version });
    parser.on("packet", see);
    from.on("data", (chunk) => {
      parser.parse(chunk);
      if (forwards()) to.write(chunk);
    });
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
