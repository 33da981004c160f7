import type { EventLog, TopicNames } from "@headwater/event-log";
import { randomEpoch, type HeadwaterError, type Logger } from "@headwater/service-kit";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayConfig } from "./config.ts";
import { Forwarder } from "./forward/forwarder.ts";
import { FrameRecords } from "./forward/frame-records.ts";
import { LogSink } from "./forward/log-sink.ts";
import type { DurableSink } from "./intake/record-batch.ts";
import type { LanesState } from "./lanes/lanes.ts";
import { recoverLanes } from "./lanes/recover-from-log.ts";
import type { Frame } from "./spool/frame.ts";
import { PositionFile } from "./spool/position-file.ts";
import { recoverSpool, type LostRange } from "./spool/recovery.ts";
import { SpoolReader, leastReadBytes } from "./spool/spool-reader.ts";
import { Spool } from "./spool/spool.ts";

const mebibyte = 1024 * 1024;

/** Told by the durable path what becomes of records. */
export interface DurableEvents {
  readonly onLanded: (frames: readonly Frame[]) => void;
  readonly onRefused: (frame: Frame) => void;
  readonly onLost: (lost: LostRange) => Promise<void>;
  readonly onTrouble: (error: HeadwaterError | undefined) => void;
}

/** Where records become durable, and how they get from there to the log. */
export interface DurablePath {
  readonly sink: DurableSink;
  /** How the lanes stood when an earlier process stopped. */
  readonly state: LanesState;
  readonly spool: Spool | undefined;
  /** The last identity of a lane that is durable with everything before it; less than the lane's own where the end of the spool was damaged. */
  soundN(partition: number): number;
  /** Begins to forward; settles when that ends, by rejection if it could not go on. */
  start(): Promise<void>;
  /** Forwards what can be until the signal is aborted. */
  drain(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface DurablePathOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly gateway: string;
  readonly folder: string;
  readonly config: GatewayConfig["gateway"];
  readonly logger: Logger;
  readonly events: DurableEvents;
}

/** Straight to the log, which is on this machine and durable by itself. */
export async function logPath(options: DurablePathOptions): Promise<DurablePath> {
  const { log, topics, partitions, gateway, logger, events } = options;
  const state = await recoverLanes({ log, topic: topics.telemetry, partitions, gateway });
  const sink = new LogSink({ log, logger, records: new FrameRecords(topics), ...events });
  return {
    sink,
    state,
    spool: undefined,
    soundN: (partition) => state.lanes[partition]?.n ?? 0,
    start: () => new Promise<void>(() => {}),
    drain: async () => {},
    close: async () => sink.close(),
  };
}

/** To the spool, and from there to a log that may be away. */
export async function spoolPath(options: DurablePathOptions): Promise<DurablePath> {
  const { log, topics, partitions, gateway, folder, config, logger, events } = options;
  const directory = join(folder, "spool");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const recovered = await recoverSpool(directory, partitions, logger);
  const known = recovered.state?.gateway === gateway && recovered.state.lanes.length === partitions;
  const state: LanesState = known
    ? recovered.state
    : { gateway, epoch: randomEpoch(), clock: recovered.state?.clock ?? 0, lanes: [] };
  const spool = new Spool({
    directory,
    maxBytes: config.spoolMaxBytes,
    segmentBytes: config.spoolSegmentBytes,
    memoryBytes: 32 * mebibyte,
    logger,
    segments: recovered.segments,
  });
  await spool.start({
    ...state,
    lanes: Array.from({ length: partitions }, (_, p) => state.lanes[p] ?? { n: 0, received: 0, dropped: {} }),
  });
  const positions = new PositionFile(join(directory, "forwarded.json"));
  const reader = new SpoolReader({
    spool,
    partitions,
    logger,
    from: await positions.read(),
    maxBytes: leastReadBytes,
  });
  const forwarder = new Forwarder({
    log,
    spool,
    reader,
    positions,
    records: new FrameRecords(topics),
    logger,
    lingerMs: config.forwardDelayMs,
    ...events,
  });
  return {
    sink: spool,
    state,
    spool,
    soundN: (partition) => (known ? (recovered.sound[partition] ?? 0) : 0),
    start: () => forwarder.start(),
    drain: (signal) => forwarder.drain(signal),
    close: async () => {
      await forwarder.close();
      await spool.close();
    },
  };
}
