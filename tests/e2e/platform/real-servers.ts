import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiClient } from "@headwater/client";
import { ResourceError } from "@headwater/core";
import { serviceNames, type OpenPlatform, type ServiceName } from "./platform.ts";
import { startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";
import { TcpRelay } from "@headwater/testkit/tcp-relay";

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new ResourceError(`${name} is not set: eval "$(npm run -s servers -- start --export)" first`);
  }
  return value;
}

interface Instance {
  readonly service: ServiceName;
  readonly environment: Readonly<Record<string, string>>;
  readonly relays: Relays;
  process: ServiceProcess;
}

/** The addresses of an instance, which outlive its restarts. */
interface Relays {
  readonly http: TcpRelay;
  readonly mqtt: TcpRelay;
}

async function start(service: ServiceName, environment: Instance["environment"], relays: Relays) {
  const started = await startHeadwater(["start", service], environment);
  relays.http.target = started.port("http");
  if (service === "gateway") relays.mqtt.target = started.port("mqtt");
  return started;
}

/**
 * Each service as processes of their own on the real Kafka (topics of its own) and the real InfluxDB (a bucket of its
 * own).
 */
export const openOnRealServers: OpenPlatform = async ({ instances = 1, partitions = 4, settings = {} } = {}) => {
  const run = `e2e-${randomBytes(4).toString("hex")}`;
  const folder = mkdtempSync(join(tmpdir(), "headwater-e2e-"));
  const token = randomBytes(32).toString("base64url");
  const tokenFile = join(folder, "admin-token");
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const influx = {
    url: setting("HEADWATER_INFLUX_URL"),
    org: setting("HEADWATER_INFLUX_ORG"),
    token: setting("HEADWATER_INFLUX_TOKEN"),
    bucket: run,
  };
  const bucketId = await createBucket(influx);

  const running: Instance[] = [];
  for (let index = 0; index < instances; index++) {
    for (const service of serviceNames) {
      const dataDir = join(folder, `${service}-${index}`);
      mkdirSync(dataDir, { mode: 0o700 });
      const environment = {
        HEADWATER_DATA_DIR: dataDir,
        HEADWATER_HTTP_PORT: "0",
        ...(service === "gateway" ? { HEADWATER_MQTT_PORT: "0" } : {}),
        HEADWATER_ADMIN_TOKEN_FILE: tokenFile,
        HEADWATER_EVENT_LOG: "kafka",
        HEADWATER_KAFKA_BROKERS: setting("HEADWATER_KAFKA_BROKERS"),
        HEADWATER_TOPIC_PREFIX: `${run}.`,
        HEADWATER_PARTITIONS: String(partitions),
        HEADWATER_TIME_SERIES: "influx",
        HEADWATER_INFLUX_URL: influx.url,
        HEADWATER_INFLUX_ORG: influx.org,
        HEADWATER_INFLUX_BUCKET: influx.bucket,
        HEADWATER_INFLUX_TOKEN: influx.token,
        ...settings,
      };
      const relays = { http: await TcpRelay.start(), mqtt: await TcpRelay.start() };
      running.push({ service, environment, relays, process: await start(service, environment, relays) });
    }
  }

  const instance = (service: ServiceName, index = 0): Instance =>
    running.filter((candidate) => candidate.service === service)[index]!;
  const url = (service: ServiceName, index = 0) => `http://127.0.0.1:${instance(service, index).relays.http.port}`;
  // The last instance is the one that tests never kill: people talk to it.
  const spared = instances - 1;
  return {
    mqttUrl: (index = 0) => `mqtt://127.0.0.1:${instance("gateway", index).relays.mqtt.port}`,
    ingest: createApiClient(url("ingest", spared), token),
    rules: createApiClient(url("rules", spared), token),
    rulesUrl: url("rules", spared),
    token,
    influx,
    httpUrl: url,
    async kill(service, index) {
      await instance(service, index).process.end("SIGKILL");
    },
    async restart(service, index) {
      const killed = instance(service, index);
      killed.process = await start(service, killed.environment, killed.relays);
    },
    addresses: () => running[0]!.process.addresses,
    output: () => running.map(({ service, process }) => `--- ${service}\n${process.output()}`).join("\n"),
    async stop() {
      const ended = await Promise.all(running.map(({ process }) => process.end("SIGTERM")));
      await Promise.all(running.flatMap(({ relays }) => [relays.http.stop(), relays.mqtt.stop()]));
      await influxRequest(influx, "DELETE", `/api/v2/buckets/${bucketId}`);
      rmSync(folder, { recursive: true, force: true });
      return ended.map(({ code }) => code);
    },
  };
};

interface Influx {
  readonly url: string;
  readonly org: string;
  readonly token: string;
  readonly bucket: string;
}

async function createBucket(influx: Influx): Promise<string> {
  const { orgs } = (await influxRequest(influx, "GET", `/api/v2/orgs?org=${encodeURIComponent(influx.org)}`)) as {
    orgs: readonly { id: string }[];
  };
  const body = { orgID: orgs[0]!.id, name: influx.bucket, retentionRules: [] };
  const { id } = (await influxRequest(influx, "POST", "/api/v2/buckets", body)) as { id: string };
  return id;
}

async function influxRequest(influx: Influx, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(new URL(path, influx.url), {
    method,
    headers: { authorization: `Token ${influx.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new ResourceError(`InfluxDB: ${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
