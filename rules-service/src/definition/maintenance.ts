import { Type, type Static } from "@sinclair/typebox";
import { microsFromIso } from "@headwater/core";
import type { SchemaProblem } from "@headwater/service/schema";
import { canonicalJson } from "../language/canonical.ts";
import { Problems } from "../language/problems.ts";
import { schemaProblems } from "../language/schema-problems.ts";
import { ruleSelector, ruleSelectorSchema, type SelectableRule } from "./rule-selector.ts";
import { checkSchedule, weeklyOf, windowsSchema } from "./schedule.ts";
import { normaliseSelector, selectorSchema, type NormalSelector } from "./selector.ts";

/** Number of the published schema; every stored definition names it. */
export const maintenanceSchemaVersion = 1;

const instant = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 60, description }));

/** The published JSON Schema of a maintenance window. */
export const maintenanceSchema = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
      description: "letters, digits, '.', '_' and '-', beginning with a letter or digit",
    }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Type.String({ maxLength: 4000 })),
    selector: Type.Optional(selectorSchema),
    rules: Type.Optional(ruleSelectorSchema),
    from: instant("When it begins, in ISO 8601 with Z or an offset. Default: at once."),
    to: instant("When it ends; left out of it. Needed unless there is a schedule."),
    schedule: Type.Optional(windowsSchema),
  },
  { title: "MaintenanceDefinition", additionalProperties: false },
);
export type MaintenanceDefinition = Static<typeof maintenanceSchema>;

/** The same as the body of a change, whose id is that of the path. */
export const changedMaintenanceSchema = Type.Object(
  { ...maintenanceSchema.properties, id: Type.Optional(maintenanceSchema.properties.id) },
  { title: "ChangedMaintenance", additionalProperties: false },
);

export type ParsedMaintenance =
  | { readonly ok: true; readonly definition: MaintenanceDefinition }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** Checks a maintenance window of a user, as `parseRule` does rules. */
export function parseMaintenance(input: unknown): ParsedMaintenance {
  const problems = new Problems();
  schemaProblems(maintenanceSchema, input, "", problems);
  if (problems.none) checkTimes(input as MaintenanceDefinition, problems);
  if (!problems.none) return { ok: false, problems: problems.list };
  return { ok: true, definition: input as MaintenanceDefinition };
}

function checkTimes({ from, to, schedule }: MaintenanceDefinition, problems: Problems): void {
  checkSchedule(schedule, "/schedule", problems);
  const [begin, end] = [from, to].map((text) => (text === undefined ? undefined : microsFromIso(text)));
  const wanted = "write it like 2026-12-01T08:00:00Z or 2026-12-01T09:00:00+01:00";
  if (from !== undefined && begin === undefined) problems.add("/from", `${JSON.stringify(from)} is no time; ${wanted}`);
  if (to !== undefined && end === undefined) problems.add("/to", `${JSON.stringify(to)} is no time; ${wanted}`);
  if (begin !== undefined && end !== undefined && end <= begin) problems.add("/to", "is not after `from`");
  if (to === undefined && schedule === undefined) {
    problems.add("", "never ends; give it `to`, or a `schedule` of weekly windows");
  }
}

/** The canonical text of a window, which rules.v1 holds. */
export function canonicalMaintenance(definition: MaintenanceDefinition): string {
  return canonicalJson(definition);
}

/** A window as it is held against the log's clock; times are microseconds. */
export interface NormalMaintenance {
  readonly selector: NormalSelector;
  readonly selectsRule: (rule: SelectableRule) => boolean;
  isOpen(time: number): boolean;
  /** The next instant at which that may be another; infinite: never. */
  nextEdge(time: number): number;
}

/** `definition` has passed `parseMaintenance`. */
export function normaliseMaintenance(definition: MaintenanceDefinition): NormalMaintenance {
  const { selector, rules, from, to, schedule } = definition;
  const begin = from === undefined ? -Infinity : (microsFromIso(from) ?? -Infinity);
  const end = to === undefined ? Infinity : (microsFromIso(to) ?? Infinity);
  const weekly = schedule === undefined ? undefined : weeklyOf(schedule);
  return {
    selector: normaliseSelector(selector),
    selectsRule: ruleSelector(rules),
    isOpen: (time) => time >= begin && time < end && (weekly?.isOpen(time) ?? true),
    nextEdge(time) {
      if (time >= end) return Infinity;
      if (time < begin) return begin;
      return Math.min(end, weekly?.nextEdge(time) ?? Infinity);
    },
  };
}
