import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repairEmbeddedLog } from "../src/embedded/offline/index.ts";
import { openEmbeddedLog } from "../src/embedded/open-embedded-log.ts";
import { writeAt } from "./write-at.ts";

const script = fileURLToPath(new URL("open-as-nobody.ts", import.meta.url));

/** Whether a user without rights gets at this checkout. */
function isOpenToAll(path: string): boolean {
  return (statSync(path).mode & 0o005) === 0o005 && (path === dirname(path) || isOpenToAll(dirname(path)));
}

const canRun = process.getuid?.() === 0 && isOpenToAll(dirname(script));

describe.skipIf(!canRun)("a log in a folder of somebody else (needs root, to be another user)", () => {
  let folder: string;
  let dataDir: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "headwater-owner-"));
    chmodSync(folder, 0o755);
    dataDir = join(folder, "data");
    mkdirSync(dataDir);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const opened = (): string =>
    spawnSync(process.execPath, [script, dataDir], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).stdout;

  it("is used where its owner lets others write: a volume, as an orchestrator mounts it", () => {
    chmodSync(dataDir, 0o777);
    expect(opened()).toBe("appended");
    for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  });

  it("is refused, with the folder's name, where he does not", () => {
    chmodSync(dataDir, 0o755);
    expect(opened()).toMatch(/^ResourceError: the event log's folder .*data cannot be written/);
  });

  it("is refused, with the file's name and what to do, where its files are another's: after a repair as root", async () => {
    chmodSync(dataDir, 0o777);
    const log = await openEmbeddedLog({ dataDir });
    await log.close();
    chownSync(dataDir, 65_534, 65_534);
    expect(opened()).toMatch(/^ResourceError: the event log's file .*event-log\..* belongs to another user.*chown/);
  });

  it("stays with its owner when root repairs it", () => {
    chownSync(dataDir, 65_534, 65_534);
    writeAt(dataDir, Date.UTC(2036, 0, 1) * 1000, "t", ["a"]);
    for (const name of readdirSync(dataDir)) chownSync(join(dataDir, name), 65_534, 65_534);
    expect(repairEmbeddedLog({ dataDir, standIns: () => [] }).rewritten).toBe(1);
    expect(statSync(join(dataDir, "event-log.db")).mode & 0o777).toBe(0o600);
    expect(opened()).toBe("appended");
  });
});
