import { ResourceError, sleep } from "@headwater/core";
import { publishPacket, text } from "@headwater/device-sim/packets";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { startMosquitto } from "../../scripts/servers/mosquitto.ts";
import { endProcesses, spawnServer } from "../../scripts/servers/server-process.ts";
import { connectPacket, disconnect } from "../raw-packets.ts";
import { telegrafBinary } from "../../scripts/servers/telegraf-install.ts";
import { telegrafInput } from "./telegraf-input.ts";

interface MqttToInfluxOptions {
  readonly influx: { readonly url: string; readonly org: string; readonly bucket: string; readonly token: string };
  readonly dataDir: string;
}

/** The pipeline that many begin with: Mosquitto takes the messages, Telegraf carries them into InfluxDB. */
export async function startMqttToInflux({
  influx,
  dataDir,
}: MqttToInfluxOptions): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const progress = (message: string): void => console.error(message);
  const binary = await telegrafBinary(progress);
  const mosquitto = await startMosquitto({
    dataDir: join(dataDir, "mosquitto"),
    // By default it holds 20 messages in flight and drops what waits beyond 1,000.
    config: ["max_inflight_messages 0", "max_queued_messages 0"],
    progress,
  });
  try {
    const folder = join(dataDir, "telegraf");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const configFile = join(folder, "telegraf.conf");
    await writeFile(configFile, configuration(mosquitto.port, influx), { mode: 0o600 });
    const logFile = join(folder, "server.log");
    const args = ["--config", configFile];
    const telegraf = await spawnServer({ name: "telegraf", command: binary, args, logFile, keepRunning: false });
    const stop = async (): Promise<void> => {
      await endProcesses([telegraf.pid], configFile);
      await mosquitto.stop();
    };
    // Mosquitto drops what comes before Telegraf has subscribed: it is ready when a message has come through.
    const deadline = performance.now() + 30_000;
    while (!(await hasPoints(influx))) {
      if (performance.now() > deadline) {
        await stop();
        throw new ResourceError(`Telegraf brings nothing to InfluxDB; see ${logFile}`);
      }
      telegraf.assertRunning();
      await publishOnce(mosquitto.port);
      await sleep(500);
    }
    return { url: mosquitto.url, stop };
  } catch (error) {
    await mosquitto.stop();
    throw error;
  }
}

/** How the simulator finds a device's messages in the bucket: `--results`. */
export function resultsOf({ url, org, bucket }: MqttToInfluxOptions["influx"]): string {
  const { host } = new URL(url);
  const where = "measurement=mqtt_consumer&device=topic&pattern=devices/{device}/telemetry&field=values_seq";
  return `influx://${host}/${encodeURIComponent(org)}/${encodeURIComponent(bucket)}?${where}`;
}

/** A message as devices send them, of a device that no fleet has. */
async function publishOnce(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(connectPacket({ clientId: "probe" }));
  await once(socket, "data");
  const payload = Buffer.from(JSON.stringify({ ts: Date.now(), values: { seq: 0 } }));
  socket.end(Buffer.concat([publishPacket(text("devices/probe/telemetry"), payload, 0, 0, false), disconnect]));
  await once(socket, "close");
}

async function hasPoints({ url, org, bucket, token }: MqttToInfluxOptions["influx"]): Promise<boolean> {
  const query = `from(bucket: "${bucket}") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "mqtt_consumer") |> limit(n: 1)`;
  const answer = await fetch(new URL(`/api/v2/query?org=${encodeURIComponent(org)}`, url), {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/csv", authorization: `Token ${token}` },
    body: JSON.stringify({ query }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new ResourceError(`InfluxDB answers ${answer.status}: ${text}`);
  return text.includes("mqtt_consumer");
}

/** Large batches, much undelivered, a short interval: what it needs to be fast. The time is the device's own. */
function configuration(port: number, influx: MqttToInfluxOptions["influx"]): string {
  return `${telegrafInput(port, "1ms")}
  json_time_key = "ts"
  json_time_format = "unix_ms"
[[outputs.influxdb_v2]]
  urls = ["${influx.url}"]
  token = "${influx.token}"
  organization = "${influx.org}"
  bucket = "${influx.bucket}"
`;
}
