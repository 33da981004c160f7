import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import type { Mutant } from "./mutants.ts";

const sources = fileURLToPath(new URL("../../src", import.meta.url));
const packages = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "headwater-mutants-"));
symlinkSync(packages, join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), '{"type":"module"}');

/** Histories that are tried on a mutant; the sound engine has to agree on as many. */
const runs = Number(process.env["MUTATION_RUNS"] ?? 6000);
/**
 * Hang limit, far beyond what the histories take. One that goes round for ever is noticed by no assertion, and no other
 * than one on a busy machine: such a mutant is to be replaced by one that ends.
 */
const patienceMs = 1_700_000;
const timeoutMs = 1_800_000;

afterAll(() => rmSync(folder, { recursive: true }));

describe("the random histories", () => {
  it(
    "agree with the engine as it is",
    async () => {
      expect(await look(undefined, "sound")).toBe("agrees");
    },
    timeoutMs,
  );

  it.each(mutants.map((mutant, index) => [nameOf(mutant), mutant, String(index)] as const))(
    "notice %s",
    async (_name, mutant, index) => {
      expect(await look(mutant, index)).toBe("noticed");
    },
    timeoutMs,
  );
});

function nameOf({ file, from, to }: Mutant): string {
  return `${file}: ${from.trim()} → ${to.trim() || "nothing"}`;
}

async function look(mutant: Mutant | undefined, name: string): Promise<"agrees" | "noticed" | "hangs"> {
  const worker = new Worker(new URL("mutant-worker.ts", import.meta.url), {
    workerData: { engine: engineOf(mutant, name), runs, first: mutant?.first ?? 0 },
  });
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve("hangs"), patienceMs);
      worker.once("message", ({ noticed }: { noticed: boolean }) => {
        clearTimeout(timer);
        resolve(noticed ? "noticed" : "agrees");
      });
      worker.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
    });
  } finally {
    await worker.terminate();
  }
}

/** The engine's sources with the change, as a module beside which the workspace's packages are found. */
function engineOf(mutant: Mutant | undefined, name: string): string {
  const target = join(folder, name);
  cpSync(sources, target, { recursive: true });
  if (mutant !== undefined) {
    const path = join(target, mutant.file);
    const source = readFileSync(path, "utf8");
    expect(source.split(mutant.from), `${mutant.file} holds what is changed once`).toHaveLength(2);
    writeFileSync(
      path,
      source.replace(mutant.from, () => mutant.to),
    );
  }
  return pathToFileURL(join(target, "engine", "index.ts")).href;
}
