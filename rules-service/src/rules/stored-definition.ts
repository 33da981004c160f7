import { FatalError } from "@headwater/core";
import { parseRule, ruleSchemaVersion, type RuleDefinition } from "../definition/index.ts";

/**
 * The definition that a revision of rules.v1 holds. Throws FatalError if it cannot be read: it was checked before it
 * was written, so the log is of a later version or was written by something else, and evaluating without that rule
 * would be silently wrong.
 */
export function storedDefinition(revision: { definition: string; schema: number }, rule: string): RuleDefinition {
  if (revision.schema > ruleSchemaVersion) {
    throw new FatalError(
      `Rule ${rule} is written in schema ${revision.schema}, and this version knows ${ruleSchemaVersion}; upgrade it`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(revision.definition);
  } catch (cause) {
    throw new FatalError(`Rule ${rule} is no JSON in rules.v1`, { cause });
  }
  const parsed = parseRule(value);
  if (parsed.ok) return parsed.definition;
  const [first] = parsed.problems;
  throw new FatalError(`Rule ${rule} in rules.v1 is none: ${first?.pointer ?? ""} ${first?.detail ?? ""}`);
}
