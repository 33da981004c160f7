import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const cli = join(import.meta.dirname, "../../cli/src/main.js");

export interface IngestProcess {
  readonly url: string;
  request<T>(path: string, method?: string, body?: object): Promise<T>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** The service as it is deployed: a process with an environment. */
export async function startIngestProcess(env: Record<string, string>): Promise<IngestProcess> {
  const folder = mkdtempSync(join(tmpdir(), "ingest-process-"));
  const token = "an-admin-token-of-a-test-that-is-long-enough";
  writeFileSync(join(folder, "admin-token"), `${token}\n`, { mode: 0o600 });
  const child = spawn(process.execPath, [cli, "start", "ingest"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HEADWATER_DATA_DIR: folder,
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_LOG_LEVEL: "warn",
      HEADWATER_EVENT_LOG: "kafka",
      HEADWATER_TIME_SERIES: "influx",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  void exited.then(() => rmSync(folder, { recursive: true, force: true }));
  const url = await readyUrl(child);
  return {
    url,
    async request(path, method = "GET", body) {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new RangeError(`${method} ${path}: ${response.status} ${text}`);
      return JSON.parse(text) as never;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.once("exit", (code) => reject(new RangeError(`it ended with ${code} before it was ready`)));
    child.stdout!.on("data", (pointBatch: Buffer) => {
      output += pointBatch.toString();
      const match = /^ready ingest (\S+)/m.exec(output);
      if (match !== null) resolve(match[1]!);
    });
  });
}
