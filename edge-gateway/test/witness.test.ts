import { silentLogger } from "@headwater/core";
import { LogUnavailableError, topicSpecs } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LogHealth } from "../src/pipeline/forward/log-health.ts";
import { LogSink } from "../src/pipeline/forward/log-sink.ts";
import { FrameBatch } from "../src/pipeline/frame/frame-batch.ts";
import { FrameRecords } from "../src/pipeline/frame/frame-records.ts";
import { frameKinds } from "../src/pipeline/frame/frame.ts";
import { startFaultyLog, type FaultyLog } from "./faulty-log.ts";
import { partitions, readAll, topics } from "./gateway-under-test.ts";

let faulty: FaultyLog;
let sink: LogSink;
beforeEach(async () => {
  faulty = await startFaultyLog();
  await faulty.log.ensureTopics(topicSpecs(partitions));
  sink = new LogSink({
    log: faulty.log,
    records: new FrameRecords(topics),
    health: new LogHealth(),
    logger: silentLogger,
    maxWaitMs: 20,
  });
});
afterEach(async () => {
  sink.close();
  await faulty.log.close();
  await faulty.remove();
});

/** A record without an identity, and a mark behind it that has one. */
function witnessed(): FrameBatch {
  const batch = new FrameBatch({ gateway: "g", epoch: 1, clock: 0, lanes: [] }, Buffer.alloc(1024), "records");
  const headers = cloudEventHeaders({ type: eventTypes.quarantine, source: "/g", id: "q", time: 1 });
  batch.begin(frameKinds.quarantine, 1, 0, Buffer.from("d"), JSON.stringify(headers));
  batch.writer.raw(events.quarantine.encode({ id: "q", device: "d", at: 1, stage: "decode", reason: "no" }));
  batch.end();
  batch.begin(frameKinds.mark, 1, 1, Buffer.alloc(0));
  batch.writer.raw(events.telemetry.encode({ gateway: "g", epoch: 1, n: 1, receivedAt: 1, eventTime: 1, mark: {} }));
  batch.end();
  batch.hasWitness = true;
  return batch;
}

it("a witness lands after what it tells of, however often that has to be appended", async () => {
  let attempts = 0;
  const away = (): Error => {
    attempts += 1;
    return new LogUnavailableError("away");
  };
  faulty.failWith(away, topics.quarantine);
  let isWritten = false;
  const written = sink.write(witnessed()).then(() => (isWritten = true));
  await eventually(() => expect(attempts).toBeGreaterThan(3));
  expect(await readAll(faulty.log, topics.telemetry)).toHaveLength(0);
  expect(isWritten).toBe(false);
  faulty.heal();
  await written;
  expect(await readAll(faulty.log, topics.quarantine)).toHaveLength(1);
  expect(await readAll(faulty.log, topics.telemetry)).toHaveLength(1);
});
