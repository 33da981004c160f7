import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topicNames, topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { eventually } from "@headwater/testkit/eventually";
import { expect, it } from "vitest";
import { rulesConfig } from "../src/config.ts";
import { alertEvents, createService, enableRule, hotRule, quickConfig } from "./support/harness.ts";
import { Fleet } from "./support/fleet.ts";

it("goes on where telemetry has more partitions than are configured, and passes over what lies in them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "headwater-further-"));
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  const topics = topicNames();
  const partitions = 2;
  // As after `kafka-topics.sh --alter --partitions 3` on one topic: the state log has no partition of that number.
  await log.ensureTopics(
    topicSpecs(partitions).map((spec) => (spec.name === topics.telemetry ? { ...spec, partitions: 3 } : spec)),
  );
  const on = { log, topics, partitions, folder };
  const rules = await createService(on, quickConfig);
  try {
    await rules.app.start();
    await log.append(topics.telemetry, [{ key: null, value: Buffer.from("somebody else's"), partition: 2 }]);
    const { group } = rulesConfig(quickConfig);
    await eventually(
      async () => (await log.committed(group, [topics.telemetry])).find(({ partition }) => partition === 2)?.offset,
      (offset) => offset === 1,
    );
    await enableRule(rules, hotRule("hot"));
    const fleet = new Fleet({ log, topics, partitions });
    await fleet.append([{ ...fleet.record("d1", "temperature", 95).record, partition: fleet.partitionOf("d1") }]);
    await eventually(
      () => alertEvents(on),
      (all) => all.length > 0,
    );
    expect(await alertEvents(on)).toMatchObject([{ rule: "hot", device: "d1" }]);
  } finally {
    await rules.stop();
    await log.close();
    await rm(folder, { recursive: true, force: true });
  }
});
