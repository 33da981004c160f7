import { join } from "node:path";
import { Type, type Static } from "@sinclair/typebox";
import { ConfigError } from "@headwater/core";
import type { EventLog, LogGap } from "./event-log.ts";
import { saslOf, tlsOf } from "./kafka-credentials.ts";
import { DEFAULT_RECORD_BYTES } from "./topics.ts";
import type { Logger } from "@headwater/core";

const DEFAULT_PARTITIONS = { embedded: 4, kafka: 12 } as const;

/** Settings that choose the event log. Merge into a service's schema with `mergeSchemas`. */
export const eventLogSettings = Type.Object({
  eventLog: Type.Object({
    kind: Type.Union([Type.Literal("embedded"), Type.Literal("kafka")], {
      env: "HEADWATER_EVENT_LOG",
      default: "embedded",
      description: "Where events are kept: in this process's data folder, or in Kafka",
    }),
    topicPrefix: Type.String({
      env: "HEADWATER_TOPIC_PREFIX",
      default: "",
      pattern: "^[A-Za-z0-9._-]{0,100}$",
      description: "Stands before every topic name, so that several Headwaters can share a Kafka",
    }),
    partitions: Type.Optional(
      Type.Integer({
        env: "HEADWATER_PARTITIONS",
        minimum: 1,
        maximum: 1000,
        description:
          "Partitions of every topic keyed by device, fixed once the topics exist (default: 12 in Kafka, 4 embedded)",
      }),
    ),
    compression: Type.Union([Type.Literal("none"), Type.Literal("zstd")], {
      env: "HEADWATER_EVENT_LOG_COMPRESSION",
      default: "none",
      description:
        "Of what is appended: none, or zstd, which makes a fifth of telemetry's bytes; in Kafka every consumer of the topics has to know it",
    }),
    kafka: Type.Object({
      brokers: Type.Array(Type.String({ pattern: "^[^\\s,]+:\\d{1,5}$" }), {
        env: "HEADWATER_KAFKA_BROKERS",
        default: [],
        description: "Brokers to begin with, host:port, separated by commas",
      }),
      ssl: Type.Boolean({
        env: "HEADWATER_KAFKA_SSL",
        default: false,
        description: "Whether to speak TLS to Kafka",
      }),
      sslCaFile: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_SSL_CA_FILE",
          minLength: 1,
          description: "PEM file with the authorities that Kafka's certificate may come from (default: the system's)",
        }),
      ),
      sslCertFile: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_SSL_CERT_FILE",
          minLength: 1,
          description:
            "PEM file with the certificate that this client shows to Kafka, and those that lead to its authority",
        }),
      ),
      sslKeyFile: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_SSL_KEY_FILE",
          minLength: 1,
          description: "PEM file with the private key of that certificate",
        }),
      ),
      sslKeyPassphrase: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_SSL_KEY_PASSPHRASE",
          minLength: 1,
          secret: true,
          description: "Passphrase of the private key, if it is encrypted",
        }),
      ),
      saslMechanism: Type.Optional(
        Type.Union(
          [
            Type.Literal("plain"),
            Type.Literal("scram-sha-256"),
            Type.Literal("scram-sha-512"),
            Type.Literal("oauthbearer"),
          ],
          {
            env: "HEADWATER_KAFKA_SASL_MECHANISM",
            description: "How to log in to Kafka (default: not at all)",
          },
        ),
      ),
      oauthTokenEndpoint: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_OAUTH_TOKEN_ENDPOINT",
          pattern: "^https?://\\S+$",
          description: "URL that gives tokens for oauthbearer by client credentials",
        }),
      ),
      oauthClientId: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_OAUTH_CLIENT_ID",
          minLength: 1,
          description: "Id of this client at the token endpoint",
        }),
      ),
      oauthClientSecret: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_OAUTH_CLIENT_SECRET",
          minLength: 1,
          secret: true,
          description: "Secret of this client at the token endpoint",
        }),
      ),
      oauthScope: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_OAUTH_SCOPE",
          minLength: 1,
          description: "Scopes to ask for, separated by spaces, where the token endpoint wants them",
        }),
      ),
      oauthAudience: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_OAUTH_AUDIENCE",
          minLength: 1,
          description: "Audience to ask for, where the token endpoint wants one",
        }),
      ),
      saslUsername: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_SASL_USERNAME",
          minLength: 1,
          description: "User name for Kafka",
        }),
      ),
      saslPassword: Type.Optional(
        Type.String({
          env: "HEADWATER_KAFKA_SASL_PASSWORD",
          minLength: 1,
          secret: true,
          description: "Password for Kafka",
        }),
      ),
      replication: Type.Optional(
        Type.Integer({
          env: "HEADWATER_KAFKA_REPLICATION",
          minimum: 1,
          maximum: 32,
          description: "Replicas of topics that are made (default: as many as there are brokers, at most 3)",
        }),
      ),
      requestTimeoutMs: Type.Integer({
        env: "HEADWATER_KAFKA_REQUEST_TIMEOUT_MS",
        default: 10_000,
        minimum: 500,
        maximum: 300_000,
        description: "How long an answer of Kafka may take, milliseconds",
      }),
      maxUnpackedBytes: Type.Integer({
        env: "HEADWATER_KAFKA_MAX_UNPACKED_BYTES",
        default: 64 * 1024 * 1024,
        minimum: 1024 * 1024,
        maximum: 1024 * 1024 * 1024,
        description:
          "What one batch of records may unpack to, bytes; a larger one is passed over, as a gap that is counted",
      }),
      sessionTimeoutMs: Type.Integer({
        env: "HEADWATER_KAFKA_SESSION_TIMEOUT_MS",
        default: 10_000,
        minimum: 6000,
        maximum: 1_800_000,
        description: "A consumer that is not heard of for so long has lost its partitions, milliseconds",
      }),
    }),
  }),
});
export type EventLogSettings = Static<typeof eventLogSettings>;

