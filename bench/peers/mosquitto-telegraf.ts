import { ResourceError, sleep } from "@headwater/core";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startMosquitto, type Mosquitto } from "../../scripts/servers/mosquitto.ts";
import {
  endProcesses,
  signalProcess,
  spawnServer,
  type ServerCommand,
  type ServerProcess,
} from "../../scripts/servers/server-process.ts";
import { telegrafBinary, TELEGRAF_VERSION } from "../../scripts/servers/telegraf-install.ts";
import { telegrafInput } from "./telegraf-input.ts";

export interface MosquittoAndTelegrafOptions {
  readonly brokers: string;
  /** Where Telegraf writes; has to exist. */
  readonly topic: string;
  readonly dataDir: string;
  /** Publishes one message to this port. */
  readonly probe: (port: number) => Promise<void>;
  /** Records in the topic. */
  readonly landed: () => Promise<number>;
  /** The broker writes its queues down each second. */
  readonly persistent?: boolean;
}

/**
 * What Headwater's gateway is measured against: Mosquitto takes the messages, Telegraf carries them to Kafka. Not
 * durable.
 */
export class MosquittoAndTelegraf {
  readonly #mosquitto: Mosquitto;
  readonly #command: ServerCommand;
  readonly #configFile: string;
  #telegraf!: ServerProcess;

  private constructor(mosquitto: Mosquitto, command: ServerCommand, configFile: string) {
    this.#mosquitto = mosquitto;
    this.#command = command;
    this.#configFile = configFile;
  }

  static async start({
    brokers,
    topic,
    dataDir,
    probe,
    landed,
    persistent = false,
  }: MosquittoAndTelegrafOptions): Promise<MosquittoAndTelegraf> {
    const progress = (message: string): void => console.error(message);
    const brokerFolder = join(dataDir, "mosquitto");
    const mosquitto = await startMosquitto({
      dataDir: brokerFolder,
      config: [
        // By default it holds 20 messages in flight and drops what waits beyond 1,000.
        ...["max_inflight_messages 0", "max_queued_messages 0"],
        // By default a kill loses up to half an hour of sessions and queues.
        ...(persistent ? ["persistence true", `persistence_location ${brokerFolder}/`, "autosave_interval 1"] : []),
      ],
      progress,
    });
    const folder = join(dataDir, "telegraf");
    await mkdir(folder, { recursive: true });
    const configFile = join(folder, "telegraf.conf");
    await writeFile(configFile, telegrafConfig(mosquitto.port, brokers, topic));
    const command = {
      name: "telegraf",
      command: await telegrafBinary(progress),
      args: ["--config", configFile],
      logFile: join(folder, "server.log"),
      keepRunning: false,
    };
    const pair = new MosquittoAndTelegraf(mosquitto, command, configFile);
    pair.#telegraf = await spawnServer(command);
    // Mosquitto drops what comes before Telegraf has subscribed: it is ready when a message has come through.
    const deadline = performance.now() + 30_000;
    while ((await landed()) === 0) {
      pair.#telegraf.assertRunning();
      if (performance.now() > deadline)
        throw new ResourceError(`Telegraf brings nothing to Kafka; see ${folder}/server.log`);
      await probe(mosquitto.port);
      await sleep(500);
    }
    return pair;
  }

  get port(): number {
    return this.#mosquitto.port;
  }

  get pids(): { readonly mosquitto: number; readonly telegraf: number } {
    return { mosquitto: this.#mosquitto.pid, telegraf: this.#telegraf.pid };
  }

  /** Both at once. */
  kill(): void {
    this.#mosquitto.kill("SIGKILL");
    signalProcess(this.#telegraf.pid, "SIGKILL");
  }

  /** After kill(): on what the broker had written. */
  async restart(): Promise<void> {
    await this.#mosquitto.restart();
    this.#telegraf = await spawnServer(this.#command);
  }

  async stop(): Promise<void> {
    await endProcesses([this.#telegraf.pid], this.#configFile);
    await this.#mosquitto.stop();
  }
}

export const mosquittoAndTelegrafVersions = `Mosquitto of Debian, Telegraf ${TELEGRAF_VERSION}`;

/** Large batches, much in flight, no waiting for the interval: what it needs to be fast. */
function telegrafConfig(port: number, brokers: string, topic: string): string {
  const list = brokers.split(",").map((broker) => JSON.stringify(broker));
  return `${telegrafInput(port, "0s")}
[[outputs.kafka]]
  brokers = [${list.join(", ")}]
  topic = "${topic}"
  version = "3.6.0"
  routing_tag = "topic"
  required_acks = -1
  compression_codec = 0
  data_format = "influx"
`;
}
