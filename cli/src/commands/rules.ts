import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";
import { exportTo } from "../rules/rule-export.ts";
import { readRuleFiles } from "../rules/rule-files.ts";
import { allRules, describeRevisions, describeRules, revisionsOf, type Rule } from "../rules/rule-list.ts";
import {
  carryOut,
  describePlan,
  planOf,
  switchMany,
  switchTo,
  type RuleFilter,
  type State,
} from "../rules/rule-plan.ts";
import { shown } from "../text/columns.ts";

const usage = `headwater rules: rules as files, and what is done with single ones

  validate FILE…     whether all rules of the files would be taken, and warnings of what they will hardly do as meant;
                     FILE is YAML or JSON, a folder, or - for standard input
  diff FILE…         what apply would do, field by field
  apply FILE…        creates, revises and switches rules so that they are as the files say
  export [ID…]       rules with their states as YAML, as apply takes them

  list               all rules
  get ID             one, with how it stands on every partition
  revisions ID       every revision of it
  enable ID…, shadow ID…, disable ID…
                     switches them; with * in an id, or --label, all that fit; each by itself
  delete ID…

${connectionUsage}
  --state STATE      live, shadow, disabled or draft; of apply and diff: of rules that name none (default: as it is; a
                     new one is a draft); of list and export: only these
  --prune            of apply and diff: delete the rules that no file has (maintenance windows stay)
  --out DIR          of export: a file for each rule in this folder instead of the standard output
  --strict           of validate: exit code 2 if there are warnings
  --label NAME=VALUE of enable, shadow and disable: only rules with that label; several have to fit all
  --revision N       of enable, shadow, disable and delete: only if the rule is at this revision
  --json             the answer as JSON

A file holds documents, each with a rule, a list of rules, or a rule with the state that it is to have:
  state: live
  rule: { id: …, condition: … }
or a maintenance window: maintenance: { id: …, selector: …, from: …, to: … }

Exit code 0: done, or nothing differs; warnings alone leave it so. 1: it could not be done, or a rule is wrong.
2: of diff: something differs; of validate --strict: there are warnings.`;

