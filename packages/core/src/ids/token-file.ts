import { readFileSync } from "node:fs";
import { ConfigError } from "../errors.ts";

/** The token in a file such as `data/admin-token`. Throws ConfigError if it cannot be read. */
export function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new ConfigError(`cannot read the admin token from ${file}; name another with --token-file`, { cause });
  }
}
