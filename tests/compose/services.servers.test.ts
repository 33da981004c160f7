import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { parse } from "yaml";
import { ServiceProcess } from "@headwater/testkit/service-process";
import { startInflux, type Influx } from "../../scripts/servers/influx.ts";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import {
  checkout,
  composeFile,
  imageRecipe,
  oneShotServices,
  ownServices,
  withSecond,
  type ComposeService,
} from "./compose-file.ts";

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
  ["/var/lib/headwater-tokens", ({ dir }) => join(dir, "tokens")],
  ["/var/lib/headwater", ({ dir, service }) => join(dir, service)],
];

const file = composeFile();
const services = ownServices(file);
const adminToken = randomBytes(32).toString("hex");
const metricsToken = randomBytes(32).toString("hex");
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
  it.each(oneShotServices(file))("%s makes its token, and keeps it when it is run again", async (name, service) => {
    const places = { service: name, dir, kafka, influx };
    await grant(name, service);
    const [, script = "", ...args] = [...(service.entrypoint ?? []), ...(service.command ?? [])].map((part) =>
      moved(part, places),
    );
    const path = args.at(-1)!;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const run = () =>
      spawnSync(process.execPath, [script, ...args], {
        cwd: fileURLToPath(checkout),
        env: { PATH: process.env["PATH"], ...environmentHere(service.environment ?? {}, places) },
        encoding: "utf8",
      });
    const first = run();
    expect([first.status, first.stderr]).toEqual([0, ""]);
    const token = await readFile(path, "utf8");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const second = run();
    expect([second.status, await readFile(path, "utf8")]).toEqual([0, token]);
    expect(first.stdout + second.stdout).not.toContain(token.trim());
    expect(first.stdout + second.stdout).not.toContain(influx.token);
  });

  it("Grafana's data source reads with the token of its file, and cannot write", async () => {
    const text = await readFile(new URL("deploy/grafana/provisioning/datasources/influxdb.yaml", checkout), "utf8");
    const [source] = (parse(text) as { datasources: DataSource[] }).datasources;
    const path = /^\$__file\{(.+)\}$/.exec(source?.secureJsonData.token ?? "")?.[1] ?? "";
    const places = { service: "grafana", dir, kafka, influx };
    const token = (await readFile(moved(path, places), "utf8")).trim();
    const { organization, defaultBucket } = source!.jsonData;
    const ask = async (target: string, body: string): Promise<number> => {
      const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
      return (await fetch(`${moved(source!.url, places)}${target}`, { method: "POST", headers, body })).status;
    };
    const query = JSON.stringify({ query: `from(bucket: "${defaultBucket}") |> range(start: -1h)` });
    expect(await ask(`/api/v2/query?org=${organization}`, query)).toBe(200);
    expect(await ask(`/api/v2/write?org=${organization}&bucket=${defaultBucket}`, "t v=1")).toBeGreaterThanOrEqual(401);
  });

  it.each(services)("%s becomes ready, answers its health check, and stops in time", async (name, service) => {
    const running = await started(name, service);
    const origin = running.url("http");
    expect(await status(`${origin}/health/live`)).toBe(200);
    expect(await status(`${origin}/metrics`)).toBe(401);
    expect(await status(`${origin}/metrics`, adminToken)).toBe(200);
    expect(await status(`${origin}/metrics`, metricsToken)).toBe(200);
    const [, ...check] = (service.healthcheck?.test ?? []).map((part) => part.replace("8080", new URL(origin).port));
    expect(spawnSync(process.execPath, check.slice(1)).status, "the health check").toBe(0);

    const exited = running.end("SIGTERM");
    const late = sleep(Number.parseInt(service.stop_grace_period ?? "0", 10) * 1_000, "late", { ref: false });
    expect(await Promise.race([exited, late]), running.output()).toEqual({ code: 0, signal: null });
  });
});

describe("with compose.second.yaml beside it", () => {
  it("two of each run at once", async () => {
    const instances = ownServices(withSecond());
    expect(instances.length).toBe(2 * services.length);
    const running = await Promise.all(instances.map(([name, service]) => started(name, service)));
    const exits = await Promise.all(running.map((each) => each.end("SIGTERM")));
    expect(exits).toEqual(instances.map(() => ({ code: 0, signal: null })));
  });
});

interface DataSource {
  readonly url: string;
  readonly jsonData: { readonly organization: string; readonly defaultBucket: string };
  readonly secureJsonData: { readonly token: string };
}

/** Starts a service as its image does, with its environment and secrets, and waits until it is ready. */
async function started(name: string, service: ComposeService): Promise<ServiceProcess> {
  const places = { service: name, dir, kafka, influx };
  const [, ...entrypoint] = imageRecipe().entrypoint;
  await mkdir(join(dir, name), { mode: 0o700, recursive: true });
  await grant(name, service);
  const [script = "", ...args] = [...entrypoint, ...(service.command ?? [])];
  const running = await ServiceProcess.start(script, args, {
    cwd: fileURLToPath(checkout),
    env: { NODE_ENV: "production", ...environmentHere(service.environment ?? {}, places) },
  });
  onTestFinished(() => void running.end("SIGKILL"));
  const ready = `${running.url("http")}/health/ready`;
  await eventually(async () => expect(await status(ready), running.output()).toBe(200), 120_000);
  return running;
}

/** Puts the secrets of a service where it looks for them. */
async function grant(name: string, service: ComposeService): Promise<void> {
  const values: Readonly<Record<string, string>> = {
    "admin-token": adminToken,
    "metrics-token": metricsToken,
    "influx-token": influx.token,
  };
  const folder = join(dir, `${name}-secrets`);
  await mkdir(folder, { recursive: true });
  for (const { source, mode } of service.secrets ?? []) {
    // Nobody may write over one that is there.
    await rm(join(folder, source), { force: true });
    await writeFile(join(folder, source), values[source] ?? "", { mode: Number.parseInt(mode, 8) });
  }
}

function moved(value: string, places: Places): string {
  const [inCompose, here] = onLoopback.find(([place]) => value.startsWith(place)) ?? [];
  return inCompose === undefined || here === undefined ? value : here(places) + value.slice(inCompose.length);
}

function environmentHere(environment: Readonly<Record<string, string>>, places: Places): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, moved(value, places)]));
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
    return (await fetch(url, { headers, signal: AbortSignal.timeout(30_000) })).status;
  } catch {
    // Not listening yet: ask again.
    return 0;
  }
}
