import { connect } from "mqtt";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { commandLineOf } from "./command-line-of.ts";

/**
 * How many files and functions one PUBLISH passes that raises an alert whose command goes back to the device, and how
 * often the gateway's work changes its folder before the PUBACK: `node scripts/measure/publish-path.ts [checkout]`.
 * Each function of the checkout notes its calls (trace-calls.ts), in the process of `headwater start` and in the
 * workers of its log and store. Counted is what is called between the PUBLISH and the command; the median of eleven
 * messages, sent to a platform that is otherwise idle.
 */
const messages = 11;
const checkout = process.argv[2] ?? join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "publish-path-"));
const dataDir = join(folder, "data");

type Call = readonly [time: number, name: string];

interface Span {
  readonly published: number;
  readonly acked: number;
  readonly commanded: number;
}

const platform = spawn(
  process.execPath,
  ["--import", join(import.meta.dirname, "trace-calls.ts"), commandLineOf(checkout), "start"],
  {
    env: {
      PATH: process.env["PATH"],
      TRACE_ROOT: checkout,
      TRACE_FOLDER: folder,
      HEADWATER_DATA_DIR: dataDir,
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_MQTT_PORT: "0",
      HEADWATER_LOG_LEVEL: "error",
    },
    stdio: ["ignore", "pipe", "inherit"],
  },
);

try {
  const [http, mqtt] = await addresses();
  const spans = await publishAll(http, mqtt);
  platform.kill("SIGUSR2");
  await pause(3000);
  const threads = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Call[]);
  report(threads, spans);
} finally {
  platform.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Of HTTP and MQTT, from the line that begins with `ready`. */
async function addresses(): Promise<readonly [string, string]> {
  let said = "";
  for await (const chunk of platform.stdout) {
    said += String(chunk);
    const match = /^ready (\S+) (\S+)/m.exec(said);
    if (match !== null) return [match[1]!, match[2]!];
  }
  throw new RangeError(`the platform ended before it was ready: ${said}`);
}

async function publishAll(http: string, mqtt: string): Promise<Span[]> {
  const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  const call = async (path: string, body?: unknown): Promise<{ token: string }> => {
    const response = await fetch(`${http}/api/v1${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new RangeError(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { token: string };
  };
  const device = await call("/devices", { id: "d-1" });
  await call("/rules", {
    id: "hot",
    name: "Hot",
    selector: {},
    condition: { metric: "t", op: ">", threshold: 80 },
    severity: "warning",
    actions: [{ command: { name: "shut_valve", params: {}, ttl: "60s" } }],
  });
  await call("/rules/hot/enable");
  const options = { clientId: "d-1", username: "d-1", password: device.token, protocolVersion: 4 as const };
  const client = connect(mqtt, options);
  await new Promise((resolve) => client.once("connect", resolve));
  await client.subscribeAsync("devices/d-1/commands/+", { qos: 1 });
  await pause(2000);

  const spans: Span[] = [];
  for (let i = 0; i < messages; i++) {
    const command = new Promise<readonly [number, string]>((resolve) =>
      client.once("message", (topic) => resolve([clock(), topic])),
    );
    const published = clock();
    await client.publishAsync("devices/d-1/telemetry", '{"t": 95}', { qos: 1 });
    const acked = clock();
    const [commanded, topic] = await command;
    spans.push({ published, acked, commanded });
    await client.publishAsync(`${topic}/reply`, '{"status":"succeeded"}', { qos: 1 });
    await pause(300);
    await client.publishAsync("devices/d-1/telemetry", '{"t": 20}', { qos: 1 });
    await pause(700);
  }
  await client.endAsync();
  return spans;
}

function clock(): number {
  return performance.timeOrigin + performance.now();
}

function report(threads: readonly (readonly Call[])[], spans: readonly Span[]): void {
  const counts = spans.map(({ published, acked, commanded }) => {
    const within = (calls: readonly Call[], end: number) =>
      calls.filter(([time]) => time >= published && time <= end).map(([, name]) => name);
    const all = threads.flatMap((calls) => within(calls, commanded));
    const toPuback = untilPuback(within(threads[0]!, acked)).map((name) => dirname(name));
    return {
      files: new Set(all.map((name) => name.slice(0, name.lastIndexOf(":")))).size,
      functions: new Set(all).size,
      calls: all.length,
      folderChanges: changes(toPuback),
      roomChanges: changes(toPuback.map((place) => place.split("/").slice(0, 3).join("/"))),
    };
  });
  for (const key of ["files", "functions", "calls", "folderChanges", "roomChanges"] as const) {
    const values = counts.map((count) => count[key]).toSorted((a, b) => a - b);
    console.log(`${key.padEnd(14)} ${values[Math.floor(values.length / 2)]} (${values[0]} to ${values.at(-1)})`);
  }
  if (process.env["TRACE_STEPS"] !== undefined) printSteps(threads[0]!, spans.at(-1)!);
}

/** How often a call lies in another place than the one before it. */
function changes(places: readonly string[]): number {
  return places.filter((place, index) => index > 0 && place !== places[index - 1]).length;
}

/**
 * Calls of the gateway and of its decoders, up to the last one that the connection gets before the client has its
 * PUBACK.
 */
function untilPuback(names: readonly string[]): string[] {
  const own = names.filter((name) => /^(?:edge-gateway|packages\/decode)\//.test(name));
  return own.slice(0, own.findLastIndex((name) => name.startsWith("edge-gateway/src/mqtt/")) + 1);
}

/** The gateway's files in the order in which one message comes to them, until its PUBACK. */
function printSteps(calls: readonly Call[], { published, acked }: Span): void {
  const names = calls.filter(([time]) => time >= published && time <= acked).map(([, name]) => name);
  const files = untilPuback(names).map((name) => name.slice(0, name.lastIndexOf(":")));
  for (const file of files.filter((name, index) => name !== files[index - 1])) console.log(file);
}
