import type { EventLog, TopicNames } from "@headwater/event-log";
import type { Logger } from "@headwater/core";
import { join } from "node:path";
import type { GatewayConfig } from "../config.ts";
import type { RefusalLog } from "../refusal-log.ts";
import { maxRecordBytes } from "../record-bytes.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import { GroupCommit } from "./commit/group-commit.ts";
import { LaneWriter } from "./commit/lane-writer.ts";
import { RecordWriter } from "./commit/record-writer.ts";
import { openLogStore, openSpoolStore, type DurablePath } from "./durable-path.ts";
import { FrameRecords } from "./frame/frame-records.ts";
import { DeviceLanes } from "./lanes/device-lanes.ts";
import { Lanes } from "./lanes/lanes.ts";
import { Qos2Journal } from "./redelivery/qos2-journal.ts";
import { RecentJournal } from "./redelivery/recent-journal.ts";

export interface PipelineOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly durable: "spool" | "log";
  readonly gateway: string;
  readonly folder: string;
  readonly config: GatewayConfig;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly logger: Logger;
}

/** The way of a message from its decoder to the log. */
export interface Pipeline {
  readonly path: DurablePath;
  readonly lanes: Lanes;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly commit: GroupCommit;
  readonly recordWriter: RecordWriter;
  readonly devices: DeviceLanes;
}

/** A batch of more bytes takes nothing more: messages then wait. */
const maxBatchBytes = 8 * 1024 * 1024;

/** Recovers the state that an earlier process left and wires the pipeline; nothing moves before its path is started. */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { topics, partitions, durable, folder, config, metrics, refusals, logger } = options;
  const store = await (durable === "log" ? openLogStore : openSpoolStore)(options);
  const lanes = new Lanes(store.state, partitions);
  const journal = await Qos2Journal.open({
    file: join(folder, "qos2.journal"),
    logger,
    lastN: (partition) => store.soundN(partition),
  });
  const recent = await RecentJournal.open({
    folder,
    logger,
    epoch: lanes.epoch,
    sync: config.sessions.redeliverySync,
    lastN: (partition) => store.soundN(partition),
  });
  const commit = new GroupCommit({
    lanes,
    sink: store.sink,
    journal,
    recent,
    logger,
    maxBatchBytes,
    lingerMs: config.gateway.commitDelayMs,
    dropsNewest: config.spool.whenFull === "drop-newest",
    onCommitted: (records, seconds, acks) => {
      metrics.commits.inc();
      metrics.committed.inc(records);
      if (acks > 0) metrics.ackSeconds.observe(seconds, acks);
    },
  });
  const plausibility = { maxPast: config.gateway.maxPastMs * 1000, maxFuture: config.gateway.maxFutureMs * 1000 };
  const devices = new DeviceLanes(lanes, partitions);
  const laneWriter = new LaneWriter({
    ...{ lanes, devices, commit, plausibility, metrics, logger },
    maxRecordBytes: maxRecordBytes(config),
  });
  const recordWriter = new RecordWriter({ lanes, devices, commit, laneWriter, metrics, refusals, logger });
  const records = new FrameRecords(topics);
  const path = store.connect({
    receiveTime: () => lanes.clock.now,
    onAppended: (count) => metrics.appended.inc(count),
    onMarkAppended: (partition, n) => lanes.of(partition).markLanded(n),
    onRefused: (frame) => recordWriter.refused(frame, records.topicOf(frame.kind)),
    onLost: (lost) => laneWriter.gap(lost, "corrupt"),
    onPassed(passed, epoch) {
      // The identities of an earlier epoch say nothing about what this one has given up.
      if (epoch === lanes.epoch) for (const lane of lanes.all) lane.passed(passed[lane.partition] ?? 0);
    },
    gapsOf: (partition) => lanes.of(partition).gaps,
    finalState: () => (commit.isIdle ? lanes.state : undefined),
    async giveUp(epoch, given, moved) {
      for (const frame of moved) recordWriter.moveToEnd(frame);
      const gaps = given.map(({ events, reason, ...range }) => laneWriter.gap({ ...range, epoch }, reason, events));
      await Promise.all([...gaps, commit.durable()]);
    },
    onDiscarded: (kind, count, reason) => metrics.discarded.labels({ kind, reason }).inc(count),
    nudge: () => laneWriter.mark(lanes.of(0), performance.now()),
  });
  return { path, lanes, journal, recent, commit, recordWriter, devices };
}
