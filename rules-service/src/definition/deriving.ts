import { continualDerivation, sourcesOf, type ContinualDerivation } from "../action-kinds/derive/continual.ts";
import { derive, type DeriveDefinition } from "../action-kinds/derive/kind.ts";
import { checkAction, type ActionDefinition } from "../action-kinds/kinds.ts";
import { parseExpression } from "../conditions/expression/cel.ts";
import { pointerTo, type Problems } from "../language/problems.ts";

/** A rule without a condition and with one derive alone may be written without the list. */
export const deriveSchema = derive.schema;

/** What is looked at here of a rule as it is written. */
interface WrittenRule {
  readonly condition?: unknown;
  readonly derive?: DeriveDefinition;
  readonly actions?: readonly ActionDefinition[];
  readonly severity?: unknown;
  readonly schedule?: unknown;
  readonly flapping?: unknown;
}

/** What rules without a condition have no use for. */
const ofAlerts = ["severity", "schedule", "flapping"] as const;

/** All derives of a rule. */
export function derivesOf({ derive: only, actions }: WrittenRule): readonly DeriveDefinition[] {
  const listed = (actions ?? []).flatMap((action) => action.derive ?? []);
  return only === undefined ? listed : [only, ...listed];
}

/** Of a rule that has passed the checks; undefined: it has a condition. */
export function continuallyDerived(definition: WrittenRule): ContinualDerivation | undefined {
  return definition.condition === undefined ? continualDerivation(derivesOf(definition)) : undefined;
}

/** Adds the problems of a rule that has no condition. */
export function checkDeriving(rule: WrittenRule, problems: Problems): void {
  const derives = derivesOf(rule);
  if (derives.length === 0) {
    const hint = "or, if it is to derive a metric at every reading, an action derive";
    problems.add("/condition", `is missing; a rule has a condition, ${hint}`);
    return;
  }
  for (const name of ofAlerts) {
    if (rule[name] === undefined) continue;
    problems.add(
      `/${name}`,
      "is for alerts, and a rule without a condition raises none; add a condition, or remove it",
    );
  }
  const metrics = derives.flatMap(takenBy);
  const place = { metrics, hasCondition: false };
  for (const [index, action] of (rule.actions ?? []).entries()) {
    checkAction(action, place, pointerTo("/actions", index), problems);
  }
  if (rule.derive !== undefined) derive.check(rule.derive, { ...place, pointer: "/derive", problems });
  checkDerivedOnce(rule, problems);
}

/** Two readings of one metric and one time would be one. */
function checkDerivedOnce({ derive: only, actions }: WrittenRule, problems: Problems): void {
  const seen = new Set<string>(only === undefined ? [] : [only.metric]);
  for (const [index, action] of (actions ?? []).entries()) {
    const metric = action.derive?.metric;
    if (metric === undefined) continue;
    if (seen.has(metric)) {
      problems.add(`/actions/${index}/derive/metric`, "is derived by this rule already; choose another name");
    }
    seen.add(metric);
  }
}

function takenBy(definition: DeriveDefinition): readonly string[] {
  const { expression, from } = definition;
  if (expression !== undefined && !parseExpression(expression, "value").ok) return from === undefined ? [] : [from];
  return expression === undefined && from === undefined ? [] : sourcesOf(definition);
}
