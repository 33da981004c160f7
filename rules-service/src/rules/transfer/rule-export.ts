import { stringify } from "yaml";
import type { RuleModel } from "../rule-model.ts";
import { definitionOf } from "../rule-resource.ts";
import { Slices } from "./slices.ts";

const pageSize = 20;

/** All rules by id, a document each with the state and the rule, as an import takes them. */
export async function* exportRules(model: RuleModel, state: string | undefined): AsyncGenerator<string> {
  const slices = new Slices();
  let last = "";
  for (;;) {
    const page = model.list(last, state, pageSize);
    for (const { state: rule } of page) {
      await slices.next();
      const entry = { state: rule.mode, rule: inOrder(definitionOf(rule.revisions.at(-1)!)) };
      yield `---\n${stringify(entry, { lineWidth: 110, aliasDuplicateObjects: false })}`;
      last = rule.id;
    }
    if (page.length < pageSize) return;
  }
}

/** As people write a rule: what it is called first, then what it is about, then what it does. */
const usualOrder = [
  ...["id", "name", "description", "labels", "annotations", "selector", "condition", "severity"],
  ...["wait", "lateness", "schedule", "flapping"],
];

function inOrder(definition: unknown): unknown {
  if (typeof definition !== "object" || definition === null) return definition;
  const rank = (name: string) => {
    const place = usualOrder.indexOf(name);
    return place < 0 ? usualOrder.length : place;
  };
  return Object.fromEntries(Object.entries(definition).toSorted(([a], [b]) => rank(a) - rank(b)));
}
