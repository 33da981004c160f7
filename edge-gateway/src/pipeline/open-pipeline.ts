import type { EventLog, TopicNames } from "@headwater/event-log";
import type { Logger } from "@headwater/core";
import { join } from "node:path";
import type { GatewayConfig } from "../config.ts";
import { logPath, spoolPath, type DurablePath } from "./durable-path.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import { GroupCommit } from "./commit/group-commit.ts";
import { RecordWriter } from "./commit/record-writer.ts";
import { Lanes } from "./lanes/lanes.ts";
import { Qos2Journal } from "./redelivery/qos2-journal.ts";
import { RecentJournal } from "./redelivery/recent-journal.ts";
import { frameKinds } from "./frame/frame.ts";

export interface PipelineOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly durable: "spool" | "log";
  readonly gateway: string;
  readonly folder: string;
  readonly config: GatewayConfig;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

/** All that a message passes from its decoder to the log. */
export interface Pipeline {
  readonly path: DurablePath;
  readonly lanes: Lanes;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly commit: GroupCommit;
  readonly recordWriter: RecordWriter;
}

/** An open batch of more bytes takes nothing more: the connections wait. */
const maxBatchBytes = 8 * 1024 * 1024;

/**
 * Recovers what an earlier process left and wires the way of a message: record writer, group commit, spool or log. The
 * parts know each other by callbacks that none uses before the path is started.
 */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { log, topics, partitions, durable, gateway, folder, config, metrics, logger } = options;
  let recordWriter: RecordWriter;
  const path = await (durable === "log" ? logPath : spoolPath)({
    log,
    topics,
    partitions,
    gateway,
    folder,
    config,
    logger,
    events: {
      onLanded: (frames) => {
        metrics.appended.inc(frames.length);
        for (const frame of frames) if (frame.kind === frameKinds.mark) lanes.of(frame.partition).markLanded(frame.n);
      },
      onRefused: (frame) => recordWriter.refused(frame, topicOf(topics, frame.kind)),
      onLost: (lost) => recordWriter.gap(lost, "corrupt"),
      onPassed: (passed) => lanes.all.forEach((lane) => lane.passed(passed[lane.partition] ?? 0)),
      gapsOf: (partition) => lanes.of(partition).gaps,
      finalState: () => (commit.isIdle ? lanes.state : undefined),
      async giveUp(epoch, given, moved) {
        for (const frame of moved) recordWriter.moveToEnd(frame);
        const gaps = given.map(({ events, reason, ...range }) => recordWriter.gap({ ...range, epoch }, reason, events));
        await Promise.all([...gaps, commit.durable()]);
      },
      onDiscarded: (kind, count, reason) => metrics.discarded.labels({ kind, reason }).inc(count),
      nudge: () => recordWriter.mark(lanes.of(0), performance.now()),
    },
  });
  const lanes = new Lanes(path.state, partitions);
  const journal = await Qos2Journal.open({
    file: join(folder, "qos2.journal"),
    logger,
    lastN: (partition) => lanes.all[partition]?.n ?? 0,
  });
  const recent = await RecentJournal.open({
    folder,
    logger,
    epoch: lanes.epoch,
    sync: config.sessions.redeliverySync,
    lastN: (partition) => path.soundN(partition),
  });
  const commit = new GroupCommit({
    lanes,
    sink: path.sink,
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
    onRoom: () => recordWriter.admit(),
  });
  path.sink.onRoom = () => recordWriter.admit();
  recordWriter = new RecordWriter({
    lanes,
    partitions,
    commit,
    checksums: path.sink.checksums,
    plausibility: { maxPast: config.gateway.maxPastMs * 1000, maxFuture: config.gateway.maxFutureMs * 1000 },
    metrics,
    logger,
  });
  return { path, lanes, journal, recent, commit, recordWriter };
}

function topicOf(topics: TopicNames, kind: number): string {
  if (kind === frameKinds.quarantine) return topics.quarantine;
  if (kind === frameKinds.presence) return topics.presence;
  return kind === frameKinds.command ? topics.commands : topics.telemetry;
}
