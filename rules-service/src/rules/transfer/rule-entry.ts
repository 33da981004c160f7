import { Pace } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import type { RuleMode } from "@headwater/aggregates";
import { InvalidRequestError } from "@headwater/service";
import type { SchemaProblem } from "@headwater/service/schema";
import {
  maintenanceSchema,
  parseMaintenance,
  writtenRuleSchema,
  type MaintenanceDefinition,
  type RuleDefinition,
} from "../../definition/index.ts";
import { describe, maxProblems, pointerTo } from "../../language/problems.ts";
import { parseNewRule } from "../rule-body.ts";

/** Most rules in one import. */
export const maxEntries = 2000;

export const entryStates = ["draft", "live", "shadow", "disabled"] as const;
export type EntryState = (typeof entryStates)[number] & RuleMode;

export const entryState = Type.Union(
  entryStates.map((state) => Type.Literal(state)),
  { description: "The state that the rule is to have; without one it keeps that which it has" },
);

/** A rule in a file: bare, or with the state that it is to have beside it. */
const ruleEntry = Type.Union(
  [
    Type.Object({ state: Type.Optional(entryState), rule: writtenRuleSchema }, { additionalProperties: false }),
    Type.Object({ maintenance: maintenanceSchema }, { additionalProperties: false }),
    writtenRuleSchema,
  ],
  { title: "RuleEntry" },
);

export const importBody = Type.Array(ruleEntry, {
  minItems: 1,
  maxItems: maxEntries,
  title: "RuleEntries",
  description: "In YAML: documents, each with a rule, a state and a rule, a maintenance window, or a list of these",
});

/** What is in a body. */
export interface Entries {
  readonly rules: readonly RuleEntry[];
  readonly windows: readonly MaintenanceDefinition[];
}

export interface RuleEntry {
  readonly definition: RuleDefinition;
  readonly state: EntryState | undefined;
  /** Where the rule is in the body. */
  readonly pointer: string;
}

/** The entries of a body. Rejects with InvalidRequestError (400), whose problems say which entry and where in it. */
export async function entriesOf(body: unknown): Promise<Entries> {
  const values = (Array.isArray(body) ? body : [body]).flat(1);
  if (values.length === 0) throw invalid([{ pointer: "", detail: "are none; send at least one" }]);
  if (values.length > maxEntries) {
    throw invalid([{ pointer: "", detail: `are ${values.length}; at most ${maxEntries} at once, send them in parts` }]);
  }
  const problems: SchemaProblem[] = [];
  const places = new Map<string, number>();
  const rules: RuleEntry[] = [];
  const windows: MaintenanceDefinition[] = [];
  const pace = new Pace();
  for (const [index, value] of values.entries()) {
    if (pace.isDue) await pace.rest();
    const place = pointerTo("", index);
    const entry = opened(value);
    const { state, at, odd } = entry;
    const parsed = "window" in entry ? parseMaintenance(entry.window) : parseNewRule(entry.rule);
    if (odd !== undefined) problems.push({ pointer: `${place}${odd.pointer}`, detail: odd.detail });
    if (!parsed.ok) {
      problems.push(...parsed.problems.map(({ pointer, detail }) => ({ pointer: `${place}${at}${pointer}`, detail })));
    } else {
      const { id } = parsed.definition;
      const name = `${at}/${id}`.replace(/^\/rule(?=\/)/, "");
      const other = places.get(name);
      if (other !== undefined) {
        problems.push({ pointer: `${place}${at}/id`, detail: `${id} is the id of entry ${other} too; remove one` });
      }
      places.set(name, index);
      if ("window" in entry) windows.push(parsed.definition);
      else rules.push({ definition: parsed.definition, state, pointer: `${place}${at}` });
    }
    if (problems.length >= maxProblems) break;
  }
  if (problems.length > 0) throw invalid(problems.slice(0, maxProblems));
  return { rules, windows };
}

type Opened = ({ readonly rule: unknown } | { readonly window: unknown }) & {
  readonly state: EntryState | undefined;
  /** Where the rule or window is in its entry. */
  readonly at: string;
  readonly odd: SchemaProblem | undefined;
};

function opened(value: unknown): Opened {
  if (typeof value === "object" && value !== null && Object.hasOwn(value, "maintenance")) {
    const { maintenance: window, ...rest } = value as { maintenance: unknown };
    const [extra] = Object.keys(rest);
    const detail = "is not known here; `maintenance` stands alone";
    const odd = extra === undefined ? undefined : { pointer: pointerTo("", extra), detail };
    return { window, state: undefined, at: "/maintenance", odd };
  }
  const isPair = typeof value === "object" && value !== null && Object.hasOwn(value, "rule");
  if (!isPair) return { rule: value, state: undefined, at: "", odd: undefined };
  const { rule, state, ...rest } = value as { rule: unknown; state?: unknown };
  const [extra] = Object.keys(rest);
  const known = entryStates.find((each) => each === state);
  let odd: SchemaProblem | undefined;
  if (extra !== undefined) {
    odd = { pointer: pointerTo("", extra), detail: "is not known here; beside `rule` there is only `state`" };
  } else if (known === undefined && state !== undefined) {
    odd = { pointer: "/state", detail: `has to be one of ${entryStates.join(", ")}, not ${describe(state)}` };
  }
  return { rule, state: known, at: "/rule", odd };
}

function invalid(problems: readonly SchemaProblem[]): InvalidRequestError {
  return new InvalidRequestError("rules", problems);
}
