import type { EventLog, TopicNames } from "@headwater/event-log";
import { randomEpoch, type Logger } from "@headwater/core";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayConfig } from "../config.ts";
import { Forwarder } from "./forward/forwarder.ts";
import { FrameRecords } from "./forward/frame-records.ts";
import { LogHealth } from "./forward/log-health.ts";
import { LogSink } from "./forward/log-sink.ts";
import type { DurableSink } from "./batch/record-batch.ts";
import type { Range } from "./lanes/lane.ts";
import type { LanesState } from "./lanes/lanes.ts";
import { recoverLanes } from "./lanes/recover-from-log.ts";
import type { Frame } from "./frame/frame.ts";
import { PositionFile } from "./spool/position-file.ts";
import { recoverSpool, type LostRange } from "./spool/recovery.ts";
import { SpoolReader, leastReadBytes } from "./spool/spool-reader.ts";
import { Spool } from "./spool/spool.ts";
import { Trimmer, type TrimmerOptions } from "./spool/trimmer.ts";

const mebibyte = 1024 * 1024;

/** Told by the durable path what becomes of records, and asked how the lanes stand. */
export interface DurableEvents {
  readonly onLanded: (frames: readonly Frame[]) => void;
  readonly onRefused: (frame: Frame) => void;
  readonly onLost: (lost: LostRange) => Promise<void>;
  /** Everything up to these n, by lane, will not be read again. */
  readonly onPassed: (lanes: readonly number[]) => void;
  /** Identities of a lane that are on record as given up. */
  readonly gapsOf: (partition: number) => readonly Range[];
  /** The lanes as they are, if all of that is durable. */
  readonly finalState: () => LanesState | undefined;
  readonly giveUp: TrimmerOptions["giveUp"];
  readonly onDiscarded: TrimmerOptions["onDiscarded"];
  /** Lets a commit happen. */
  readonly nudge: () => void;
}

/** Where records become durable, and how they get from there to the log. */
export interface DurablePath {
  readonly sink: DurableSink;
  /** How the lanes stood when an earlier process stopped. */
  readonly state: LanesState;
  readonly health: LogHealth;
  /** Only if there is one. */
  readonly spooling: { readonly spool: Spool; readonly forwarder: Forwarder } | undefined;
  /**
   * The last identity of a lane that is durable with everything before it; less than the lane's own where the end of
   * the spool was damaged.
   */
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
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly events: DurableEvents;
}

/** Straight to the log, which is on this machine and durable by itself. */
export async function logPath(options: DurablePathOptions): Promise<DurablePath> {
  const { log, topics, partitions, gateway, logger, events } = options;
  const state = await recoverLanes({ log, topic: topics.telemetry, partitions, gateway });
  const health = new LogHealth();
  const sink = new LogSink({ log, logger, records: new FrameRecords(topics), health, ...events });
  return {
    sink,
    state,
    health,
    spooling: undefined,
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
  const positions = new PositionFile(join(directory, "forwarded.json"));
  const note = await positions.read();
  const recovered = await recoverSpool(directory, partitions, note, logger);
  const known = recovered.state?.gateway === gateway && recovered.state.lanes.length === partitions;
  const state: LanesState = known
    ? recovered.state
    : { gateway, epoch: randomEpoch(), clock: recovered.state?.clock ?? 0, lanes: [] };
  const { maxBytes, segmentBytes, whenFull, maxAgeMs, keepAfterAckMs, qos0Sync } = config.spool;
  const spool = new Spool({
    directory,
    maxBytes,
    makesRoom: whenFull === "drop-oldest",
    segmentBytes,
    // What is given up for its age goes by segments.
    segmentMs: maxAgeMs === undefined ? Number.POSITIVE_INFINITY : maxAgeMs / 10,
    memoryBytes: 32 * mebibyte,
    syncAll: qos0Sync,
    logger,
    segments: recovered.segments,
  });
  await spool.start({
    ...state,
    lanes: Array.from({ length: partitions }, (_, p) => state.lanes[p] ?? { n: 0, received: 0, dropped: {} }),
  });
  const from = note?.forwarded;
  const health = new LogHealth();
  const reader = new SpoolReader({ spool, partitions, logger, from, maxBytes: leastReadBytes, gapsOf: events.gapsOf });
  const forwarder = new Forwarder({
    ...{ log, spool, reader, positions, from, partitions, health, logger },
    records: new FrameRecords(topics),
    lingerMs: config.gateway.forwardDelayMs,
    keepMs: keepAfterAckMs,
    ...events,
  });
  const trimmer = new Trimmer({
    ...{ spool, logger, maxAgeMs },
    dropsOldest: whenFull === "drop-oldest",
    forwarder,
    ...events,
  });
  return {
    sink: spool,
    state,
    health,
    spooling: { spool, forwarder },
    soundN: (partition) => (known ? (recovered.sound[partition] ?? 0) : 0),
    async start() {
      trimmer.start();
      await forwarder.start();
    },
    drain: (signal) => forwarder.drain(signal),
    async close() {
      await trimmer.stop();
      await forwarder.close();
      await spool.close();
    },
  };
}
