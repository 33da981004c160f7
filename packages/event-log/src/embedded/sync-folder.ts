import { closeSync, constants, fsyncSync, openSync } from "node:fs";

/** Makes the names in a folder durable: a file that was synced is lost with its name. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
