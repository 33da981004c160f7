import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const cache = mkdtempSync(join(tmpdir(), "headwater-cache-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const main = fileURLToPath(new URL("main.ts", import.meta.url));

function servers(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  // Nothing on the PATH: whatever needs a tool has to say so.
  const env = { PATH: "", HEADWATER_CACHE_DIR: cache, NODE_NO_WARNINGS: "1" };
  return spawnSync(process.execPath, [main, ...args], { env, encoding: "utf8" });
}

describe("npm run servers", () => {
  it.each([
    ["kafka", "servers: `java` is not on the PATH; it is needed to run Kafka: install a Java 17 runtime"],
    ["influx", "servers: `go` is not on the PATH; it is needed to build influxd: install Go 1.23 or newer"],
  ])("start %s says in one line which tool is missing", (kind, line) => {
    const { status, stdout, stderr } = servers("start", kind);
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trimEnd().split("\n").at(-1)).toContain(line);
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    [["begin"], 'unknown command "begin": start, stop, status or tools'],
    [["start", "mysql"], 'unknown server "mysql": kafka or influx'],
    [["start", "--export=yes"], "--export"],
    [["status", "--name", "../elsewhere"], "--name takes"],
  ])("%j is refused with one line", (args, line) => {
    const { status, stderr } = servers(...args);
    expect(status).toBe(2);
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringContaining(line)]);
  });

  it("status tells what does not run, by its exit code too", () => {
    const { status, stdout } = servers("status");
    expect(status).toBe(1);
    expect(stdout).toContain("kafka: stopped\ninflux: stopped\n");
  });

  it("stop has nothing to do when nothing runs", () => {
    expect(servers("stop", "--wipe").status).toBe(0);
  });

  it("without a command explains itself", () => {
    const { status, stdout } = servers();
    expect(status).toBe(0);
    expect(stdout).toContain("npm run servers -- start");
  });
});
