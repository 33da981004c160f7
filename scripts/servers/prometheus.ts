import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { debianProgram } from "./debian-packages.ts";
import { freePort } from "./free-port.ts";
import type { Progress } from "./install.ts";
import { endProcesses, spawnServer, waitUntilReady } from "./server-process.ts";

export interface PrometheusOptions {
  /** For its data and `server.log`. */
  readonly dataDir: string;
  readonly configFile: string;
  readonly progress?: Progress | undefined;
}

export interface Prometheus {
  readonly url: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** Starts Debian's Prometheus on loopback with that configuration, and waits until it is ready. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const dataDir = resolve(options.dataDir);
  const command = await debianProgram("prometheus", options.progress ?? ((): void => {}));
  const port = await freePort();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const server = { name: "prometheus", logFile: join(dataDir, "server.log") };
  const marker = `--storage.tsdb.path=${join(dataDir, "tsdb")}`;
  const args = [`--config.file=${options.configFile}`, marker, `--web.listen-address=127.0.0.1:${port}`];
  const started = await spawnServer({ ...server, command, args, keepRunning: false });
  const url = `http://127.0.0.1:${port}`;
  const stop = (): Promise<void> => endProcesses([started.pid], marker);
  const ready = async (): Promise<boolean> => (await fetch(`${url}/-/ready`)).ok;
  try {
    await waitUntilReady(server, START_TIMEOUT_MS, () => started.assertRunning(), ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, logFile: server.logFile, stop };
}
