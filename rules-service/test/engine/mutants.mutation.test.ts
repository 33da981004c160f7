import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { definitions, steps, write } from "./histories.ts";
import { mutants } from "./mutants.ts";
import type { Mutant } from "./mutants.ts";

const sources = fileURLToPath(new URL("../../src", import.meta.url));
// Beside the sources, so that a mutant finds the same packages.
mkdirSync(fileURLToPath(new URL("../../node_modules/.mutants", import.meta.url)), { recursive: true });
const folder = mkdtempSync(fileURLToPath(new URL("../../node_modules/.mutants/run-", import.meta.url)));

afterAll(() => rmSync(folder, { recursive: true }));

describe("the random histories notice", () => {
  it.each(
    mutants.map(
      (mutant, index) =>
        [`${mutant.file}: ${mutant.from.trim()} → ${mutant.to.trim() || "nothing"}`, mutant, index] as const,
    ),
  )(
    "%s",
    async (_name, mutant, index) => {
      const create = await engineOf(mutant, index);
      const { failed } = fc.check(
        fc.property(
          definitions,
          steps(),
          (rules, life) => agreesWithReference(create, rules, write(life)) === undefined,
        ),
        { numRuns: 20_000, endOnFailure: true, seed: 7 },
      );
      expect(failed).toBe(true);
    },
    120_000,
  );
});

async function engineOf({ file, from, to }: Mutant, index: number): Promise<typeof createPartitionEngine> {
  const target = join(folder, `${index}`);
  for (const part of ["engine", "definition"]) cpSync(join(sources, part), join(target, part), { recursive: true });
  const path = join(target, "engine", file);
  const source = readFileSync(path, "utf8");
  expect(source.split(from), `${file} holds ${from} once`).toHaveLength(2);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const module = (await import(pathToFileURL(join(target, "engine", "index.ts")).href)) as {
    createPartitionEngine: typeof createPartitionEngine;
  };
  return module.createPartitionEngine;
}
