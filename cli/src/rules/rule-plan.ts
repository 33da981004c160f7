import { ProblemError, type ApiClient, type Schemas } from "@headwater/client";
import { RuleFilesError } from "./errors.ts";
import { shown } from "../text/columns.ts";
import type { FileRule } from "./rule-files.ts";
import { allRules, type Rule } from "./rule-list.ts";

export type PlannedRule = Schemas["ImportedRule"];
export type State = NonNullable<PlannedRule["stateBefore"]>;

export interface Plan {
  readonly differs: boolean;
  /** In the order of the files. */
  readonly rules: readonly PlannedRule[];
  readonly maintenance: readonly Schemas["ImportedMaintenance"][];
  /** A line for each: its file, its line and the remedy. */
  readonly warnings: readonly string[];
  /** Rules of the platform that no file has; only if they were asked for. */
  readonly deletes: readonly Rule[];
}

export interface PlanOptions {
  /** That of rules that name none. */
  readonly state: State | undefined;
  /** Whether rules that no file has are deleted. */
  readonly prune: boolean;
}

/** One request takes at most so many rules, and about so many bytes. */
const most = { rules: 500, bytes: 2_000_000 };

/**
 * What has to be done so that the platform's rules are those of the files.
 * @throws RuleFilesError with a line for every problem of a rule: its file, its line and the remedy.
 */
export async function planOf(api: ApiClient, files: readonly FileRule[], options: PlanOptions): Promise<Plan> {
  const rules: PlannedRule[] = [];
  const maintenance: Schemas["ImportedMaintenance"][] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const part of partsOf(files)) {
    const body = part.map(({ value }) => value) as Schemas["RuleEntries"];
    try {
      const query = { dryRun: true, ...(options.state !== undefined && { state: options.state }) };
      const answer = await api.call("POST", "/api/v1/rules/import", { query, body });
      rules.push(...answer.rules);
      maintenance.push(...answer.maintenance);
      const own = part.filter(({ isWindow }) => !isWindow);
      warnings.push(...answer.rules.flatMap((rule, index) => warningsOf(rule, own[index]!)));
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 400) throw error;
      problems.push(...problemsOf(error, part));
    }
  }
  if (problems.length > 0) throw new RuleFilesError(problems.join("\n"));
  const kept = new Set(rules.map(({ id }) => id));
  const deletes = options.prune ? (await allRules(api)).filter(({ id }) => !kept.has(id)) : [];
  const differs = deletes.length > 0 || [...rules, ...maintenance].some(({ action }) => action !== "same");
  return { differs, rules, maintenance, warnings, deletes };
}

function warningsOf({ warnings }: PlannedRule, { value, place }: FileRule): string[] {
  const inside = typeof value === "object" && value !== null && "rule" in value ? "/rule" : "";
  return warnings.map(({ pointer, detail }) => shown(`${place(inside + pointer)}: warning: ${pointer} ${detail}`));
}

function partsOf(files: readonly FileRule[]): FileRule[][] {
  const parts: FileRule[][] = [];
  let bytes = 0;
  for (const file of files) {
    const own = Buffer.byteLength(JSON.stringify(file.value) ?? "null");
    const part = parts.at(-1);
    if (part === undefined || part.length >= most.rules || bytes + own > most.bytes) {
      parts.push([file]);
      bytes = own;
    } else {
      part.push(file);
      bytes += own;
    }
  }
  return parts;
}

/** The problems of an import, each at its line. */
function problemsOf(error: ProblemError, part: readonly FileRule[]): string[] {
  const { errors = [] } = error.problem;
  const found = errors.flatMap(({ pointer, detail }) => {
    const [, index, inside] = /^\/(\d+)(.*)$/s.exec(pointer) ?? [];
    const file = index === undefined ? undefined : part[Number(index)];
    return file === undefined
      ? []
      : [shown(`${file.place(inside!)}: ${inside!.replace(/^\/(?:rule|maintenance)(?=\/|$)/, "")} ${detail}`)];
  });
  if (found.length === 0) throw error;
  return found;
}

/**
 * Does what the plan says, each write under the condition that the rule is still as it was compared.
 * @throws ProblemError (412 or 409) if somebody else was faster; what was written before that stays.
 */
export async function carryOut(api: ApiClient, plan: Plan, files: readonly FileRule[]): Promise<void> {
  const windows = files.filter(({ isWindow }) => isWindow);
  const rules = files.filter(({ isWindow }) => !isWindow);
  for (const [index, { id, action, revision }] of plan.maintenance.entries()) {
    const body = (windows[index]!.value as { maintenance: Schemas["MaintenanceDefinition"] }).maintenance;
    if (action === "create") await api.call("POST", "/api/v1/maintenance", { body });
    if (action === "change") {
      await api.call("PUT", "/api/v1/maintenance/{id}", { path: { id }, body, ifMatch: revision });
    }
  }
  let open = plan.rules.map((rule, index) => ({ rule, body: ruleIn(rules[index]!.value) }));
  while (open.length > 0) {
    const looped: typeof open = [];
    let first: unknown;
    for (const each of open) {
      try {
        await carryOutRule(api, each.rule, each.body);
      } catch (error) {
        if (!isLoop(error)) throw error;
        first ??= error;
        looped.push(each);
      }
    }
    if (looped.length === open.length) throw first;
    open = looped;
  }
  for (const { id, revision } of plan.deletes) {
    await api.call("DELETE", "/api/v1/rules/{id}", { path: { id }, ifMatch: revision });
  }
}

