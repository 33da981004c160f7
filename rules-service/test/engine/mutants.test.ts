import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { mutants } from "./mutants.ts";

it.each(mutants)("the mutant of $file changes what stands there once: $from", ({ file, from }) => {
  const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8");
  expect(source.split(from)).toHaveLength(2);
});
