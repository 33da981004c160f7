import { HeadwaterError } from "@headwater/core";
import {
  maintenanceSchemaVersion,
  parseMaintenance,
  parseRule,
  ruleSchemaVersion,
  type MaintenanceDefinition,
  type RuleDefinition,
} from "../definition/index.ts";

/**
 * rules.v1 holds a definition that this version cannot read: a later version wrote it, or something else. The rule
 * stays in effect as it was before, which health says; a revision or the deletion of the rule mends it.
 */
export class UnreadableRuleError extends HeadwaterError {
  readonly advice = "quarantine";
  readonly code = "rule-unreadable";
}

/** The definition of a revision in rules.v1. Throws UnreadableRuleError. */
export function storedDefinition(revision: { definition: string; schema: number }, rule: string): RuleDefinition {
  if (revision.schema > ruleSchemaVersion) {
    throw new UnreadableRuleError(
      `Rule ${rule} is written in schema ${revision.schema}, and this version knows ${ruleSchemaVersion}; upgrade it`,
    );
  }
  let parsed;
  try {
    parsed = parseRule(JSON.parse(revision.definition));
  } catch (cause) {
    throw new UnreadableRuleError(`Rule ${rule} is no JSON in rules.v1`, { cause });
  }
  if (parsed.ok && parsed.definition.id === rule) return parsed.definition;
  if (parsed.ok) throw new UnreadableRuleError(`Rule ${rule} in rules.v1 is defined as ${parsed.definition.id}`);
  const [first] = parsed.problems;
  throw new UnreadableRuleError(`Rule ${rule} in rules.v1 is none: ${first?.pointer ?? ""} ${first?.detail ?? ""}`);
}

/** The definition of a maintenance window in rules.v1. Throws UnreadableRuleError. */
export function storedMaintenance(
  { definition, schema }: { definition: string; schema: number },
  id: string,
): MaintenanceDefinition {
  const what = `Maintenance window ${id}`;
  if (schema > maintenanceSchemaVersion) {
    throw new UnreadableRuleError(
      `${what} is written in schema ${schema}, which this version does not know; upgrade it`,
    );
  }
  let parsed;
  try {
    parsed = parseMaintenance(JSON.parse(definition));
  } catch (cause) {
    throw new UnreadableRuleError(`${what} is no JSON in rules.v1`, { cause });
  }
  if (parsed.ok && parsed.definition.id === id) return parsed.definition;
  if (parsed.ok) throw new UnreadableRuleError(`${what} in rules.v1 is defined as ${parsed.definition.id}`);
  const [first] = parsed.problems;
  throw new UnreadableRuleError(`${what} in rules.v1 is none: ${first?.pointer ?? ""} ${first?.detail ?? ""}`);
}
