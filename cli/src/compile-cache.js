import { mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Where Node keeps the compiled sources between two starts: in the user's own cache (XDG base directories), readable by
 * this user alone, as Node runs whatever lies there. Undefined if there is none: a home that cannot be written to, or a
 * folder that is another's or that others may write to.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function compileCacheFolder(env) {
  try {
    const given = env["XDG_CACHE_HOME"];
    const cache = given !== undefined && isAbsolute(given) ? given : join(homedir(), ".cache");
    const folder = join(cache, "headwater", "node-compile-cache");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    // Windows has neither.
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOwn ? folder : undefined;
  } catch {
    return undefined;
  }
}
