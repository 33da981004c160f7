import { type FileEntry, readEntries } from "../files/yaml-files.ts";
import { RuleFilesError } from "./errors.ts";

/** One rule of a file, with its state beside it if it names one; or a maintenance window. */
export interface FileRule extends FileEntry {
  /** The rule's id, if it has one; of a maintenance window with `maintenance/` before it. */
  readonly id: string | undefined;
  readonly isWindow: boolean;
}

/**
 * The rules of files and folders in the order of their names; `-` is the standard input. A file in YAML has documents,
 * each with a rule, a rule with a state, or a list of these.
 * @throws FilesError for what cannot be read, RuleFilesError for a rule that is there twice: with file and line.
 */
export function readRuleFiles(paths: readonly string[]): FileRule[] {
  const rules = readEntries(paths).map(({ value, place }): FileRule => {
    return { value, id: idOf(value), isWindow: memberOf(value, "maintenance") !== undefined, place };
  });
  const places = new Map<string, string>();
  for (const { id, place } of rules) {
    if (id === undefined) continue;
    const other = places.get(id);
    if (other !== undefined) {
      const what = id.startsWith("maintenance/") ? "window" : "rule";
      throw new RuleFilesError(`${place("")}: there is a ${what} ${id} at ${other} already; remove one`);
    }
    places.set(id, place(""));
  }
  return rules;
}

function idOf(entry: unknown): string | undefined {
  const window = memberOf(memberOf(entry, "maintenance"), "id");
  if (typeof window === "string") return `maintenance/${window}`;
  const rule = memberOf(entry, "rule") ?? entry;
  const id = memberOf(rule, "id");
  return typeof id === "string" ? id : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
