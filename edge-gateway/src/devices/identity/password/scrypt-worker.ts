import { scryptSync, timingSafeEqual } from "node:crypto";
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";

export interface ScryptTask {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly maxmem: number;
}

export interface ScryptResult {
  readonly matches: boolean;
  /** Milliseconds. */
  readonly took: number;
}

// On Linux a thread has a priority of its own: whatever is to be acknowledged comes before a login.
if (process.platform === "linux") {
  try {
    setPriority(0, 10);
  } catch {
    // Not allowed here; the queue bounds the work all the same.
  }
}

parentPort!.on("message", ({ password, salt, hash, N, r, p, maxmem }: ScryptTask) => {
  const began = performance.now();
  const derived = scryptSync(password, salt, hash.length, { N, r, p, maxmem });
  const result: ScryptResult = { matches: timingSafeEqual(derived, hash), took: performance.now() - began };
  parentPort!.postMessage(result);
});