export interface OpenEventLogContext {
  /** The embedded log lies in `event-log` below it. */
  readonly dataDir: string;
  /** Names this client to Kafka. */
  readonly clientId: string;
  /** Largest record, where that is more than any log takes. */
  readonly maxRecordBytes?: number;
  readonly logger?: Logger;
  /** Called whenever a reader goes past records that cannot be read, whoever reads. */
  readonly onGap?: ((gap: LogGap) => void) | undefined;
}

/** How many partitions the topics keyed by device have, as configured or by default. */
export function configuredPartitions({ eventLog }: EventLogSettings): number {
  return eventLog.partitions ?? DEFAULT_PARTITIONS[eventLog.kind];
}

/**
 * Opens the log that is configured. Rejects with ConfigError when settings are missing, otherwise as the adapters do.
 */
export async function openEventLog(
  config: EventLogSettings,
  { dataDir, clientId, maxRecordBytes, logger, onGap }: OpenEventLogContext,
): Promise<EventLog> {
  // Only the adapter that is asked for is loaded: a process on the embedded log carries no Kafka client.
  if (config.eventLog.kind === "embedded") {
    const { openEmbeddedLog } = await import("./embedded/open-embedded-log.ts");
    return openEmbeddedLog({
      dataDir: join(dataDir, "event-log"),
      maxRecordBytes: Math.max(DEFAULT_RECORD_BYTES, maxRecordBytes ?? 0),
      compression: config.eventLog.compression,
      logger,
    });
  }
  const { kafka } = config.eventLog;
  if (kafka.brokers.length === 0) {
    throw new ConfigError(
      "HEADWATER_KAFKA_BROKERS is missing; with HEADWATER_EVENT_LOG=kafka it has to name the brokers",
    );
  }
  const { openKafkaLog } = await import("./kafka/open-kafka-log.ts");
  return openKafkaLog({
    brokers: kafka.brokers,
    clientId,
    logger,
    ssl: tlsOf(kafka),
    sasl: saslOf(kafka),
    replication: kafka.replication,
    requestTimeoutMs: kafka.requestTimeoutMs,
    compression: config.eventLog.compression,
    maxUnpackedBytes: kafka.maxUnpackedBytes,
    onGap,
    sessionTimeoutMs: kafka.sessionTimeoutMs,
  });
}