const states = ["live", "shadow", "disabled", "draft"] as const;
const options = {
  ...connectionOptions,
  state: { type: "string" },
  prune: { type: "boolean", default: false },
  strict: { type: "boolean", default: false },
  out: { type: "string" },
  revision: { type: "string" },
  label: { type: "string", multiple: true },
  json: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof options>>["values"];
type Api = ReturnType<typeof connect>;

/** What an action takes besides the platform: how many names, and which of the options. */
interface Action {
  readonly names: "none" | "one" | "some" | "any";
  readonly takes: readonly ("state" | "prune" | "strict" | "out" | "revision" | "label" | "json")[];
  run(api: Api, names: readonly string[], values: Values): Promise<number>;
}

const actions: Readonly<Record<string, Action>> = {
  validate: {
    names: "some",
    takes: ["strict", "json"],
    async run(api, names, { json, strict }) {
      const plan = await planOf(api, readRuleFiles(names), { state: undefined, prune: false });
      const { warnings } = plan;
      const [rules, maintenance] = [plan.rules, plan.maintenance].map((list) => list.map(({ id }) => id));
      const counted =
        warnings.length === 0 ? "" : `, with ${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`;
      const count = plan.rules.length + plan.maintenance.length;
      console.log(
        json
          ? asJson({ valid: true, rules, maintenance, warnings })
          : [...warnings, `${count} valid${counted}`].join("\n"),
      );
      return strict && warnings.length > 0 ? 2 : 0;
    },
  },
  diff: {
    names: "some",
    takes: ["state", "prune", "json"],
    async run(api, names, values) {
      const plan = await planOf(api, filesFor(names, values), { state: stateOf(values), prune: values.prune });
      console.log(values.json ? asJson(plan) : describePlan(plan));
      return plan.differs ? 2 : 0;
    },
  },
  apply: {
    names: "some",
    takes: ["state", "prune", "json"],
    async run(api, names, values) {
      const files = filesFor(names, values);
      const plan = await planOf(api, files, { state: stateOf(values), prune: values.prune });
      await carryOut(api, plan, files);
      for (const warning of plan.warnings) console.error(warning);
      console.log(values.json ? asJson(plan) : describePlan(plan));
      return 0;
    },
  },
  export: {
    names: "any",
    takes: ["state", "out"],
    async run(api, names, values) {
      await exportTo(api, { ids: names, state: stateOf(values), folder: values.out });
      return 0;
    },
  },
  list: {
    names: "none",
    takes: ["state", "json"],
    async run(api, _, values) {
      const rules = await allRules(api, stateOf(values));
      console.log(values.json ? asJson(rules) : describeRules(rules));
      return 0;
    },
  },
  get: {
    names: "one",
    takes: ["json"],
    async run(api, [id = ""], { json }) {
      const rule = await api.call("GET", "/api/v1/rules/{id}", { path: { id } });
      if (json) console.log(asJson(rule));
      else console.log(`${describeRules([rule])}\n\n${asJson(rule.definition)}\n\n${describePartitions(rule)}`);
      return 0;
    },
  },
  revisions: {
    names: "one",
    takes: ["json"],
    async run(api, [id = ""], { json }) {
      const revisions = await revisionsOf(api, id);
      console.log(json ? asJson(revisions) : describeRevisions(revisions));
      return 0;
    },
  },
  enable: switching("live"),
  shadow: switching("shadow"),
  disable: switching("disabled"),
  delete: writing((api, id, ifMatch) => api.call("DELETE", "/api/v1/rules/{id}", { path: { id }, ifMatch })),
};

function switching(state: "live" | "shadow" | "disabled"): Action {
  const one = writing((api, id, ifMatch) => switchTo(api, id, state, ifMatch));
  return {
    names: "some",
    takes: ["revision", "label", "json"],
    async run(api, ids, values) {
      const { revision, label = [], json } = values;
      const isFilter = label.length > 0 || ids.some((id) => id.includes("*"));
      if (isFilter && revision !== undefined) {
        throw new UsageError("--revision goes with whole ids, without * and --label. See headwater rules --help");
      }
      if (!isFilter && (ids.length === 1 || revision !== undefined)) return one.run(api, ids, values);
      const outcomes = await switchMany(api, state, isFilter ? { filter: ruleFilter(ids, label) } : { ids });
      if (json) console.log(asJson(outcomes));
      else if (outcomes.length === 0) console.log("no rules");
      for (const { id, status, detail } of json ? [] : outcomes) {
        console.log(shown(status === 200 ? `${id}: ${state}` : `${id}: ${detail ?? status}`));
      }
      return outcomes.every(({ status }) => status === 200) ? 0 : 1;
    },
  };
}

/** Throws UsageError for a label that is none. */
function ruleFilter(ids: readonly string[], labels: readonly string[]): RuleFilter {
  const wanted: Record<string, string> = {};
  for (const text of labels) {
    const [name = "", ...value] = text.split("=");
    if (name === "" || value.length === 0)
      throw new UsageError(`--label takes NAME=VALUE, not ${JSON.stringify(text)}`);
    wanted[name] = value.join("=");
  }
  return { ...(ids.length > 0 && { ids: [...ids] }), ...(labels.length > 0 && { labels: wanted }) };
}

function writing(write: (api: Api, id: string, ifMatch: number | undefined) => Promise<Rule>): Action {
  return {
    names: "some",
    takes: ["revision", "json"],
    async run(api, ids, { revision, json }) {
      if (revision !== undefined && !/^\d{1,15}$/.test(revision)) {
        throw new UsageError(`--revision takes the number of a revision, not ${JSON.stringify(revision)}`);
      }
      for (const id of ids) {
        const rule = await write(api, id, revision === undefined ? undefined : Number(revision));
        console.log(json ? asJson(rule) : shown(`${id}: ${rule.state} (revision ${rule.revision})`));
      }
      return 0;
    },
  };
}

export const rulesCommand: Command = {
  name: "rules",
  summary: "rules as files (apply, diff, export, validate), and single ones (list, get, enable, …)",
  async run([name, ...args], { env }) {
    if (name === undefined || name === "--help" || name === "-h") {
      console.log(usage);
      return 0;
    }
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) {
      const known = Object.keys(actions);
      throw new UsageError(`headwater rules takes ${known.join(", ")}, not ${name}${didYouMean(name, known)}`);
    }
    const { values, positionals } = parseOptions("rules", args, options, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    checkUse(name, action, positionals, values);
    return action.run(connect(values, env), positionals, values);
  },
};

function checkUse(name: string, { names, takes }: Action, given: readonly string[], values: Values): void {
  const own = ["state", "prune", "strict", "out", "revision", "label", "json"] as const;
  const { label } = values;
  const other = own.find((each) => !takes.includes(each) && values[each] !== undefined && values[each] !== false);
  const fits = {
    none: given.length === 0,
    one: given.length === 1,
    some: given.length > 0 || label !== undefined,
    any: true,
  }[names];
  const what = ["validate", "diff", "apply"].includes(name) ? "files" : "ids of rules";
  const takesWhat = { none: "no names", one: "the id of one rule", some: what, any: what }[names];
  if (!fits) throw new UsageError(`headwater rules ${name} takes ${takesWhat}. See headwater rules --help`);
  if (other !== undefined) throw new UsageError(`--${other} is not of ${name}. See headwater rules --help`);
  stateOf(values);
}

function filesFor(names: readonly string[], { prune }: Values) {
  const files = readRuleFiles(names);
  if (files.length > 0 || !prune) return files;
  // An empty folder is more often a mistake than the wish to delete everything.
  throw new UsageError(`${names.join(", ")}: no rule is there, and --prune would delete all; delete them by their ids`);
}

function stateOf({ state }: Values): State | undefined {
  const known = states.find((each) => each === state);
  if (known !== undefined || state === undefined) return known;
  throw new UsageError(`--state is one of ${states.join(", ")}, not ${state}${didYouMean(state, states)}`);
}

function describePartitions({ partitions = [] }: Rule): string {
  return partitions
    .map(({ partition, state, revision, fromOffset }) => {
      const since = revision === undefined ? "" : `, revision ${revision} from offset ${fromOffset}`;
      return `partition ${partition}: ${state}${since}`;
    })
    .join("\n");
}

function asJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
