import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { partitionFor, topicNames, topicSpecs, type EventLog, type LogRecord } from "@headwater/event-log";
import { registerDevice } from "@headwater/aggregates";
import { events, type TelemetryRecord } from "@headwater/proto";
import { createLogger, createMetrics, loadConfig } from "@headwater/service";
import { nowMicros, randomToken, sha256, silentLogger, type Logger } from "@headwater/core";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGatewayApp, gatewayConfig, type GatewayApp, type GatewayDeps } from "../src/app.ts";

export const topics = topicNames();
export const partitions = 4;

/** A gateway on a real embedded log, and what tests do with it. */
export class GatewayUnderTest {
  readonly dataDir: string;
  log!: EventLog;
  app!: GatewayApp;
  metrics = createMetrics({ service: "gateway", processMetrics: false });
  readonly #deps: Partial<GatewayDeps>;
  readonly #env: Record<string, string>;
  readonly #clients: MqttClient[] = [];
  readonly logger: Logger =
    process.env["VERBOSE"] === undefined ? silentLogger : createLogger({ component: "gateway" });

  private constructor(dataDir: string, env: Record<string, string>, deps: Partial<GatewayDeps>) {
    this.dataDir = dataDir;
    this.#env = env;
    this.#deps = deps;
  }

  static async start(env: Record<string, string> = {}, deps: Partial<GatewayDeps> = {}): Promise<GatewayUnderTest> {
    const dataDir = deps.dataDir ?? (await mkdtemp(join(tmpdir(), "gateway-")));
    const under = new GatewayUnderTest(dataDir, env, deps);
    try {
      await under.up();
    } catch (error) {
      // One that does not start leaves nothing behind.
      if (deps.log === undefined) await under.log.close();
      if (deps.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      throw error;
    }
    return under;
  }

  async up(): Promise<void> {
    this.log = this.#deps.log ?? (await openEmbeddedLog({ dataDir: join(this.dataDir, "log") }));
    await this.log.ensureTopics(topicSpecs(partitions));
    await this.upGateway();
  }

  async upGateway(deps: Partial<GatewayDeps> = {}): Promise<void> {
    const config = loadConfig(gatewayConfig, {
      env: { HEADWATER_MQTT_PORT: "0", HEADWATER_MARK_BUSY_MS: "50", HEADWATER_MARK_QUIET_MS: "200", ...this.#env },
    });
    this.metrics = createMetrics({ service: "gateway", processMetrics: false });
    this.app = createGatewayApp({
      config,
      log: this.log,
      topics,
      partitions,
      durable: "log",
      dataDir: this.dataDir,
      logger: this.logger,
      metrics: this.metrics,
      ...this.#deps,
      ...deps,
    });
    await this.app.start();
  }

  async downGateway(): Promise<void> {
    await this.app.stop();
  }

  async restart(): Promise<void> {
    await this.app.stop();
    await this.upGateway();
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.end(true);
    await this.app.stop();
    await this.log.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Registers a device in the log and answers with its token. */
  /** `revision`: of a device that was there before. */
  async register(id: string, revision = 1): Promise<string> {
    const token = randomToken();
    const credential = { id: "c1", kind: "token", hash: sha256(token), createdAt: nowMicros(), expiresAt: 0 };
    const event = registerDevice(
      undefined,
      { id, credentials: [credential] },
      { at: nowMicros(), by: "test", writeId: `w-${id}-${revision}` },
    );
    await this.log.append(topics.devices, [{ key: id, value: events.device.encode({ ...event, revision }) }]);
    return token;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.app.mqttPort}`;
  }

  async connect(username?: string, password?: string, options: IClientOptions = {}): Promise<MqttClient> {
    return this.connectTo(this.url, { username, password, ...options });
  }

  /** Over whatever transport the URL says. */
  async connectTo(url: string, options: IClientOptions): Promise<MqttClient> {
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, ...options });
    client.on("error", () => {});
    this.#clients.push(client);
    return client;
  }

  async connectDevice(id: string, options: IClientOptions = {}): Promise<MqttClient> {
    return this.connect(id, await this.register(id), options);
  }

  /** Everything of a topic, in the order of its partitions. */
  async records(topic: string): Promise<LogRecord[]> {
    return readAll(this.log, topic);
  }

  /** The events of telemetry.v1 (without marks and gaps). */
  async events(): Promise<TelemetryRecord[]> {
    return (await this.telemetry()).filter((record) => record.readings.length > 0);
  }

  async telemetry(): Promise<TelemetryRecord[]> {
    return (await this.records(topics.telemetry)).map(({ value }) => events.telemetry.decode(value!));
  }

  async devices(): Promise<ReturnType<typeof events.device.decode>[]> {
    return (await this.records(topics.devices)).map(({ value }) => events.device.decode(value!));
  }

  async quarantined(): Promise<ReturnType<typeof events.quarantine.decode>[]> {
    return (await this.records(topics.quarantine)).map(({ value }) => events.quarantine.decode(value!));
  }

  async presence(): Promise<ReturnType<typeof events.presence.decode>[]> {
    return (await this.records(topics.presence)).map(({ value }) => events.presence.decode(value!));
  }

  async commands(): Promise<ReturnType<typeof events.command.decode>[]> {
    return (await this.records(topics.commands)).map(({ value }) => events.command.decode(value!));
  }

  async requestCommand(
    device: string,
    commandId: string,
    request: {
      name: string;
      params?: string;
      ttlMs?: number;
      redeliver?: boolean;
      cause?: { eventTime: number };
      life?: number;
    },
  ): Promise<void> {
    const value = events.command.encode({
      commandId,
      device,
      at: nowMicros(),
      requested: { params: "", ttlMs: 60_000, requestedBy: "test", ...request },
    });
    await this.log.append(topics.commands, [{ key: device, value }]);
  }

  /** Many at once, in this order. */
  async requestCommands(device: string, commandIds: readonly string[]): Promise<void> {
    const requested = { name: "shut", params: "", ttlMs: 600_000, requestedBy: "test" };
    await this.log.append(
      topics.commands,
      commandIds.map((commandId) => ({
        key: device,
        value: events.command.encode({ commandId, device, at: nowMicros(), requested }),
      })),
    );
  }

  /**
   * Every lane ends with a mark of this receive time (µs): as if the wall clock had been there. The gateway is down
   * meanwhile.
   */
  async pretendReceived(receivedAt: number): Promise<void> {
    const last = new Map<number, TelemetryRecord>();
    for (const { partition } of await this.log.positions(topics.telemetry)) {
      for await (const batch of this.log.read(topics.telemetry, partition)) {
        for (const { value } of batch.records) last.set(partition, events.telemetry.decode(value!));
      }
    }
    for (const [partition, { gateway, epoch, n, mark }] of last) {
      const value = events.telemetry.encode({
        gateway,
        epoch,
        n: n + 1,
        receivedAt,
        eventTime: receivedAt,
        mark: mark ?? {},
      });
      await this.log.append(topics.telemetry, [{ partition, value, key: null }]);
    }
  }

  async metric(name: string, labels = ""): Promise<number> {
    const text = await this.metrics.register.metrics();
    const line = text.split("\n").find((it) => it.startsWith(`${name}{`) && it.includes(labels));
    return line === undefined ? 0 : Number(line.split(" ").at(-1));
  }
}

export async function readAll(log: EventLog, topic: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (const { partition } of await log.positions(topic)) {
    for await (const batch of log.read(topic, partition)) records.push(...batch.records);
  }
  return records;
}

/** Checks that every lane in the log is dense: n from 1 on, each once or again in a repetition, none left out. */
export async function laneProblems(log: EventLog, topic = topics.telemetry): Promise<string[]> {
  const problems: string[] = [];
  for (const { partition } of await log.positions(topic)) {
    const last = new Map<string, number>();
    const promised = new Map<string, number>();
    for await (const batch of log.read(topic, partition)) {
      for (const { value } of batch.records) {
        const record = events.telemetry.decode(value!);
        const lane = `${record.gateway}/${record.epoch}/${partition}`;
        const seen = last.get(lane) ?? 0;
        if (record.n <= seen) continue;
        if (record.n > seen + 1) problems.push(`${lane}: ${record.n} after ${seen}`);
        last.set(lane, record.n);
        const promise = promised.get(record.gateway) ?? 0;
        if (record.receivedAt < promise)
          problems.push(`${lane}: n ${record.n} received at ${record.receivedAt}, promised ${promise}`);
        promised.set(record.gateway, record.receivedAt);
        if (record.device !== "" && partitionFor(record.device, partitionsOf.get(topic) ?? partitions) !== partition) {
          problems.push(`${record.device} is in partition ${partition}`);
        }
      }
    }
  }
  return problems;
}

export const partitionsOf = new Map<string, number>();
