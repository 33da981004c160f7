import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { endProcesses, spawnServer } from "../../scripts/servers/server-process.ts";
import { telegrafBinary, TELEGRAF_VERSION } from "../../scripts/servers/telegraf-install.ts";

export const telegrafVersion = `Telegraf ${TELEGRAF_VERSION}`;

export interface TelegrafToInfluxOptions {
  readonly brokers: string;
  /** Of line protocol. */
  readonly topic: string;
  readonly group: string;
  readonly influx: { readonly url: string; readonly org: string; readonly bucket: string; readonly token: string };
  readonly dataDir: string;
}

/** Telegraf as it carries a topic of Kafka into a bucket of InfluxDB. */
export async function startTelegrafToInflux(
  options: TelegrafToInfluxOptions,
): Promise<{ readonly pid: number; stop(): Promise<void> }> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const configFile = join(options.dataDir, "telegraf.conf");
  await writeFile(configFile, configuration(options), { mode: 0o600 });
  const { pid } = await spawnServer({
    name: "telegraf",
    command: await telegrafBinary((message) => console.error(message)),
    args: ["--config", configFile],
    logFile: join(options.dataDir, "server.log"),
    keepRunning: false,
  });
  return { pid, stop: () => endProcesses([pid], configFile) };
}

/** Large batches, much undelivered, no waiting for the interval: what it needs to be fast. */
function configuration({ brokers, topic, group, influx }: TelegrafToInfluxOptions): string {
  const list = brokers.split(",").map((broker) => JSON.stringify(broker));
  return `
[agent]
  omit_hostname = true
  quiet = true
  metric_batch_size = 5000
  metric_buffer_limit = 200000
  flush_interval = "100ms"
[[inputs.kafka_consumer]]
  brokers = [${list.join(", ")}]
  topics = ["${topic}"]
  consumer_group = "${group}"
  version = "3.6.0"
  kafka_version = "3.6.0"
  offset = "oldest"
  max_undelivered_messages = 50000
  data_format = "influx"
[[outputs.influxdb_v2]]
  urls = ["${influx.url}"]
  token = "${influx.token}"
  organization = "${influx.org}"
  bucket = "${influx.bucket}"
`;
}
