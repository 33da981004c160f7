import type { EventLog, TopicNames } from "@headwater/event-log";
import { isoFromMicros, randomEpoch, type Logger } from "@headwater/core";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayConfig } from "../config.ts";
import { isOutOfReach } from "./clock/receive-clock.ts";
import { Forwarder } from "./forward/forwarder.ts";
import { FrameRecords } from "./frame/frame-records.ts";
import { LogHealth } from "./forward/log-health.ts";
import { LogSink } from "./forward/log-sink.ts";
import type { DurableSink } from "./frame/durable-sink.ts";
import type { Range } from "./lanes/lane.ts";
import type { LanesState } from "./lanes/lanes.ts";
import { recoverLanes } from "./lanes/recover-from-log.ts";
import type { Frame } from "./frame/frame.ts";
import { PositionFile, type SpoolPosition } from "./spool/position-file.ts";
import { spoolSeed } from "./spool/segment-seed.ts";
import { recoverSpool, type LostRange } from "./spool/recovery.ts";
import { SpoolReader, leastReadBytes } from "./spool/spool-reader.ts";
import { Spool } from "./spool/spool.ts";
import { Trimmer, type TrimmerOptions } from "./spool/trimmer.ts";

const mebibyte = 1024 * 1024;

/** Reports about records on their way to the log, and questions to the lanes. */
export interface ForwardEvents {
  /** What the receive clock says (microseconds). */
  readonly receiveTime: () => number;
  /** How many records the log took. */
  readonly onAppended: (records: number) => void;
  readonly onMarkAppended: (partition: number, n: number) => void;
  /** The log refused a record for good. */
  readonly onRefused: (frame: Frame) => void;
  /** Resolves once a gap record that names the identities is durable. */
  readonly onLost: (lost: LostRange) => Promise<void>;
  /** Everything up to these n, by lane, will not be read again. */
  readonly onPassed: (lanes: readonly number[], epoch: number) => void;
  /** Identities of a lane that are on record as given up. */
  readonly gapsOf: (partition: number) => readonly Range[];
  /** The lanes as they are, if all of that is durable. */
  readonly finalState: () => LanesState | undefined;
  readonly giveUp: TrimmerOptions["giveUp"];
  readonly onDiscarded: TrimmerOptions["onDiscarded"];
  /** Lets a commit happen. */
  readonly nudge: () => void;
}

/** Where records become durable, as an earlier process left it. */
export interface DurableStore {
  readonly sink: DurableSink;
  /** How the lanes stood when an earlier process stopped. */
  readonly state: LanesState;
  /**
   * The last identity of a lane that is durable with everything before it; less than the lane's own where the end of
   * the spool was damaged.
   */
  soundN(partition: number): number;
  /** Wires the way from the store to the log; nothing moves before its start. */
  connect(events: ForwardEvents): DurablePath;
}

/** How durable records get to the log. */
export interface DurablePath {
  readonly health: LogHealth;
  /** Only if there is a spool. */
  readonly spooling: { readonly spool: Spool; readonly forwarder: Forwarder } | undefined;
  /** Begins to forward; settles when that ends, by rejection if it could not go on. */
  start(): Promise<void>;
  /** Forwards as much as possible until the signal is aborted. */
  drain(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface DurableStoreOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly gateway: string;
  readonly folder: string;
  readonly config: GatewayConfig;
  readonly logger: Logger;
}

/** The log itself, which is on this machine and durable. */
export async function openLogStore(options: DurableStoreOptions): Promise<DurableStore> {
  const { log, topics, partitions, gateway, logger } = options;
  const state = anewIfOutOfReach(await recoverLanes({ log, topic: topics.telemetry, partitions, gateway }), logger);
  const health = new LogHealth();
  const sink = new LogSink({ log, logger, records: new FrameRecords(topics), health });
  return {
    sink,
    state,
    soundN: (partition) => state.lanes[partition]?.n ?? 0,
    connect({ receiveTime, onAppended, onMarkAppended, onRefused }) {
      Object.assign(sink, { receiveTime, onAppended, onMarkAppended, onRefused });
      return {
        health,
        spooling: undefined,
        start: () => new Promise<void>(() => {}),
        drain: async () => {},
        close: async () => sink.close(),
      };
    },
  };
}

/** Receive times that a wrong clock gave out are not gone on from: that takes a new epoch, for they never go back. */
function anewIfOutOfReach(state: LanesState, logger: Logger): LanesState {
  if (!isOutOfReach(state.clock)) return state;
  logger.warn(
    { was: isoFromMicros(state.clock), epoch: state.epoch },
    "earlier messages were received by a clock that was more than a day ahead; times and identities begin anew",
  );
  return { gateway: state.gateway, epoch: randomEpoch(), clock: 0, lanes: [] };
}

/** The spool, from which records go on to a log that may be away. */
export async function openSpoolStore(options: DurableStoreOptions): Promise<DurableStore> {
  const { partitions, gateway, folder, config, logger } = options;
  const directory = join(folder, "spool");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const positions = new PositionFile(join(directory, "forwarded.json"));
  const note = await positions.read();
  const seed = await spoolSeed(directory);
  const recovered = await recoverSpool(directory, partitions, { note, seed }, logger);
  if (recovered.segments.length === 0 && note !== undefined) {
    const { epoch, lanes } = note.forwarded;
    const lost = note.durable.map((n, partition) => n - (lanes[partition] ?? 0));
    logger.error(
      { directory, epoch, lost },
      "the spool's segments are gone, and with them what had not been forwarded",
    );
  }
  const known = recovered.state?.gateway === gateway && recovered.state.lanes.length === partitions;
  const state = anewIfOutOfReach(
    known ? recovered.state : { gateway, epoch: randomEpoch(), clock: recovered.state?.clock ?? 0, lanes: [] },
    logger,
  );
  const { maxBytes, segmentBytes, whenFull, maxAgeMs, qos0Sync } = config.spool;
  const spool = new Spool({
    directory,
    maxBytes,
    makesRoom: whenFull === "drop-oldest",
    segmentBytes,
    // Records that are too old are given up by whole segments.
    segmentMs: maxAgeMs === undefined ? Number.POSITIVE_INFINITY : maxAgeMs / 10,
    memoryBytes: 32 * mebibyte,
    syncAll: qos0Sync,
    logger,
    segments: recovered.segments,
    newestKnown: Math.max(note?.forwarded.segment ?? 0, note?.stopped?.segment ?? 0),
    seed,
  });
  await spool.start({
    ...state,
    lanes: Array.from({ length: partitions }, (_, p) => state.lanes[p] ?? { n: 0, received: 0, dropped: {} }),
  });
  return {
    sink: spool,
    state,
    soundN: (partition) => (state === recovered.state ? (recovered.sound[partition] ?? 0) : 0),
    connect: (events) => forwardFrom(spool, positions, note?.forwarded, events, options),
  };
}

function forwardFrom(
  spool: Spool,
  positions: PositionFile,
  from: SpoolPosition | undefined,
  events: ForwardEvents,
  { log, topics, partitions, config, logger }: DurableStoreOptions,
): DurablePath {
  const { whenFull, maxAgeMs, keepAfterAckMs } = config.spool;
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
    health,
    spooling: { spool, forwarder },
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
