import { topicNames } from "@headwater/event-log";
import { silentLogger } from "@headwater/core";
import { events } from "@headwater/proto";
import { createMetrics, FoldedEvents, SkippedRecords } from "@headwater/service";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openReadModelParts, type ReadModelParts } from "../src/read-model.ts";
import { openBackends } from "./service.ts";

const topics = topicNames();
/** Records of one batch: a model applies them in many slices. */
const many = 500;
const at = 1_795_000_000_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let parts: ReadModelParts;
beforeEach(async () => {
  backends = await openBackends();
  const metrics = createMetrics({ service: "t", processMetrics: false });
  const skipped = new SkippedRecords({ metrics, logger: silentLogger, reader: "t" });
  parts = openReadModelParts({
    ...{ dataDir: backends.folder, log: backends.log, logger: silentLogger, topics },
    foldedEvents: new FoldedEvents({ topics, partitions: 4, skipped }),
    quarantineBounds: { maxAge: 3_600_000_000, maxBytes: 1_000_000 },
  });
});
afterEach(async () => {
  await parts.model.stop();
  await backends.close();
});

/** What a listener is told of is among the first records of a batch; what stands behind it is of no concern to it. */
async function appendThenStart(
  topic: string,
  values: readonly Uint8Array[],
  keyOf: (index: number) => string = () => "d",
): Promise<void> {
  await backends.log.append(
    topic,
    values.map((value, index) => ({ key: keyOf(index), value })),
  );
  await parts.model.start();
}

it("an attempt that is asked for is told of, whatever follows in the same batch", async () => {
  let asked = 0;
  parts.asked.push(() => (asked += 1));
  const entry = { device: "d", at, stage: "store", logTopic: topics.telemetry };
  await appendThenStart(topics.quarantine, [
    events.quarantine.encode({ ...entry, id: "q" }),
    events.quarantine.encode({ ...entry, id: "q", attempt: 1, requested: { by: "b" } }),
    ...Array.from({ length: many }, (_, n) => events.quarantine.encode({ ...entry, id: `other-${n}` })),
  ]);
  expect(asked).toBe(1);
});

it("a command that comes too late is told of, whatever follows in the same batch", async () => {
  let overdue = 0;
  parts.overdue.push(() => (overdue += 1));
  const command = (commandId: string, time: number) =>
    events.command.encode({
      ...{ device: "d", commandId, at },
      requested: { name: "x", ttlMs: 1000, cause: { rule: "r", alertId: "a", time } },
    });
  await appendThenStart(topics.commands, [
    command("late", 1),
    ...Array.from({ length: many }, (_, n) => command(`other-${n}`, Date.now() * 1000)),
  ]);
  expect(overdue).toBe(1);
});

it("each device of a batch is told of once", async () => {
  const folded: string[] = [];
  parts.folded.push(({ id }) => folded.push(id));
  const ids = Array.from({ length: many }, (_, n) => `d${n}`);
  await appendThenStart(
    topics.devices,
    ids.map((id) => events.device.encode({ id, revision: 1, writeId: id })),
    (index) => ids[index]!,
  );
  expect(folded.toSorted()).toEqual(ids.toSorted());
});
