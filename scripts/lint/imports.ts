import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";

/** One import, export-from, dynamic import or worker of a file, type-only ones included. */
export interface Import {
  readonly from: string;
  /** As it is written. */
  readonly specifier: string;
  /** A file of the tree; undefined for `node:` and for packages of others. */
  readonly file: string | undefined;
}

/** A workspace: its folder, its package name and what its package.json exports. */
export interface Workspace {
  readonly folder: string;
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

const forms = [
  /^[ \t]*(?:import|export)\b[^"'`;]*?\bfrom\s*"([^"\n]+)"/gm,
  /^[ \t]*import\s*"([^"\n]+)"/gm,
  /\bimport\(\s*"([^"\n]+)"\s*\)/g,
  /\bnew Worker\(\s*new URL\(\s*"([^"\n]+)"\s*,\s*import\.meta\.url/g,
];

/**
 * Every import of a file. `source` is TypeScript as the formatter writes it, so that an expression finds all of them.
 */
export function importsOf(from: string, source: string, workspaces: readonly Workspace[]): Import[] {
  const text = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  return forms.flatMap((form) =>
    [...text.matchAll(form)].map((match) => {
      const specifier = match[1]!;
      return { from, specifier, file: resolve(from, specifier, workspaces) };
    }),
  );
}

function resolve(from: string, specifier: string, workspaces: readonly Workspace[]): string | undefined {
  if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
  const workspace = workspaces.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (workspace === undefined) return undefined;
  const path = workspace.exports[`.${specifier.slice(workspace.name.length)}`];
  // A subpath that is not exported is still an import of that workspace.
  return normalize(join(workspace.folder, path ?? "src/not-exported.ts"));
}

/** The workspaces of the folders given, from their package.json. */
export function readWorkspaces(root: string, folders: readonly string[]): Workspace[] {
  return folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      name: string;
      exports?: Record<string, string>;
    };
    return { folder, name: manifest.name, exports: manifest.exports ?? {} };
  });
}
