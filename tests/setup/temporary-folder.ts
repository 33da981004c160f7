import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "headwater-tests-";

/**
 * The temporary folders of all tests of a run lie in one, which goes with the run: a test that fails or is killed
 * before it cleans up leaves nothing in the system's folder. What a killed run left goes with the next one.
 */
export default function setup(): () => void {
  const outer = tmpdir();
  for (const name of readdirSync(outer)) {
    const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) remove(join(outer, name));
  }
  const folder = mkdtempSync(join(outer, `${prefix}${process.pid}-`));
  // A test that works as another user gets at the folder that it opened for that.
  chmodSync(folder, 0o711);
  process.env["TMPDIR"] = folder;
  return () => {
    process.env["TMPDIR"] = outer;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** What a killed run has mounted there stays, and is in nobody's way. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    process.stderr.write(`${folder}, left by a killed run, cannot be removed: ${(error as Error).message}\n`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
