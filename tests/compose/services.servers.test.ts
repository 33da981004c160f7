import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { ServiceProcess } from "@headwater/testkit/service-process";
import { startInflux, type Influx } from "../../scripts/servers/influx.ts";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import { checkout, composeFile, imageRecipe, ownServices } from "./compose-file.ts";

/**
 * No Docker engine is needed to know that the environments of compose.yaml are right: each service is started as its
 * image would start it, with exactly that environment, against a real Kafka with the settings of compose.yaml and a
 * real InfluxDB. Only places are moved, and this table is all that moves. The servers are this test's own, because the
 * topics have the names of a deployment.
 */
interface Places {
  readonly service: string;
  readonly dir: string;
  readonly kafka: Kafka;
  readonly influx: Influx;
}

const onLoopback: readonly (readonly [inCompose: string, here: (places: Places) => string])[] = [
  ["kafka:9092", ({ kafka }) => kafka.brokers],
  ["http://influxdb:8086", ({ influx }) => influx.url],
  ["0.0.0.0", () => "127.0.0.1"],
  ["8080", () => "0"],
  ["1883", () => "0"],
  ["/run/secrets/", ({ dir, service }) => join(dir, `${service}-secrets/`)],
  ["/var/lib/headwater", ({ dir, service }) => join(dir, service)],
];

const file = composeFile();
const services = ownServices(file);
const adminToken = randomBytes(32).toString("hex");
let dir: string;
let kafka: Kafka;
let influx: Influx;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "headwater-compose-"));
  kafka = await startKafka({ dataDir: join(dir, "kafka"), heapMb: 512, properties: kafkaSettings() });
  influx = await startInflux({ dataDir: join(dir, "influx") });
});

afterAll(async () => {
  await Promise.all([kafka?.stop(), influx?.stop()]);
  await rm(dir, { recursive: true, force: true });
});

describe("with the environment of compose.yaml", () => {
  it.each(services)("%s becomes ready, answers its health check, and stops in time", async (name, service) => {
    const places = { service: name, dir, kafka, influx };
    const [, ...entrypoint] = imageRecipe().entrypoint;
    await mkdir(join(dir, name), { mode: 0o700 });
    await mkdir(join(dir, `${name}-secrets`));
    for (const { source, mode } of service.secrets ?? []) {
      const value = source === "influx-token" ? influx.token : adminToken;
      await writeFile(join(dir, `${name}-secrets`, source), value, { mode: Number.parseInt(mode, 8) });
    }
    const [script = "", ...args] = [...entrypoint, ...(service.command ?? [])];
    const running = await ServiceProcess.start(script, args, {
      cwd: fileURLToPath(checkout),
      env: { NODE_ENV: "production", ...environmentHere(service.environment ?? {}, places) },
    });
    onTestFinished(() => void running.end("SIGKILL"));
    const origin = running.url("http");
    await eventually(async () => expect(await status(`${origin}/health/ready`), running.output()).toBe(200), 60_000);
    expect(await status(`${origin}/health/live`)).toBe(200);
    expect(await status(`${origin}/metrics`)).toBe(401);
    expect(await status(`${origin}/metrics`, adminToken)).toBe(200);
    const [, ...check] = (service.healthcheck?.test ?? []).map((part) => part.replace("8080", new URL(origin).port));
    expect(spawnSync(process.execPath, check.slice(1)).status, "the health check").toBe(0);

    const exited = running.end("SIGTERM");
    const late = sleep(Number.parseInt(service.stop_grace_period ?? "0", 10) * 1_000, "late", { ref: false });
    expect(await Promise.race([exited, late]), running.output()).toEqual({ code: 0, signal: null });
  });
});

function environmentHere(environment: Readonly<Record<string, string>>, places: Places): Record<string, string> {
  const moved = (value: string): string => {
    const [inCompose, here] = onLoopback.find(([place]) => value.startsWith(place)) ?? [];
    return inCompose === undefined || here === undefined ? value : here(places) + value.slice(inCompose.length);
  };
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, moved(value)]));
}

/** Kafka's environment as its image turns it into properties, without those that say where it listens and writes. */
function kafkaSettings(): Record<string, string> {
  const places = /^KAFKA_(LISTENERS|ADVERTISED_LISTENERS|CONTROLLER_QUORUM_VOTERS|LOG_DIRS)$/;
  const settings = Object.entries(file.services["kafka"]?.environment ?? {}).filter(([key]) => !places.test(key));
  return Object.fromEntries(
    settings.map(([key, value]) => [key.slice("KAFKA_".length).toLowerCase().replaceAll("_", "."), value]),
  );
}

async function status(url: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return (await fetch(url, { headers, signal: AbortSignal.timeout(2_000) })).status;
  } catch {
    // Not listening yet, or too busy to answer: ask again.
    return 0;
  }
}
