import { existsSync } from "node:fs";
import { join } from "node:path";

/** The file that runs the command line of a checkout, which may be an old one: its entry was TypeScript once. */
export function commandLineOf(checkout: string): string {
  const entry = join(checkout, "cli/src/main.js");
  return existsSync(entry) ? entry : join(checkout, "cli/src/main.ts");
}
