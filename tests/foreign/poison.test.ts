import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topicNames, topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { poisonSuite } from "./poison/poison-suite.ts";
import { partitions } from "./poison/poisonable.ts";

poisonSuite("the embedded log", async () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-poison-log-"));
  const log = await openEmbeddedLog({ dataDir: folder });
  await log.ensureTopics(topicSpecs(partitions));
  return {
    ...{ log, topics: topicNames(), settings: {}, shared: true },
    async close() {
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
