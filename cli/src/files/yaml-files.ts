import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isCollection, isSeq, LineCounter, parseAllDocuments, type Document } from "yaml";
import { FilesError } from "./errors.ts";
import { isNotFinite, notFinite } from "./finite-numbers.ts";

/** A document of a file, or an item of one that is a list. */
export interface FileEntry {
  readonly value: unknown;
  /** The file and the line of a JSON Pointer in the entry. */
  readonly place: (pointer: string) => string;
}

const maxAliases = 100;
/** Tags like !!set and !!omap would make what JSON has not, and loses without a word. */
const parsing = { stringKeys: true, resolveKnownTags: false, logLevel: "error" } as const;
const endings = /\.(?:ya?ml|json)$/i;

/**
 * What files and folders hold, in the order of their names; `-` is the standard input. A file in YAML has documents,
 * each an entry or a list of them.
 * @throws FilesError for what cannot be read, with the file and the line.
 */
export function readEntries(paths: readonly string[]): FileEntry[] {
  return paths.flatMap(filesBelow).flatMap(({ name, source }) => entriesIn(name, readText(name, source)));
}

interface Source {
  readonly name: string;
  readonly source: string | 0;
}

function filesBelow(path: string): Source[] {
  if (path === "-") return [{ name: "standard input", source: 0 }];
  return reading(path, () => {
    if (!statSync(path).isDirectory()) return [{ name: path, source: path }];
    const inside = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && endings.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
    return inside.map((file) => ({ name: file, source: file }));
  });
}

function readText(name: string, source: string | 0): string {
  return reading(name, () => readFileSync(source, "utf8"));
}

function reading<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new FilesError(`${name} cannot be read: ${(error as Error).message}`);
  }
}

function entriesIn(file: string, text: string): FileEntry[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { ...parsing, lineCounter: lines });
  if ("empty" in parsed) return [];
  return parsed.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lines.linePos(error.pos[0]);
      throw new FilesError(`${file}:${line}: this is not valid YAML: ${error.message.split("\n", 1)[0]!}`);
    }
    const value = valueOf(document, file);
    if (value === null) return [];
    const infinite = notFinite(value);
    if (infinite !== undefined) {
      throw new FilesError(`${file}:${lineOf(document, lines, [], infinite)}: ${infinite} ${isNotFinite}`);
    }
    const paths = isSeq(document.contents) ? document.contents.items.map((_, index) => [index]) : [[]];
    return paths.map((path): FileEntry => {
      const entry: unknown = path.length === 0 ? value : (value as unknown[])[path[0]!];
      const place = (pointer: string) => `${file}:${lineOf(document, lines, path, pointer)}`;
      if (Array.isArray(entry)) throw new FilesError(`${place("")}: this is a list in a list; take one of them away`);
      return { value: entry, place };
    });
  });
}

function valueOf(document: Document, file: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    JSON.stringify(value);
    return value;
  } catch (error) {
    if (error instanceof TypeError) throw new FilesError(`${file} cannot be read: an alias is within what it repeats`);
    throw new FilesError(`${file} cannot be read: ${(error as Error).message.split("\n", 1)[0]!}`);
  }
}

/** The line of the innermost node that the pointer leads to; a member that is missing is missing in that one. */
function lineOf(document: Document, lines: LineCounter, path: readonly number[], pointer: string): number {
  const names = pointer.split("/").slice(1);
  const steps = [...path, ...names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))];
  let node: unknown = document.contents;
  let start = startOf(node) ?? 0;
  for (const step of steps) {
    if (!isCollection(node)) break;
    node = node.get(isSeq(node) ? Number(step) : step, true);
    start = startOf(node) ?? start;
  }
  return lines.linePos(start).line;
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | undefined)?.range?.[0];
}
