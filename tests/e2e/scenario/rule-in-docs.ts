import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { InvariantError } from "@headwater/core";

interface WrittenRule {
  readonly id: string;
  readonly condition: Readonly<Record<string, unknown>>;
}

/** A rule as docs/rules.md shows it. */
export function ruleInDocs(id: string): WrittenRule {
  const text = readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");
  const rules = Array.from(text.matchAll(/^```yaml rule\n(.*?)^```$/gms), (match) => parse(match[1]!) as WrittenRule);
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) throw new InvariantError(`docs/rules.md shows no rule ${id}`);
  return rule;
}
