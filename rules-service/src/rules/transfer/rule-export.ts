import { Pace } from "@headwater/core";
import { stringify } from "yaml";
import type { MaintenanceModel } from "../../maintenance/maintenance-model.ts";
import { writtenWindow } from "../../maintenance/maintenance-resource.ts";
import type { RuleModel } from "../rule-model.ts";
import { definitionOf } from "../rule-resource.ts";

const pageSize = 20;

/**
 * All maintenance windows and all rules by id, a document each: the window, or the state and the rule, as an import
 * takes them.
 */
export async function* exportRules(
  model: RuleModel,
  maintenance: MaintenanceModel,
  state: string | undefined,
): AsyncGenerator<string> {
  const pace = new Pace();
  // Whoever asks for rules in one state asks for rules.
  if (state === undefined) yield* exportWindows(maintenance, pace);
  let last = "";
  for (;;) {
    const page = model.list(last, state, pageSize);
    for (const { state: rule } of page) {
      if (pace.isDue) await pace.rest();
      const entry = { state: rule.mode, rule: inOrder(definitionOf(rule.revisions.at(-1)!)) };
      yield documentOf(entry);
      last = rule.id;
    }
    if (page.length < pageSize) return;
  }
}

async function* exportWindows(model: MaintenanceModel, pace: Pace): AsyncGenerator<string> {
  let last = "";
  for (;;) {
    const page = model.list(last, pageSize);
    for (const window of page) {
      if (pace.isDue) await pace.rest();
      yield documentOf({ maintenance: inOrder(writtenWindow(window)) });
      last = window.id;
    }
    if (page.length < pageSize) return;
  }
}

function documentOf(entry: object): string {
  return `---\n${stringify(entry, { lineWidth: 110, aliasDuplicateObjects: false })}`;
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
