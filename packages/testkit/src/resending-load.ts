import mqttPacket, { type Packet } from "mqtt-packet";
import { connect, type Socket } from "node:net";

export interface LoadTarget {
  readonly port: number;
  readonly password: string;
}

/**
 * Devices as they should be: each sends numbers in order at QoS 1, some in flight at a time, keeps what is not
 * acknowledged, connects again when the line breaks, and then sends that again, marked so, under the same packet
 * identifiers. They speak MQTT 5 and 3.1.1 by turns: half of them each, and each of them the other one when it comes
 * back to its session.
 */
export class ResendingLoad {
  readonly devices: readonly ResendingDevice[];

  constructor(names: readonly string[], target: LoadTarget, inFlight: number) {
    this.devices = names.map((name, index) => new ResendingDevice(name, target, inFlight, index));
  }

  start(): void {
    for (const device of this.devices) device.start();
  }

  get acked(): number {
    return this.devices.reduce((sum, { acked }) => sum + acked.size, 0);
  }

  /** How many times a line was lost. */
  get losses(): number {
    return this.devices.reduce((sum, { losses }) => sum + losses, 0);
  }

  /** Sends nothing new; resolves once all that was sent is acknowledged. */
  async settle(withinMs: number): Promise<void> {
    for (const device of this.devices) device.finish();
    const deadline = performance.now() + withinMs;
    while (this.devices.some((device) => device.open > 0)) {
      if (performance.now() > deadline) throw new RangeError(`${this.#open} messages were not acknowledged in time`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  stop(): void {
    for (const device of this.devices) device.stop();
  }

  get #open(): number {
    return this.devices.reduce((sum, { open }) => sum + open, 0);
  }
}

const pingEveryMs = 5000;
/** Reason codes of MQTT 5 from here on say that a message was not taken. */
const failure = 0x80;

class ResendingDevice {
  readonly name: string;
  readonly acked = new Set<number>();
  losses = 0;
  /** How many answers to pings came. */
  pongs = 0;
  readonly #target: LoadTarget;
  readonly #inFlight: number;
  /** By packet identifier, in the order of sending. */
  readonly #open = new Map<number, number>();
  #next = 0;
  #packetId = 0;
  /** Connections so far, from a number of its own on. */
  #turn: number;
  #version: 4 | 5 = 5;
  #socket: Socket | undefined;
  #sending = false;
  #stopped = false;

  constructor(name: string, target: LoadTarget, inFlight: number, turn: number) {
    this.#turn = turn;
    this.name = name;
    this.#target = target;
    this.#inFlight = inFlight;
  }

  get open(): number {
    return this.#open.size;
  }

  start(): void {
    this.#sending = true;
    this.#connect();
  }

  finish(): void {
    this.#sending = false;
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.destroy();
  }

  #connect(): void {
    if (this.#stopped) return;
    const socket = connect(this.#target.port, "127.0.0.1");
    this.#socket = socket;
    const version = this.#turn % 2 === 0 ? 5 : 4;
    this.#turn += 1;
    this.#version = version;
    const parser = mqttPacket.parser({ protocolVersion: version });
    let ready = false;
    const ping = setInterval(() => this.#write({ cmd: "pingreq" }), pingEveryMs);
    parser.on("packet", (packet: Packet) => {
      if (packet.cmd === "connack" && (version === 5 ? packet.reasonCode : packet.returnCode) === 0) {
        ready = true;
        for (const [packetId, number] of this.#open) this.#publish(packetId, number, true);
        this.#fill();
      } else if (packet.cmd === "puback" && (packet.reasonCode ?? 0) < failure) {
        const number = this.#open.get(packet.messageId!);
        if (number === undefined) return;
        this.#open.delete(packet.messageId!);
        this.acked.add(number);
        this.#fill();
      } else if (packet.cmd === "pingresp") this.pongs += 1;
    });
    socket.on("data", (chunk) => parser.parse(chunk));
    socket.on("error", () => {});
    socket.once("connect", () =>
      this.#write({
        ...{ cmd: "connect", protocolId: "MQTT", protocolVersion: version, clientId: `c-${this.name}`, clean: false },
        ...(version === 5 && { properties: { sessionExpiryInterval: 3600 } }),
        ...{ keepalive: 30, username: this.name, password: Buffer.from(this.#target.password) },
      }),
    );
    socket.once("close", () => {
      clearInterval(ping);
      if (ready) this.losses += 1;
      setTimeout(() => this.#connect(), 50 + Math.random() * 100);
    });
  }

  #fill(): void {
    while (this.#sending && this.#open.size < this.#inFlight) {
      this.#packetId = (this.#packetId % 65_535) + 1;
      const number = this.#next++;
      this.#open.set(this.#packetId, number);
      this.#publish(this.#packetId, number, false);
    }
  }

  #publish(messageId: number, number: number, dup: boolean): void {
    const payload = `{"i":${number},"x":0.5}`;
    this.#write({
      cmd: "publish",
      topic: `devices/${this.name}/telemetry`,
      payload,
      qos: 1,
      messageId,
      dup,
      retain: false,
    });
  }

  #write(packet: Packet): void {
    if (this.#socket?.writable === true) {
      this.#socket.write(mqttPacket.generate(packet, { protocolVersion: this.#version }));
    }
  }
}
