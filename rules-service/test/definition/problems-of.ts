import { parseRule } from "../../src/definition/index.ts";

/** Where a rule is wrong, and what to do there. */
export function problems(input: unknown): string[] {
  const parsed = parseRule(input);
  return parsed.ok ? [] : parsed.problems.map(({ pointer, detail }) => `${pointer} ${detail}`);
}
