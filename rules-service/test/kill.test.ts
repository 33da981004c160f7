import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { platform, startService, stateRecords } from "./support/harness.ts";
import { expectExactlyTheOracle } from "./support/oracle.ts";

const child = fileURLToPath(new URL("./support/kill-child.ts", import.meta.url));

/** Runs a process on that folder, and kills it so long after it was in the middle of its work. */
async function runAndKill(folder: string, epoch: number, ms: number): Promise<void> {
  const running = spawn(process.execPath, [child, folder, String(epoch)], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(running, "exit");
  const [line] = (await Promise.race([once(running.stdout, "data"), exit])) as [unknown];
  expect(String(line)).toContain("ready");
  await new Promise((resolve) => setTimeout(resolve, ms));
  running.kill("SIGKILL");
  expect(await exit).toEqual([null, "SIGKILL"]);
}

it("is the same after kill -9 in mid-stream, again and again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "headwater-rules-kill-"));
  try {
    for (const [round, ms] of [150, 400, 90].entries()) {
      await runAndKill(folder, round + 1, ms);
    }
    const on = await platform(2, folder);
    const rules = await startService(on);
    await on.fleet.mark();
    const { alerts, derived } = await expectExactlyTheOracle(on);
    expect(alerts.size).toBeGreaterThan(20);
    expect(derived.size).toBeGreaterThan(20);
    const claims = (await stateRecords(on)).filter(({ claim }) => claim !== null);
    expect(claims).toHaveLength(4 * on.partitions);
    await rules.stop();
    await on.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
