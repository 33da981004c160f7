import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("../../test/surviving-objects.ts", import.meta.url));

async function sizeOfYoung(...args: string[]): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args]);
  return Number(stdout) / 1024 / 1024;
}

it("a burst of objects that survive makes the young generation no larger than it has to be", async () => {
  const [bounded, unbounded] = [await sizeOfYoung("bounded"), await sizeOfYoung()];
  expect(unbounded).toBeGreaterThan(60);
  expect(bounded).toBeLessThan(unbounded / 1.5);
});
