import { Type, type Static } from "@sinclair/typebox";
import { ConflictError, Pace, Semaphore } from "@headwater/core";
import { etagOf, InvalidRequestError, parsePrecondition } from "@headwater/service";
import { maxProblems } from "../../language/problems.ts";
import type { RuleModel } from "../rule-model.ts";
import { loopsOfAll } from "../saved-loop.ts";
import type { RuleWrites } from "../rule-writes.ts";
import { definitionOf } from "../rule-resource.ts";
import { canonicalRule } from "../../definition/index.ts";
import { type WarningMeans, warningsOf } from "../../definition/warnings.ts";
import { differences, fieldChange } from "./rule-diff.ts";
import { entryState, type EntryState, type RuleEntry } from "./rule-entry.ts";

/** Enough that writes share appends. */
const writesAtOnce = 32;

const importedRule = Type.Object(
  {
    id: Type.String(),
    action: Type.Union(
      ["create", "revise", "switch", "same"].map((action) => Type.Literal(action)),
      { description: "switch: the state alone differs" },
    ),
    revision: Type.Optional(Type.Integer({ description: "Of the rule before; absent if there is none" })),
    stateBefore: Type.Optional(entryState),
    stateAfter: entryState,
    changes: Type.Array(fieldChange, { description: "The fields in which the rule differs" }),
    warnings: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }), {
      description: "What the rule is taken with, and will hardly do as it is meant; pointers are of the rule",
    }),
  },
  { title: "ImportedRule" },
);
export type ImportedRule = Static<typeof importedRule>;

const importedWindow = Type.Object(
  {
    id: Type.String(),
    action: Type.Union(["create", "change", "same"].map((action) => Type.Literal(action))),
    revision: Type.Optional(Type.Integer({ description: "Of the window before; absent if there is none" })),
    changes: Type.Array(fieldChange, { description: "The fields in which the window differs" }),
  },
  { title: "ImportedMaintenance" },
);
export type ImportedWindow = Static<typeof importedWindow>;

export const importAnswer = Type.Object(
  {
    dryRun: Type.Boolean({ description: "true: nothing was written" }),
    differs: Type.Boolean({ description: "Whether anything was, or would be, written" }),
    rules: Type.Array(importedRule),
    maintenance: Type.Array(importedWindow),
  },
  { title: "RuleImport" },
);

/** What an import of the entry would do. */
function planned(entry: RuleEntry, { model, fallback, warned }: RuleImportOptions): ImportedRule {
  const { definition } = entry;
  const warnings = [...warningsOf(definition, warned)];
  const stored = model.get(definition.id)?.state;
  const wanted = entry.state ?? fallback;
  const after = JSON.parse(canonicalRule(definition)) as unknown;
  if (stored === undefined || stored.mode === "deleted") {
    const stateAfter = wanted === undefined || wanted === "disabled" ? "draft" : wanted;
    const changes = [{ pointer: "", after }];
    return { id: definition.id, action: "create", stateAfter, changes, warnings };
  }
  const stateBefore = stored.mode;
  const stateAfter = nextState(stateBefore, wanted);
  const changes = differences(definitionOf(stored.revisions.at(-1)!), after);
  const action = changes.length > 0 ? "revise" : stateBefore === stateAfter ? "same" : "switch";
  return { id: definition.id, action, revision: stored.revision, stateBefore, stateAfter, changes, warnings };
}

/** Draft and disabled are alike in what they do, and a rule that was switched on never becomes a draft again. */
function nextState(before: EntryState, wanted: EntryState | undefined): EntryState {
  if (wanted === undefined) return before;
  const off = wanted === "draft" || wanted === "disabled";
  if (!off) return wanted;
  return before === "draft" || before === "disabled" ? before : "disabled";
}

export interface RuleImportOptions {
  readonly model: RuleModel;
  readonly writes: RuleWrites;
  readonly by: string;
  /** The state of entries that name none. */
  readonly fallback: EntryState | undefined;
  readonly warned: WarningMeans;
  readonly dryRun: boolean;
}

/**
 * Makes the rules as the entries say, each under the condition that it is still at the revision that was compared.
 * Rejects as RuleWrites does; what was written before that stays, and the same import goes on from there.
 */
export async function importRules(entries: readonly RuleEntry[], options: RuleImportOptions): Promise<ImportedRule[]> {
  const loops = loopsOfAll(options.model, entries);
  if (loops.length > 0) throw new InvalidRequestError("rules", loops.slice(0, maxProblems));
  const plans: ImportedRule[] = [];
  const pace = new Pace();
  for (const entry of entries) {
    if (pace.isDue) await pace.rest();
    plans.push(planned(entry, options));
  }
  if (!options.dryRun) await carryOutAll(plans, entries, options);
  return plans;
}

/**
 * Side by side, since each write waits for the log. After one that fails, none is begun any more. One that would make a
 * loop with a rule as it was before comes after the others, as long as that takes them further.
 */
async function carryOutAll(
  plans: readonly ImportedRule[],
  entries: readonly RuleEntry[],
  options: RuleImportOptions,
): Promise<void> {
  const turns = new Semaphore(writesAtOnce, plans.length);
  let hasFailed = false;
  let open = plans.map((plan, index) => ({ plan, entry: entries[index]! }));
  for (;;) {
    const looped: typeof open = [];
    let first: unknown;
    const settled = await Promise.allSettled(
      open.map((each) =>
        turns.run(async () => {
          if (hasFailed) return;
          try {
            await carryOut(each.plan, each.entry, options);
          } catch (error) {
            if (isLoop(error)) {
              first ??= error;
              looped.push(each);
              return;
            }
            hasFailed = true;
            throw error;
          }
        }),
      ),
    );
    for (const each of settled) if (each.status === "rejected") throw each.reason;
    if (looped.length === 0) return;
    if (looped.length === open.length) throw first;
    open = looped;
  }
}

function isLoop(error: unknown): boolean {
  return error instanceof ConflictError && error.details?.["loop"] !== undefined;
}

/** How much of what a rule does reaches anybody. */
const reach: Readonly<Record<EntryState, number>> = { live: 2, shadow: 1, disabled: 0, draft: 0 };

async function carryOut(plan: ImportedRule, entry: RuleEntry, { writes, by }: RuleImportOptions): Promise<void> {
  const { id, action, revision, stateBefore = "draft", stateAfter } = plan;
  if (action === "same") return;
  const isLoopless = true;
  const at = (of: number) => ({ by, isLoopless, precondition: parsePrecondition({ "if-match": etagOf(of) }) });
  let present = revision;
  // First what makes it do less: a definition that is to be tried in shadow must not act on its way there.
  const isLess = reach[stateAfter] < reach[stateBefore];
  if (isLess) await writes.switchTo(id, switchedTo(plan), at(revision!));
  if (action === "create") {
    present = (await writes.create(entry.definition, { by, isLoopless, precondition: undefined })).rule.state.revision;
  } else if (action === "revise") {
    present = (await writes.revise(id, entry.definition, at(revision!))).rule.state.revision;
  }
  if (stateAfter !== stateBefore && !isLess) await writes.switchTo(id, switchedTo(plan), at(present!));
}

function switchedTo({ id, stateAfter }: ImportedRule): Exclude<EntryState, "draft"> {
  if (stateAfter === "draft") throw new ConflictError(`Rule ${id} was switched on, and never is a draft again`);
  return stateAfter;
}
