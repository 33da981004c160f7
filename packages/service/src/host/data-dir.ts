import { accessSync, constants, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { ResourceError } from "@headwater/core";

/**
 * Makes the data folder (mode 0700) and answers its absolute path. Throws ResourceError if it cannot be made or written
 * to.
 */
export function prepareDataDir(folder: string): string {
  const dataDir = resolve(folder);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ResourceError(
      `The data folder ${dataDir} cannot be written to (${reason}); set HEADWATER_DATA_DIR to one that can`,
    );
  }
  return dataDir;
}
