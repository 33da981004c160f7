import { ResourceError } from "@headwater/core";
import { connectAsync, type MqttClient } from "mqtt";

export interface DeviceOptions {
  readonly mqttUrl: string;
  readonly id: string;
  readonly token: string;
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

  private constructor(id: string, client: MqttClient) {
    this.id = id;
    this.#client = client;
    client.on("message", (topic, payload) => this.#onMessage(topic, payload));
    client.on("reconnect", () => this.reconnects++);
    // mqtt.js reconnects by itself; without a listener the error would end the process.
    client.on("error", () => undefined);
  }

  static async connect(options: DeviceOptions): Promise<SimulatedDevice> {
    const connecting = connectAsync(options.mqttUrl, {
      clientId: options.clientId ?? options.id,
      username: options.id,
      password: options.token,
      clean: false,
      keepalive: options.keepaliveSeconds ?? 30,
      reconnectPeriod: options.reconnectMs ?? 250,
      connectTimeout: options.connectTimeoutMs ?? 10_000,
      protocolVersion: 4,
    });
    const client = await connecting.catch((cause: unknown) => {
      const detail = `${options.id} cannot connect to ${options.mqttUrl}; is that Headwater's MQTT address (--mqtt)?`;
      throw new ResourceError(detail, { cause });
    });
    const device = new SimulatedDevice(options.id, client);
    await client.subscribeAsync(`devices/${options.id}/commands/+`, { qos: 1 });
    return device;
  }

  /** Resolves when the platform has acked, over as many connections as that takes. */
  async publish(payload: string, topic = `devices/${this.id}/telemetry`): Promise<void> {
    this.sent++;
    await this.#client.publishAsync(topic, payload, { qos: 1 });
    this.acked++;
  }

  async close(): Promise<void> {
    await this.#client.endAsync();
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
    this.#client.publish(`devices/${this.id}/commands/${commandId}/reply`, answer, { qos: 1 });
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
