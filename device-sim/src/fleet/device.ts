import { ResourceError } from "@headwater/core";
import { connect, type IConnackPacket, type MqttClient } from "mqtt";

export interface DeviceOptions {
  readonly mqttUrl: string;
  readonly id: string;
  readonly token: string;
  /** As its CONNECT says it: 4 is 3.1.1. Default: 5. */
  readonly mqttVersion?: 4 | 5;
  readonly clientId?: string;
  readonly keepaliveSeconds?: number;
  readonly reconnectMs?: number;
  /** Attempts at the first connection: the gateway may need a moment to learn of a device registered just before. */
  readonly connectTimeoutMs?: number;
}

export interface ExecutedCommand {
  readonly commandId: string;
  readonly name: string;
  readonly params: unknown;
}

interface CommandMessage {
  readonly name: string;
  readonly params?: unknown;
}

/**
 * A device as a careful engineer would build it: a persistent session, QoS 1, publishes repeated until acked, commands
 * executed once by command id and answered.
 */
export class SimulatedDevice {
  readonly id: string;
  /** In the order of execution; a repeated delivery is answered again but not executed again. */
  readonly executed: ExecutedCommand[] = [];
  acked = 0;
  sent = 0;
  repeatedDeliveries = 0;
  reconnects = 0;
  readonly #client: MqttClient;
  readonly #answers = new Map<string, string>();
  /** Publishes that the broker takes without having acknowledged them, of which mqtt.js takes no notice. */
  #receiveMaximum = 65_535;
  #unacked = 0;
  readonly #waiting: (() => void)[] = [];

  private constructor(id: string, client: MqttClient) {
    this.id = id;
    this.#client = client;
    client.on("message", (topic, payload) => this.#onMessage(topic, payload));
    client.on("reconnect", () => this.reconnects++);
    client.on("connect", (connack) => this.#connected(connack));
    // mqtt.js reconnects by itself; without a listener the error would end the process.
    client.on("error", () => undefined);
  }

  static async connect(options: DeviceOptions): Promise<SimulatedDevice> {
    const { id, mqttUrl, mqttVersion = 5 } = options;
    const client = connect(mqttUrl, {
      clientId: options.clientId ?? id,
      username: id,
      password: options.token,
      clean: false,
      keepalive: options.keepaliveSeconds ?? 30,
      reconnectPeriod: options.reconnectMs ?? 250,
      connectTimeout: options.connectTimeoutMs ?? 10_000,
      protocolVersion: mqttVersion,
      // In 3.1.1 a session that is not clean does not expire by itself either.
      ...(mqttVersion === 5 && { properties: { sessionExpiryInterval: 0xffff_ffff } }),
    });
    const device = new SimulatedDevice(id, client);
    try {
      await new Promise((resolve, reject) => client.once("connect", resolve).once("error", reject));
    } catch (cause) {
      client.end();
      const detail = `${id} cannot connect to ${mqttUrl}; is that Headwater's MQTT address (--mqtt)?`;
      throw new ResourceError(detail, { cause });
    }
    await client.subscribeAsync(`devices/${id}/commands/+`, { qos: 1 });
    return device;
  }

  /** Resolves when the platform has acked, over as many connections as that takes. */
  async publish(payload: string, topic = `devices/${this.id}/telemetry`): Promise<void> {
    this.sent++;
    await this.#send(topic, payload);
    this.acked++;
  }

  async close(): Promise<void> {
    await this.#client.endAsync();
  }

  async #send(topic: string, payload: string): Promise<void> {
    while (this.#unacked >= this.#receiveMaximum) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#unacked++;
    try {
      await this.#client.publishAsync(topic, payload, { qos: 1 });
    } finally {
      this.#unacked--;
      this.#waiting.shift()?.();
    }
  }

  #connected({ properties }: IConnackPacket): void {
    this.#receiveMaximum = properties?.receiveMaximum ?? 65_535;
  }

  #onMessage(topic: string, payload: Buffer): void {
    const [, , kind, commandId, extra] = topic.split("/");
    if (kind !== "commands" || commandId === undefined || extra !== undefined) return;
    let answer = this.#answers.get(commandId);
    if (answer === undefined) {
      answer = this.#execute(commandId, payload);
      this.#answers.set(commandId, answer);
    } else {
      this.repeatedDeliveries++;
    }
    // One that fails is asked for by a repeated command.
    this.#send(`devices/${this.id}/commands/${commandId}/reply`, answer).catch(() => undefined);
  }

  #execute(commandId: string, payload: Buffer): string {
    let command: CommandMessage;
    try {
      command = JSON.parse(payload.toString("utf8")) as CommandMessage;
    } catch {
      return JSON.stringify({ status: "rejected", result: { reason: "the command is not JSON" } });
    }
    this.executed.push({ commandId, name: command.name, params: command.params });
    return JSON.stringify({ status: "succeeded", result: { executed: command.name } });
  }
}
