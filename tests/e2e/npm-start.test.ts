import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { cleanEnvironment } from "@headwater/testkit/service-process";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(process.platform !== "linux")("npm start", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "headwater-npm-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["SIGTERM", (npm: number) => process.kill(npm, "SIGTERM")],
    ["SIGKILL", (npm: number) => process.kill(npm, "SIGKILL")],
    // The terminal tells npm and Headwater, and npm tells Headwater once more.
    ["Ctrl-C", (npm: number) => process.kill(-npm, "SIGINT")],
  ])("leaves nothing running after %s", async (_name, end) => {
    const settings = { HEADWATER_DATA_DIR: folder, HEADWATER_MQTT_PORT: "0", HEADWATER_HTTP_PORT: "0" };
    const npm = spawn("npm", ["start"], {
      cwd: root,
      env: cleanEnvironment(settings),
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const kill = (): void => void process.kill(-npm.pid!, "SIGKILL");
    try {
      let output = "";
      npm.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      const ended = once(npm, "exit");
      await eventually(
        () => output,
        (text) => /^ready /m.test(text),
        240_000,
      );
      const children = childrenOf(npm.pid!);
      expect(children).toHaveLength(1);
      end(npm.pid!);
      await ended;
      await eventually(
        () => children.filter(isRunning),
        (left) => left.length === 0,
        90_000,
      );
    } finally {
      try {
        kill();
      } catch {
        // Nothing is left of it.
      }
    }
  });
});

function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return list.split(" ").flatMap((child) => (child.trim() === "" ? [] : [Number(child)]));
}

/** Whether it runs: one that has ended and that nobody has asked about is left in the table of processes. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
