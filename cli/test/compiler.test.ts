import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

/** Says at the end of the process whether Node has loaded what strips types, 13 MiB that stay. */
const probe = `process.on("exit", () => {
  console.log("compiler", process.moduleLoadList.some((name) => name.includes("deps/amaro")));
})`;

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "headwater-cache-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

function run(): string[] {
  const main = join(import.meta.dirname, "../src/main.js");
  const flags = ["--import", `data:text/javascript,${encodeURIComponent(probe)}`];
  const env = { PATH: process.env["PATH"], XDG_CACHE_HOME: cache };
  return execFileSync(process.execPath, [...flags, main, "--version"], { env, encoding: "utf8" }).split("\n");
}

it("a process loads Node's TypeScript compiler once, for the sources that its cache has not", () => {
  expect(run()).toEqual([expect.stringMatching(/^headwater \d/), "compiler true", ""]);
  expect(run()).toEqual([expect.stringMatching(/^headwater \d/), "compiler false", ""]);
});
