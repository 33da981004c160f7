import type { AppendedRange, EventLog, OutgoingRecord, TopicNames } from "@headwater/event-log";
import { silentLogger, sleep } from "@headwater/core";
import { events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FrameBatch } from "../frame/frame-batch.ts";
import { FrameRecords } from "../frame/frame-records.ts";
import { frameKinds } from "../frame/frame.ts";
import { Lanes } from "../lanes/lanes.ts";
import { PositionFile } from "../spool/position-file.ts";
import { SpoolReader } from "../spool/spool-reader.ts";
import { Spool } from "../spool/spool.ts";
import { Forwarder } from "./forwarder.ts";
import { LogHealth } from "./log-health.ts";

const topics = { telemetry: "t", quarantine: "q", presence: "p", commands: "c" } as TopicNames;

/** A disk that takes its time for the next note of how far the spool has been forwarded. */
class SlowPositions extends PositionFile {
  slow: PromiseWithResolvers<void> | undefined;
  begun = 0;

  override async write(note: string, synced?: boolean): Promise<void> {
    this.begun += 1;
    await this.slow?.promise;
    return super.write(note, synced);
  }
}

let folder: string;
let lanes: Lanes;
let spool: Spool;
let positions: SlowPositions;
let forwarder: Forwarder;
let appended: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "forwarder-"));
  lanes = new Lanes({ gateway: "gw", epoch: 7, clock: 0, lanes: [] }, 1);
  spool = new Spool({
    ...{ directory: folder, maxBytes: 1 << 30, makesRoom: false, segmentBytes: 1 << 26, segmentMs: Infinity },
    ...{ memoryBytes: 1 << 20, syncAll: false, logger: silentLogger, segments: [], seed: 7, newestKnown: 0 },
  });
  await spool.start(lanes.state);
  positions = new SlowPositions(join(folder, "forwarded.json"));
  appended = 0;
  const log = {
    append(topic: string, { length }: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
      const range = { topic, partition: 0, baseOffset: appended, count: length };
      appended += length;
      return Promise.resolve([range]);
    },
    positions: () => Promise.resolve([{ partition: 0, start: 0, end: appended }]),
  } as unknown as EventLog;
  const options = { spool, partitions: 1, logger: silentLogger, from: undefined, gapsOf: () => [] };
  forwarder = new Forwarder({
    ...{ ...options, log, positions, records: new FrameRecords(topics), health: new LogHealth() },
    ...{ reader: new SpoolReader({ ...options, maxBytes: 1 << 20 }), lingerMs: 0, keepMs: undefined },
    ...{ receiveTime: () => 0, finalState: () => undefined },
    ...{ onAppended: () => {}, onMarkAppended: () => {}, onRefused: () => {}, onPassed: () => {} },
    onLost: () => Promise.resolve(),
  });
  forwarder.start().catch(() => {});
});
afterEach(async () => {
  positions.slow?.resolve();
  await forwarder.close();
  await spool.close();
  await rm(folder, { recursive: true });
});

function commitOne(): Promise<void> {
  const batch = new FrameBatch(lanes.state, Buffer.alloc(64 * 1024), "bytes", spool.seed);
  batch.mustSync = true;
  const n = lanes.of(0).next();
  batch.begin(frameKinds.event, 0, n, Buffer.from("d"));
  const times = { receivedAt: lanes.clock.take(), eventTime: 1 };
  batch.writer.raw(events.telemetry.encode({ gateway: "gw", epoch: 7, n, device: "d", ...times }));
  batch.end();
  return spool.write(batch);
}

it("records go on while it is noted how far the spool has been forwarded", async () => {
  await commitOne();
  await eventually(() => expect(positions.begun).toBe(1));
  // Then the next note is due.
  await sleep(300);
  positions.slow = Promise.withResolvers();
  await commitOne();
  await eventually(() => expect(positions.begun).toBe(2));
  await commitOne();
  await eventually(() => expect(appended).toBe(3));
  positions.slow.resolve();
  await forwarder.close();
  expect((await positions.read())?.forwarded.lanes).toEqual([3]);
});