/**
 * Whether it was refused for the rules around it as they were before: everything else that is wrong with a rule was
 * found when it was compared. It is for after the others.
 */
function isLoop(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  const { details } = error.problem as { details?: { loop?: unknown } };
  return error.status === 400 || (error.status === 409 && details?.loop !== undefined);
}

/** How much of what a rule does reaches anybody. */
const reach: Readonly<Record<State, number>> = { live: 2, shadow: 1, disabled: 0, draft: 0 };

async function carryOutRule(api: ApiClient, rule: PlannedRule, body: Schemas["RuleDefinition"]): Promise<void> {
  const { id, action, stateBefore = "draft", stateAfter } = rule;
  let { revision } = rule;
  if (action === "same") return;
  // First what makes it do less: a definition that is to be tried in shadow must not act on its way there.
  const isLess = reach[stateAfter] < reach[stateBefore];
  if (isLess) await switchTo(api, id, stateAfter, revision);
  if (action === "create") {
    ({ revision } = await api.call("POST", "/api/v1/rules", { body }));
  } else if (action === "revise") {
    const path = { id };
    ({ revision } = await api.call("PUT", "/api/v1/rules/{id}", { path, body, ifMatch: revision }));
  }
  if (stateAfter !== stateBefore && !isLess) await switchTo(api, id, stateAfter, revision);
}

function ruleIn(value: unknown): Schemas["RuleDefinition"] {
  const entry = value as { rule?: Schemas["RuleDefinition"] } & Schemas["RuleDefinition"];
  return entry.rule ?? entry;
}

const verbs = { live: "enable", shadow: "shadow", disabled: "disable" } as const;

/** Switches a rule; a draft is one only as long as it never was switched. */
export async function switchTo(api: ApiClient, id: string, state: State, ifMatch?: number): Promise<Rule> {
  if (state === "draft") throw new RuleFilesError(`Rule ${id} was switched on and never is a draft again; disable it`);
  return api.call("POST", `/api/v1/rules/{id}/${verbs[state]}`, { path: { id }, ifMatch });
}

export type RuleFilter = NonNullable<Schemas["RulesToSwitch"]["filter"]>;

/** Rules of one request. */
const mostSwitched = 500;

/** Switches rules, each by itself; answers for each. */
export async function switchMany(
  api: ApiClient,
  state: "live" | "shadow" | "disabled",
  chosen: { readonly ids: readonly string[] } | { readonly filter: RuleFilter },
): Promise<Schemas["BulkOutcome"][]> {
  const path = `/api/v1/rules/${verbs[state]}` as const;
  const outcomes: Schemas["BulkOutcome"][] = [];
  if ("ids" in chosen) {
    const ids = [...new Set(chosen.ids)];
    for (let from = 0; from < ids.length; from += mostSwitched) {
      outcomes.push(...(await api.call("POST", path, { body: { ids: ids.slice(from, from + mostSwitched) } })).items);
    }
    return outcomes;
  }
  let cursor: string | null | undefined;
  do {
    const answer = await api.call("POST", path, { body: { filter: chosen.filter, ...(cursor != null && { cursor }) } });
    outcomes.push(...answer.items);
    cursor = answer.next;
  } while (cursor != null);
  return outcomes;
}

/** A plan as people read a difference. */
export function describePlan({ rules, maintenance, deletes }: Plan): string {
  const lines: string[] = [];
  for (const { id, action, revision, changes } of maintenance) {
    if (action === "create") lines.push(`+ maintenance ${id} (new)`);
    if (action !== "change") continue;
    lines.push(
      `~ maintenance ${id} (revision ${revision})`,
      ...changes.map((change) => `    ${describeChange(change)}`),
    );
  }
  for (const { id, action, revision, stateBefore, stateAfter, changes } of rules) {
    if (action === "same") continue;
    if (action === "create") {
      lines.push(`+ ${id} (new, ${stateAfter})`);
      continue;
    }
    lines.push(`~ ${id} (revision ${revision})`);
    for (const change of changes) lines.push(`    ${describeChange(change)}`);
    if (stateBefore !== stateAfter) lines.push(`    state: ${stateBefore} -> ${stateAfter}`);
  }
  for (const { id, mode } of deletes) lines.push(`- ${id} (deleted, was ${mode})`);
  const same = [...rules, ...maintenance].filter(({ action }) => action === "same").length;
  if (same > 0) lines.push(`= ${same} the same`);
  return lines.map(shown).join("\n");
}

function describeChange(change: PlannedRule["changes"][number]): string {
  const [before, after] = [change.before, change.after].map((value) => JSON.stringify(value));
  if (!("before" in change)) return `${change.pointer}: + ${after}`;
  if (!("after" in change)) return `${change.pointer}: - ${before}`;
  return `${change.pointer}: ${before} -> ${after}`;
}
