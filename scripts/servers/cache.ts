import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Downloads, builds and server data live outside the checkout, so that a fresh clone starts in seconds. */
export function cacheDir(): string {
  const configured = process.env.HEADWATER_CACHE_DIR;
  const dir = configured ? resolve(configured) : join(homedir(), ".cache", "headwater");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/**
 * A folder name that changes with the files that pin its content, so an edited pin is never served from the cache.
 */
export async function pinnedName(name: string, pinFiles: readonly URL[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of pinFiles) hash.update(await readFile(file)).update("\0");
  return `${name}-${hash.digest("hex").slice(0, 12)}`;
}
