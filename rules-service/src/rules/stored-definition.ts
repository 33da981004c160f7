import { HeadwaterError } from "@headwater/core";
import { parseRule, ruleSchemaVersion, type RuleDefinition } from "../definition/index.ts";

/**
 * rules.v1 holds a definition that this version cannot read. It was valid when it was written, so a later version or
 * something else wrote it; evaluating without the rule would be silently wrong, so the service stops.
 */
export class UnreadableRuleError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "rule-unreadable";
}

/** The definition of a revision in rules.v1. Throws UnreadableRuleError. */
export function storedDefinition(revision: { definition: string; schema: number }, rule: string): RuleDefinition {
  if (revision.schema > ruleSchemaVersion) {
    throw new UnreadableRuleError(
      `Rule ${rule} is written in schema ${revision.schema}, and this version knows ${ruleSchemaVersion}; upgrade it`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(revision.definition);
  } catch (cause) {
    throw new UnreadableRuleError(`Rule ${rule} is no JSON in rules.v1`, { cause });
  }
  const parsed = parseRule(value);
  if (parsed.ok) return parsed.definition;
  const [first] = parsed.problems;
  throw new UnreadableRuleError(`Rule ${rule} in rules.v1 is none: ${first?.pointer ?? ""} ${first?.detail ?? ""}`);
}
