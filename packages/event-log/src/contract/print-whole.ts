import { writeSync } from "node:fs";

const sleeping = new Int32Array(new SharedArrayBuffer(4));

/**
 * Prints all of the text before it returns, so that none of it waits in a buffer of this process when that is killed.
 * A pipe that is full, because its reader stands still, takes a part or nothing; the rest waits for room.
 */
export function printWhole(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(sleeping, 0, 0, 1);
    }
  }
}
