import { registerDevice } from "@headwater/aggregates";
import { topicNames, topicSpecs, type EventLog } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { ResourceError, nowMicros, sha256 } from "@headwater/core";
import { endsWithUs } from "@headwater/testkit/ends-with-us";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { commandLineOf } from "../scripts/measure/command-line-of.ts";

export interface GatewayProcessOptions {
  readonly log: EventLog;
  readonly brokers: string;
  readonly prefix: string;
  readonly partitions: number;
  readonly dataDir: string;
  /** Where its program is; default: this checkout. */
  readonly checkout?: string;
  readonly devices: readonly { readonly id: string; readonly token: string }[];
}

/** `headwater start gateway`, as an operator starts it: a process with its spool on disk, in front of a real Kafka. */
export class GatewayProcess {
  readonly topics;
  readonly #options: GatewayProcessOptions;
  #child!: ChildProcess;
  port = 0;

  private constructor(options: GatewayProcessOptions) {
    this.#options = options;
    this.topics = topicNames(options.prefix);
  }

  /**
   * Makes the topics, registers the devices, and starts it. BENCH_NODE_FLAGS and HEADWATER_* of the environment are
   * passed on.
   */
  static async start(options: GatewayProcessOptions): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(options);
    await options.log.ensureTopics(topicSpecs(options.partitions, options.prefix));
    await gateway.#register();
    await gateway.#spawn();
    return gateway;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** As the machine's power would: nothing of it is told. */
  async kill(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  /** After kill(): on its spool, and on another port. */
  async restart(): Promise<void> {
    await this.#spawn();
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }

  async #register(): Promise<void> {
    const { log, devices } = this.#options;
    const at = nowMicros();
    for (let from = 0; from < devices.length; from += 5000) {
      const records = devices.slice(from, from + 5000).map(({ id, token }) => {
        const credential = { id: "c1", kind: "token", hash: sha256(token), createdAt: at, expiresAt: 0 };
        const event = registerDevice(undefined, { id, credentials: [credential] }, { at, by: "bench", writeId: id });
        return { key: id, value: events.device.encode(event) };
      });
      await log.append(this.topics.devices, records);
    }
  }

  async #spawn(): Promise<void> {
    const { brokers, prefix, partitions, dataDir, checkout = join(import.meta.dirname, "..") } = this.#options;
    // By the command itself, whose first line has flags of its own.
    const command = commandLineOf(checkout);
    const more = process.env["BENCH_NODE_FLAGS"]?.split(" ") ?? [];
    const flags = ["--max-semi-space-size=8", "--no-memory-protection-keys", ...more];
    const byHand = more.length > 0;
    const settings = Object.entries(process.env).filter(([name]) => name.startsWith("HEADWATER_"));
    const child = spawn(
      byHand ? process.execPath : command,
      [...(byHand ? [...flags, command] : []), "start", "gateway"],
      {
        env: {
          ...Object.fromEntries(settings),
          PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
          HOME: process.env["HOME"],
          ...(byHand && { MALLOC_ARENA_MAX: "2" }),
          HEADWATER_EVENT_LOG: "kafka",
          HEADWATER_KAFKA_BROKERS: brokers,
          HEADWATER_TOPIC_PREFIX: prefix,
          HEADWATER_PARTITIONS: String(partitions),
          HEADWATER_DATA_DIR: dataDir,
          HEADWATER_MQTT_PORT: "0",
          HEADWATER_HTTP_PORT: "0",
          HEADWATER_LOG_LEVEL: process.env["HEADWATER_LOG_LEVEL"] ?? "warn",
        },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    this.#child = child;
    endsWithUs(child);
    this.port = await new Promise<number>((resolve, reject) => {
      let output = "";
      child.once("exit", (code) => reject(new ResourceError(`The gateway ended with ${code}: ${output}`)));
      child.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const match = /^ready .*mqtt:\/\/[^:]+:(\d+)/m.exec(output);
        if (match !== null) resolve(Number(match[1]));
      });
    });
  }
}
