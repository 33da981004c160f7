import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { StartError } from "./errors.ts";
import { freePort } from "./free-port.ts";
import { influxdBinary } from "./influx-install.ts";
import type { Progress } from "./install.ts";
import { endProcesses, signalProcess, spawnServer, waitUntilReady } from "./server-process.ts";

export interface InfluxOptions {
  /** Kept between starts: the same folder gives the same data, organization, bucket and token. */
  readonly dataDir: string;
  readonly port?: number | undefined;
  /** Go on when this process exits; by default the server is killed with it. */
  readonly keepRunning?: boolean | undefined;
  readonly progress?: Progress | undefined;
}

export interface InfluxAccess {
  readonly org: string;
  readonly bucket: string;
  readonly token: string;
}

export interface Influx extends InfluxAccess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

const START_TIMEOUT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 5_000;
/** Hashing the password and making the bucket take seconds on a busy machine. */
const SETUP_TIMEOUT_MS = 60_000;
const ORG = "headwater";
const BUCKET = "headwater";

/** Starts a real influxd on loopback, sets it up with a random token once, and waits until it is healthy. */
export async function startInflux(options: InfluxOptions): Promise<Influx> {
  const dataDir = resolve(options.dataDir);
  const binary = await influxdBinary(options.progress ?? ((): void => {}));
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });

  const server = { name: "influxd", logFile: join(dataDir, "server.log") };
  const started = await spawnServer({
    ...server,
    command: binary,
    args: [
      `--bolt-path=${influxMarker(dataDir)}`,
      `--sqlite-path=${join(dataDir, "influxd.sqlite")}`,
      `--engine-path=${join(dataDir, "engine")}`,
      `--http-bind-address=127.0.0.1:${port}`,
      "--log-level=warn",
      "--reporting-disabled",
    ],
    keepRunning: options.keepRunning ?? false,
  });
  const stop = (): Promise<void> => endProcesses([started.pid], influxMarker(dataDir));
  try {
    await waitUntilReady(
      server,
      START_TIMEOUT_MS,
      () => started.assertRunning(),
      () => influxHealthy(url),
    );
    const access = (await isSetUp(url)) ? await savedAccess(dataDir) : await setUp(url, dataDir);
    return { ...access, url, port, pid: started.pid, stop, kill: (signal) => signalProcess(started.pid, signal) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Text of the command line by which the influxd of this folder is known. */
export function influxMarker(dataDir: string): string {
  return join(resolve(dataDir), "influxd.bolt");
}

export async function influxHealthy(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  const health = (await response.json()) as { status?: string };
  return response.ok && health.status === "pass";
}

async function isSetUp(url: string): Promise<boolean> {
  const response = await fetch(`${url}/api/v2/setup`, { signal: AbortSignal.timeout(SETUP_TIMEOUT_MS) });
  const { allowed } = (await response.json()) as { allowed: boolean };
  return !allowed;
}

async function setUp(url: string, dataDir: string): Promise<InfluxAccess> {
  const access: InfluxAccess = { org: ORG, bucket: BUCKET, token: randomBytes(32).toString("base64url") };
  // Saved before influxd hears of it: a start that is cut short in between must not lose the only token.
  const file = accessFile(dataDir);
  await writeFile(`${file}.new`, JSON.stringify(access), { mode: 0o600 });
  await rename(`${file}.new`, file);
  const response = await fetch(`${url}/api/v2/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...access, username: "headwater", password: randomBytes(24).toString("base64url") }),
    signal: AbortSignal.timeout(SETUP_TIMEOUT_MS),
  });
  if (!response.ok) throw new StartError(`influxd refused its setup: ${response.status} ${await response.text()}`);
  return access;
}

async function savedAccess(dataDir: string): Promise<InfluxAccess> {
  try {
    return JSON.parse(await readFile(accessFile(dataDir), "utf8")) as InfluxAccess;
  } catch (error) {
    throw new StartError(
      `influxd in ${dataDir} is set up but its token is gone (${String(error)}); \`stop --wipe\` starts afresh`,
    );
  }
}

const accessFile = (dataDir: string): string => join(dataDir, "access.json");
