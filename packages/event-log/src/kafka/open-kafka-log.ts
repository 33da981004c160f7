import type { EventLog, LogGap } from "../event-log.ts";
import { silentLogger, type Logger } from "@headwater/core";
import { Cluster } from "./cluster.ts";
import { KafkaLog } from "./kafka-log.ts";
import { PassedGaps } from "./passed-gaps.ts";
import type { Compression, SaslSettings } from "./settings.ts";

export interface KafkaLogOptions {
  /** `host:port` of brokers to begin with. */
  readonly brokers: readonly string[];
  /** Names this client in the brokers' logs and quotas. */
  readonly clientId: string;
  /** `true`, or options of node:tls (ca, cert, key…). Default: no TLS. */
  readonly ssl?: boolean | object;
  readonly sasl?: SaslSettings;
  /** Replicas of topics that are made. Default: as many as there are brokers, at most 3. */
  readonly replication?: number;
  /** How long an answer may take, and the bound on an append, milliseconds. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** A consumer that is not heard of for so long has lost its partitions, milliseconds. Default 10,000. */
  readonly sessionTimeoutMs?: number;
  /** A member hears of a rebalance with its next heartbeat, and until then partitions wait. Default 200. */
  readonly heartbeatMs?: number;
  /** How long a member finishes its batches in hand before a rebalance goes on, milliseconds. Default 2,000. */
  readonly handoverMs?: number;
  /** Size at which a record batch is closed. Default 900,000; `max.message.bytes` has to be larger. */
  readonly batchBytes?: number;
  /** Of the batches that are appended. Default none; batches of every codec are read. */
  readonly compression?: Compression;
  /** What a batch of records may unpack to. Default 64 MiB; beyond it its offsets are a gap. */
  readonly maxUnpackedBytes?: number;
  /** Between two looks at the settings of the topics in use, milliseconds. Default a minute. */
  readonly topicCheckMs?: number;
  /** Called whenever a reader goes past a gap, whoever reads. */
  readonly onGap?: (gap: LogGap) => void;
  readonly logger?: Logger;
}

/**
 * Connects to Kafka. Rejects with LogUnavailableError when no broker answers, which it tries once, and with
 * LogRejectedCredentialsError when the credentials are refused. Later outages are waited out: appends reject with typed
 * errors, consumers go on when Kafka is back.
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const gaps = new PassedGaps();
  const cluster = new Cluster({
    brokers: options.brokers,
    clientId: options.clientId,
    ssl: options.ssl ?? false,
    sasl: options.sasl,
    connectTimeoutMs: options.connectTimeoutMs ?? 3000,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    compression: options.compression ?? "none",
    maxUnpackedBytes: options.maxUnpackedBytes ?? 64 * 1024 * 1024,
    onGap(gap) {
      gaps.add(gap);
      options.onGap?.(gap);
    },
    logger: options.logger ?? silentLogger,
  });
  try {
    // Once: who opens a log says at once what is wrong, and tries again as it sees fit.
    await cluster.refresh();
  } catch (error) {
    cluster.close();
    throw error;
  }
  return new KafkaLog(cluster, {
    warnings: () => gaps.warnings(),
    replication: options.replication,
    topicCheckMs: options.topicCheckMs ?? 60_000,
    limits: {
      batchBytes: options.batchBytes ?? 900_000,
      requestBytes: 8 * 1024 * 1024,
      queuedBytes: 256 * 1024 * 1024,
    },
    timings: {
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      heartbeatMs: options.heartbeatMs ?? 200,
      rebalanceTimeoutMs: 30_000,
      handoverMs: options.handoverMs ?? 2000,
    },
  });
}
