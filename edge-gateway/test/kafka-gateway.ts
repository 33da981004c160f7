import { openKafkaLog } from "@headwater/event-log/kafka";
import { topicNames, topicSpecs, type EventLog, type TopicNames } from "@headwater/event-log";
import { registerDevice } from "@headwater/aggregates";
import { events, type TelemetryRecord } from "@headwater/proto";
import { ConfigError, nowMicros, randomToken, sha256 } from "@headwater/core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceProcess } from "@headwater/testkit/service-process";
import { TcpRelay } from "@headwater/testkit/tcp-relay";
import { partitionsOf, readAll } from "./gateway-under-test.ts";

export const kafkaPartitions = 6;

export function brokersFromEnvironment(): string {
  const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
  if (brokers === undefined || brokers === "")
    throw new ConfigError("HEADWATER_KAFKA_BROKERS has to name a real Kafka (npm run servers)");
  return brokers;
}

/** A gateway process with a spool in front of a real Kafka, its topics its own. */
export class KafkaGateway {
  readonly prefix: string;
  readonly topics: TopicNames;
  readonly token: string;
  readonly brokers: string;
  log!: EventLog;
  dataDir!: string;
  /** Where this start of it listens. */
  port = 0;
  #process: ServiceProcess | undefined;
  #front!: TcpRelay;
  #shared = false;

  private constructor(brokers: string, prefix = newPrefix(), token = randomToken()) {
    this.brokers = brokers;
    this.prefix = prefix;
    this.topics = topicNames(prefix);
    this.token = token;
  }

  /** Another gateway on the topics of that one, with files of its own. Close it first. */
  static async beside(other: KafkaGateway): Promise<KafkaGateway> {
    const gateway = new KafkaGateway(other.brokers, other.prefix, other.token);
    gateway.dataDir = await mkdtemp(join(tmpdir(), "gateway-kafka-"));
    gateway.#front = await TcpRelay.start();
    gateway.log = other.log;
    gateway.#shared = true;
    return gateway;
  }

  static async create(
    brokers: string,
    devices: readonly string[],
    options: { readonly replication?: number } = {},
  ): Promise<KafkaGateway> {
    const gateway = new KafkaGateway(brokers);
    gateway.dataDir = await mkdtemp(join(tmpdir(), "gateway-kafka-"));
    gateway.#front = await TcpRelay.start();
    gateway.log = await openKafkaLog({ brokers: brokers.split(","), clientId: "gateway-test", ...options });
    await gateway.log.ensureTopics(topicSpecs(kafkaPartitions, gateway.prefix));
    partitionsOf.set(gateway.topics.telemetry, kafkaPartitions);
    const records = devices.map((id) => {
      const credential = { id: "c", kind: "token", hash: sha256(gateway.token), createdAt: 1, expiresAt: 0 };
      const event = registerDevice(undefined, { id, credentials: [credential] }, { at: 1, by: "test", writeId: id });
      return { key: id, value: events.device.encode(event) };
    });
    await gateway.log.append(gateway.topics.devices, records);
    return gateway;
  }

  /** Where devices find it, whichever port it got at its last start. */
  get frontPort(): number {
    return this.#front.port;
  }

  /** HTTP of this start of it. */
  get httpUrl(): string {
    return this.#process!.url("http");
  }

  get pid(): number {
    return this.#process!.pid;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Starts the gateway, or another script that behaves like one. */
  async start(env: Record<string, string> = {}, script = ["gateway-process.ts"]): Promise<void> {
    const [file, ...args] = script as [string, ...string[]];
    this.#process = await ServiceProcess.start(join(import.meta.dirname, file), args, {
      // As `npm start` does it.
      nodeFlags: ["--max-semi-space-size=8"],
      env: {
        HEADWATER_EVENT_LOG: "kafka",
        HEADWATER_KAFKA_BROKERS: this.brokers,
        HEADWATER_TOPIC_PREFIX: this.prefix,
        HEADWATER_PARTITIONS: String(kafkaPartitions),
        HEADWATER_DATA_DIR: this.dataDir,
        HEADWATER_MQTT_PORT: "0",
        HEADWATER_HTTP_PORT: "0",
        HEADWATER_LOG_LEVEL: "error",
        HEADWATER_METRICS_PUBLIC: "true",
        ...env,
      },
    });
    this.port = this.#process.port("mqtt");
    this.#front.target = this.port;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#front.target = undefined;
    await this.#process?.end(signal);
    this.#process = undefined;
  }

  async ready(): Promise<{ status: string; reasons?: string[]; warnings?: string[] }> {
    const answer = await fetch(`${this.httpUrl}/health/ready`);
    return (await answer.json()) as { status: string; reasons?: string[]; warnings?: string[] };
  }

  async metric(name: string, label = ""): Promise<number> {
    const text = await (await fetch(`${this.httpUrl}/metrics`)).text();
    const line = text.split("\n").find((each) => each.split(/[{ ]/, 1)[0] === name && each.includes(label));
    return Number(line?.split(" ").at(-1));
  }

  /** The time to live of a command is long, where the end of it is not what is tested. */
  async requestCommand(
    device: string,
    commandId: string,
    request: { name?: string; ttlMs?: number; redeliver?: boolean } = {},
  ): Promise<void> {
    const requested = { name: "shut", params: "", ttlMs: 600_000, requestedBy: "test", ...request };
    const value = events.command.encode({ commandId, device, at: nowMicros(), requested });
    await this.log.append(this.topics.commands, [{ key: device, value }]);
  }

  async commands(commandId: string): Promise<ReturnType<typeof events.command.decode>[]> {
    const all = await readAll(this.log, this.topics.commands);
    return all.map(({ value }) => events.command.decode(value!)).filter((event) => event.commandId === commandId);
  }

  /** The events in the log, each identity once, in the order of their partitions. */
  async events(): Promise<TelemetryRecord[]> {
    const seen = new Set<string>();
    const unique: TelemetryRecord[] = [];
    for (const { value } of await readAll(this.log, this.topics.telemetry)) {
      const record = events.telemetry.decode(value!);
      const identity = `${record.epoch}/${record.device}/${record.n}`;
      if (record.readings.length === 0 || seen.has(identity)) continue;
      seen.add(identity);
      unique.push(record);
    }
    return unique;
  }

  async close(): Promise<void> {
    await this.kill("SIGKILL");
    await this.#front.stop();
    if (!this.#shared) await this.log.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

function newPrefix(): string {
  return `gw-${randomToken()
    .slice(0, 10)
    .replaceAll(/[^A-Za-z0-9]/g, "x")}.`;
}
