import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLineOf } from "../scripts/measure/command-line-of.ts";

export interface AllInOne {
  readonly pid: number;
  /** Ports on loopback. */
  readonly mqtt: number;
  readonly http: number;
  readonly token: string;
  stop(): Promise<void>;
}

/** Settings of a platform on a Kafka and an InfluxDB. */
export function settingsOnServers(
  kafka: { readonly brokers: string },
  influx: { readonly url: string; readonly org: string; readonly bucket: string; readonly token: string },
): Readonly<Record<string, string>> {
  return {
    HEADWATER_EVENT_LOG: "kafka",
    HEADWATER_KAFKA_BROKERS: kafka.brokers,
    HEADWATER_TIME_SERIES: "influx",
    HEADWATER_INFLUX_URL: influx.url,
    HEADWATER_INFLUX_ORG: influx.org,
    HEADWATER_INFLUX_BUCKET: influx.bucket,
    HEADWATER_INFLUX_TOKEN: influx.token,
  };
}

/**
 * The all-in-one of a checkout as `npm start` runs it, open to anyone over MQTT, in a folder that goes with it. The
 * settings say what else it uses, such as a Kafka.
 */
export async function startAllInOne(
  checkout: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<AllInOne> {
  const dataDir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-all-in-one-"));
  const more = process.env["BENCH_NODE_FLAGS"]?.split(" ") ?? [];
  const flags = ["--max-semi-space-size=8", "--no-memory-protection-keys", ...more];
  const child = spawn(process.execPath, [...flags, commandLineOf(checkout), "start"], {
    cwd: checkout,
    env: {
      PATH: process.env["PATH"],
      MALLOC_ARENA_MAX: "2",
      HEADWATER_DATA_DIR: dataDir,
      HEADWATER_MQTT_PORT: "0",
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_MQTT_ANONYMOUS: "true",
      ...settings,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const ports: Record<string, number> = {};
    const ready = new Promise<void>((resolve) => {
      let output = "";
      // Read to the end: a process whose pipe is closed has nowhere for its log.
      child.stdout.on("data", (chunk: Buffer) => {
        output = `${output}${chunk.toString()}`.slice(-10_000);
        // Other lines name the servers that it uses.
        const [line] = /^ready .*\n/m.exec(output) ?? [];
        if (line === undefined) return;
        for (const [, scheme, port] of line.matchAll(/(mqtt|http):\/\/[^:/\s"]+:(\d+)/g))
          ports[scheme!] ??= Number(port);
        resolve();
      });
      child.once("exit", () => resolve());
    });
    await ready;
    const { mqtt, http } = ports;
    if (mqtt === undefined || http === undefined) throw new RangeError(`it ended, or told no addresses`);
    return { pid: child.pid!, mqtt, http, token: readFileSync(join(dataDir, "admin-token"), "utf8").trim(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
