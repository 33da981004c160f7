import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface AllInOne {
  readonly pid: number;
  /** Ports on loopback. */
  readonly mqtt: number;
  readonly http: number;
  readonly token: string;
  stop(): Promise<void>;
}

/** The all-in-one of a checkout as `npm start` runs it, open to anyone over MQTT, in a folder that goes with it. */
export async function startAllInOne(checkout: string): Promise<AllInOne> {
  const dataDir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-all-in-one-"));
  const flags = ["--max-semi-space-size=8", "--no-memory-protection-keys"];
  const child = spawn(process.execPath, [...flags, join(checkout, "cli/src/main.ts"), "start"], {
    cwd: checkout,
    env: {
      PATH: process.env["PATH"],
      HEADWATER_DATA_DIR: dataDir,
      HEADWATER_MQTT_PORT: "0",
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_MQTT_ANONYMOUS: "true",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    let output = "";
    const ports: Record<string, number> = {};
    for await (const chunk of child.stdout) {
      output += String(chunk);
      for (const [, scheme, port] of output.matchAll(/(mqtt|http):\/\/[^:/\s"]+:(\d+)/g)) ports[scheme!] = Number(port);
      if (/^ready .*\n/m.test(output)) break;
    }
    child.stdout.resume();
    const { mqtt, http } = ports;
    if (mqtt === undefined || http === undefined) throw new RangeError(`no addresses in: ${output}`);
    return { pid: child.pid!, mqtt, http, token: readFileSync(join(dataDir, "admin-token"), "utf8").trim(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
