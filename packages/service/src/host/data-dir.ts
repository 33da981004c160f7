import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ResourceError } from "@headwater/core";

/**
 * Makes the data folder (mode 0700) and answers its absolute path. Throws ResourceError if it cannot be made or written
 * to.
 */
export function prepareDataDir(folder: string): string {
  const dataDir = resolve(folder);
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ResourceError(
      `The data folder ${dataDir} cannot be written to (${reason}); set HEADWATER_DATA_DIR to one that can`,
    );
  }
  return dataDir;
}

/**
 * Step by step: Node's own way never ends where a folder cannot be made and its parent is there, as below /proc
 * (ENOENT).
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    // As a file that is in the way answers.
    if (!statSync(folder).isDirectory()) mkdirSync(folder);
    return;
  }
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
