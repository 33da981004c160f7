/** Opens a store, tells that it is about to copy it to a file, and copies it again and again until it is killed. */
import { rmSync } from "node:fs";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";

const [dataDir = "", file = ""] = process.argv.slice(2);
const store = await openEmbeddedStore({ dataDir });
process.stdout.write("copying\n");
for (;;) {
  await store.backup?.(file);
  rmSync(file);
}
