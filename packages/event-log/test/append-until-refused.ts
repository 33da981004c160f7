import { join } from "node:path";
import { HeadwaterError } from "@headwater/core";
import { openEmbeddedLog } from "../src/embedded/open-embedded-log.ts";

// Run under a bound on the size of files: appends until the disk refuses, tries some more, and prints how many were
// acked in a row and with what the others failed.

const log = await openEmbeddedLog({ dataDir: join(process.argv[2] ?? "", "event-log") });
await log.ensureTopics([{ name: "t", partitions: 1, cleanup: "delete" }]);
let acked = 0;
const codes: string[] = [];
while (codes.length < 5) {
  try {
    await log.append("t", [{ key: "k", value: Buffer.from(`${acked} ${"x".repeat(20_000)}`), partition: 0 }]);
    acked++;
  } catch (error) {
    codes.push(error instanceof HeadwaterError ? error.code : String(error));
  }
}
process.stdout.write(JSON.stringify({ acked, codes }));
process.exit(0);
