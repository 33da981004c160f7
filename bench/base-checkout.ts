import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const present = join(import.meta.dirname, "..");

/**
 * A commit as a checkout of its own, with the benches of this one: both sides are measured in the same way, whatever
 * was measured then.
 */
export async function checkOut(commit: string): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), "bench-base-"));
  const folder = join(parent, "base");
  const remove = async (): Promise<void> => {
    await run("git", ["worktree", "remove", "--force", folder], { cwd: present }).catch(() => {});
    await rm(parent, { recursive: true, force: true });
  };
  try {
    await run("git", ["worktree", "add", "--quiet", "--detach", folder, commit], { cwd: present });
    await installPackages(folder);
    for (const own of ["bench", "scripts"]) {
      await rm(join(folder, own), { recursive: true, force: true });
      await cp(join(present, own), join(folder, own), { recursive: true });
    }
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The same packages are linked, which takes seconds; others are installed. */
async function installPackages(folder: string): Promise<void> {
  const locks = await Promise.all([present, folder].map((each) => readFile(join(each, "package-lock.json"), "utf8")));
  if (locks[0] !== locks[1]) {
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
    return;
  }
  const workspaces = ["packages", "."].map(async (parent) =>
    (await readdir(join(present, parent))).map((each) => join(parent, each)),
  );
  for (const each of [".", ...(await Promise.all(workspaces)).flat()]) {
    const from = join(present, each, "node_modules");
    if (each.startsWith("node_modules")) continue;
    // Links among workspaces are relative, and so lead to those of the copy.
    await run("cp", ["-al", from, join(folder, each, "node_modules")]).catch((error: { stderr?: string }) => {
      if (error.stderr?.includes("No such file") !== true && error.stderr?.includes("Not a directory") !== true)
        throw error;
    });
  }
}
