import { topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { quarantineLivesSuite, type QuarantineLivesScene } from "./quarantine-lives-suite.ts";
import { partitions, startService, topics } from "./service.ts";

const folder = mkdtempSync(join(tmpdir(), "quarantine-lives-"));
let log: Awaited<ReturnType<typeof openEmbeddedLog>>;
let store: Awaited<ReturnType<typeof openEmbeddedStore>>;
let scene: QuarantineLivesScene;

beforeAll(async () => {
  log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  // Compaction leaves the last hour alone otherwise.
  await log.ensureTopics(
    topicSpecs(partitions).map((spec) => (spec.name === topics.devices ? { ...spec, minCompactionLagMs: 0 } : spec)),
  );
  store = await openEmbeddedStore({ dataDir: join(folder, "store") });
  const start = () => startService({ log, store, dataDir: folder });
  const records = async (): Promise<number> => {
    let count = 0;
    for (let partition = 0; partition < partitions; partition += 1) {
      for await (const batch of log.read(topics.devices, partition)) count += batch.records.length;
    }
    return count;
  };
  scene = {
    ...{ log, topics, folder, start, service: await start() },
    async compact() {
      const before = await records();
      await new Promise((resolve) => setTimeout(resolve, 5));
      await log.housekeep();
      expect(await records()).toBeLessThan(before);
    },
  };
});
afterAll(async () => {
  await scene?.service.app.stop();
  await store?.close();
  await log?.close();
  rmSync(folder, { recursive: true });
});

describe("what is in quarantine of a device that has had several lives", () => quarantineLivesSuite(() => scene));
