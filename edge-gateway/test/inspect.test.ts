import { adminTokenAuth, createHttpServer, createMetrics } from "@headwater/service";
import { LogUnavailableError } from "@headwater/event-log";
import { silentLogger } from "@headwater/core";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startFaultyLog, type FaultyLog } from "./faulty-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";

const run = promisify(execFile);
const cli = join(import.meta.dirname, "../../cli/src/main.js");
const token = "an-admin-token-for-tests-only-0123456789";

let gateway: GatewayUnderTest;
let log: FaultyLog;
let http: Awaited<ReturnType<typeof createHttpServer>>;
let folder: string;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "inspect-"));
  await writeFile(join(folder, "token"), token, { mode: 0o600 });
  log = await startFaultyLog();
  http = await createHttpServer({
    ...{ logger: silentLogger, metrics: createMetrics({ service: "gateway", processMetrics: false }) },
    ...{ auth: adminTokenAuth(token), host: "127.0.0.1", port: 0, title: "Test", readiness: () => [] },
  });
});

afterEach(async () => {
  log.heal();
  await http.close();
  await gateway.stop();
  await log.remove();
  await rm(folder, { recursive: true });
});

async function up(durable: "spool" | "log"): Promise<void> {
  gateway = await GatewayUnderTest.start({}, { durable, log: log.log, http, stopWithinMs: 1000 });
  ({ url } = await http.listen());
}

async function inspect(...args: string[]): Promise<string> {
  const all = [cli, "gateway", "inspect", "--url", url, "--token-file", join(folder, "token"), ...args];
  return (await run(process.execPath, all)).stdout;
}

async function spool(): Promise<void> {
  const [d, e] = [await gateway.connectDevice("d"), await gateway.connectDevice("e")];
  log.failWith(() => new LogUnavailableError("away"));
  for (let i = 0; i < 30; i += 1) await d.publishAsync("devices/d/telemetry", `{"i":${i}}`, { qos: 1 });
  for (let i = 0; i < 7; i += 1) await e.publishAsync("devices/e/telemetry", `{"i":${i}}`, { qos: 1 });
  await e.publishAsync("devices/e/telemetry", "not json", { qos: 1 });
}

it("shows how much waits, of whom, and since when", async () => {
  await up("spool");
  await spool();
  const depth = JSON.parse(await inspect("--json")) as {
    records: number;
    oldestAgeSeconds: number;
    kinds: Record<string, number>;
    devices: { device: string; records: number }[];
  };
  expect(depth.kinds).toMatchObject({ event: 37, quarantine: 1 });
  expect(depth.records).toBeGreaterThanOrEqual(38);
  expect(depth.oldestAgeSeconds).toBeGreaterThan(0);
  expect(depth.devices.map(({ device }) => device)).toEqual(["d", "e"]);
  const [d, e] = depth.devices;
  // What they said when they connected may not have landed before the log went away.
  expect([30, 31]).toContain(d!.records);
  expect([8, 9]).toContain(e!.records);
  const text = await inspect("--device", "e");
  expect(text).toMatch(/ {2}e +\d records/);
  expect(text).not.toMatch(/ {2}d +/);
  log.heal();
  await eventually(
    () => gateway.events(),
    (all) => all.length === 37,
  );
  const drained = await eventually(
    () => inspect("--json"),
    (answer) => (JSON.parse(answer) as { records: number }).records === 0,
  );
  expect(JSON.parse(drained)).toMatchObject({ records: 0, devices: [], oldestAt: null });
});

it("exports a range of it, decoded and as bytes", async () => {
  await up("spool");
  await spool();
  const file = join(folder, "export.ndjson");
  await inspect("--export", file, "--device", "d", "--kind", "event", "--limit", "10", "--raw");
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as { content: { readings: { number: number }[] }; raw: string });
  expect(records.map(({ content }) => content.readings[0]!.number)).toEqual(Array.from({ length: 10 }, (_, i) => i));
  expect(Buffer.from(records[0]!.raw, "base64").includes("d")).toBe(true);
  const quarantined = JSON.parse(await inspect("--export", "-", "--kind", "quarantine", "--from=-1m")) as {
    content: { payload: string };
  };
  expect(Buffer.from(quarantined.content.payload, "base64").toString()).toBe("not json");
  expect(await inspect("--export", "-", "--to=-1m")).toBe("");
  await expect(inspect("--export", "-", "--from", "yesterday")).rejects.toThrow(/is no time/);
});

it("needs the token, and a gateway without a spool says that it has none", async () => {
  await up("log");
  expect((await http.inject({ method: "GET", url: "/api/v1/gateway/spool" })).statusCode).toBe(401);
  expect((await http.inject({ method: "GET", url: "/api/v1/gateway/spool/records" })).statusCode).toBe(401);
  expect(await inspect()).toContain("has no spool");
  expect(await inspect("--export", "-")).toBe("");
});
