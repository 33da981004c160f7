import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { ApiClient } from "@headwater/client";
import { RuleFilesError } from "./errors.ts";
import type { State } from "./rule-plan.ts";

export interface ExportOptions {
  /** Only these; all if there is none. */
  readonly ids: readonly string[];
  readonly state: State | undefined;
  /** A file for each rule there; the standard output if undefined. */
  readonly folder: string | undefined;
}

/** Writes rules as the platform exports them. */
export async function exportTo(api: ApiClient, { ids, state, folder }: ExportOptions): Promise<void> {
  const answer = await api.stream(`/api/v1/rules/export${state === undefined ? "" : `?state=${state}`}`);
  const text = await new Response(answer).text();
  // A line of a file ends with a line feed alone; `^` would take other separators too, which texts of a rule may hold.
  const parts = text.split(/(?<![^\n])---\n/).filter((part) => part !== "");
  const byId = new Map(parts.map((part) => [idIn(part), part]));
  const unknown = ids.find((id) => !byId.has(id));
  if (unknown !== undefined) {
    throw new RuleFilesError(`There is no rule ${unknown}${state === undefined ? "" : ` that is ${state}`}`);
  }
  const wanted = ids.length === 0 ? [...byId.keys()] : ids;
  if (folder === undefined) {
    process.stdout.write(wanted.map((id) => `---\n${byId.get(id)!}`).join(""));
    return;
  }
  try {
    mkdirSync(folder, { recursive: true });
    for (const id of wanted) {
      // Windows have a folder of their own: `maintenance/` is part of their names.
      const file = join(folder, `${id}.yaml`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, byId.get(id)!);
    }
  } catch (error) {
    throw new RuleFilesError(`${folder} cannot be written: ${(error as Error).message}`);
  }
  console.log(`${wanted.length} written to ${folder}`);
}

/** The id of the rule in a document; ids are letters, digits, `.`, `_` and `-`, and so fit for a name of a file. */
function idIn(part: string): string {
  const documents = parseAllDocuments(part);
  type Entry = { rule?: { id?: unknown }; maintenance?: { id?: unknown } };
  const { rule, maintenance } = ("empty" in documents ? {} : documents[0]!.toJS()) as Entry;
  const id = rule?.id ?? maintenance?.id;
  const isName = typeof id === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id);
  if (isName) return maintenance === undefined ? id : `maintenance/${id}`;
  throw new RuleFilesError("The export has a rule that this release cannot read; is it that of the platform?");
}
