import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** As wide as the formatter makes code; it leaves comments as they are. */
const maxColumns = 120;

/** Comments that tools read, which hold only on one line. */
const directive = /^(?:\/\/|\/\*)\s*(?:oxlint-|prettier-ignore|@ts-)/;

/**
 * Comment lines of a file that are too wide, one line each. A line whose text is one word (an address) cannot be cut.
 */
export function wideComments(file: string, source: string): string[] {
  const problems: string[] = [];
  let inBlock = false;
  for (const [index, line] of source.split("\n").entries()) {
    const text = line.trim();
    const opens = text.startsWith("/*");
    const isComment = inBlock || opens || text.startsWith("//");
    if (opens) inBlock = true;
    if (inBlock && text.includes("*/")) inBlock = false;
    if (!isComment || line.length <= maxColumns || directive.test(text) || text.split(/\s+/).length <= 2) continue;
    problems.push(`${file}:${index + 1}: a comment of ${line.length} columns; at most ${maxColumns}`);
  }
  return problems;
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "../..");
  const list = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx", "*.js"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const files = list.split("\n").filter((file) => file !== "" && !file.includes("/generated/"));
  const problems = files.flatMap((file) => wideComments(file, readFileSync(join(root, file), "utf8")));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
