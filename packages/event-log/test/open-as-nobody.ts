import { openEmbeddedLog } from "../src/embedded/open-embedded-log.ts";
import { record, spec } from "../src/contract/harness.ts";

/** Opens the log in a folder as a user without rights, and prints what became of it. */

const nobody = 65_534;
process.setgid!(nobody);
process.setuid!(nobody);
try {
  const log = await openEmbeddedLog({ dataDir: process.argv[2]! });
  await log.ensureTopics([spec("t", 1)]);
  await log.append("t", [record("a", 0)]);
  await log.close();
  process.stdout.write("appended");
} catch (error) {
  process.stdout.write(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
