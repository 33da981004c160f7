import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseRule } from "../../rules-service/src/definition/index.ts";

const root = new URL("../../", import.meta.url);
const inDoc = [...readFileSync(new URL("docs/rules.md", root), "utf8").matchAll(/^```yaml rule\n(.*?)^```$/gms)];
const examples = [
  ...inDoc.map((match) => match[1]!),
  ...globSync("docs/examples/**/*.yaml", { cwd: root }).map((name) => readFileSync(new URL(name, root), "utf8")),
];

describe("rules that the documentation shows", () => {
  it("are there", () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
  });

  it.each(examples)("are taken as they stand: %s", (example) => {
    expect(parseRule(parse(example))).toMatchObject({ ok: true });
  });
});
