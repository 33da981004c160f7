import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";

/** No configuration file is larger (bytes). */
const maxFileBytes = 1024 * 1024;

/** The content of a YAML configuration file, or why it cannot be read. An empty file has no settings. */
export function readYaml(file: string): { readonly value: Record<string, unknown> } | { readonly problem: string } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { problem: `The configuration file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
  if (text.length > maxFileBytes) return { problem: `The configuration file ${file} is larger than 1 MiB` };
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong !== undefined) {
    const { line, col } = lineCounter.linePos(wrong.pos[0]);
    return {
      problem: `The configuration file ${file} is not valid YAML at line ${line}, column ${col}: ${wrong.message}`,
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { problem: `The configuration file ${file} cannot be used: ${(error as Error).message}` };
  }
  if (value === null || value === undefined) return { value: {} };
  if (!isSection(value))
    return { problem: `The configuration file ${file} has to hold settings (key: value), not a list or a text` };
  return { value };
}

export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
