import { type Static, Type } from "@sinclair/typebox";

/** Where ingest itself reaches another service, which may be another address than that of clients. */
function upstream(env: string, what: string, otherwise: string) {
  return Type.Optional(
    Type.String({
      env,
      pattern: "^https?://[^/?#\\s@]+(?:/[^?#\\s]*)?$",
      description: `Where ingest reaches ${what}, to which it passes on what is asked of it: \`http://host:port\` (default: ${otherwise})`,
    }),
  );
}

/** Settings of the ingest service alone; log, store and HTTP have their own. */
export const ingestSettings = Type.Object({
  ingest: Type.Object({
    group: Type.String({
      env: "HEADWATER_INGEST_GROUP",
      default: "ingest",
      minLength: 1,
      maxLength: 200,
      description: "Consumer group whose members share the partitions; the topic prefix is put before it",
    }),
    tags: Type.Array(Type.String({ minLength: 1, maxLength: 64, pattern: "^(?!(?:device|incarnation)$)" }), {
      env: "HEADWATER_INGEST_TAGS",
      default: [],
      maxItems: 16,
      description:
        "Attributes stamped by the gateway that become tags of the stored points, besides `device` and `incarnation`",
    }),
    batchPoints: Type.Integer({
      env: "HEADWATER_INGEST_BATCH_POINTS",
      default: 5000,
      minimum: 1,
      maximum: 100_000,
      description: "Points of one write to the store at most",
    }),
    flushMs: Type.Integer({
      env: "HEADWATER_INGEST_FLUSH_MS",
      default: 5,
      minimum: 0,
      maximum: 10_000,
      description: "How long a write waits for more points (milliseconds)",
    }),
    writers: Type.Integer({
      env: "HEADWATER_INGEST_WRITERS",
      default: 2,
      minimum: 1,
      maximum: 16,
      description: "Writes to the store at the same time; a device always goes through the same one",
    }),
    queuedPoints: Type.Integer({
      env: "HEADWATER_INGEST_QUEUED_POINTS",
      default: 10_000,
      minimum: 1,
      maximum: 5_000_000,
      description: "Points that wait for the store at most; nothing more is read from the log beyond it",
    }),
    queuedBytes: Type.Integer({
      env: "HEADWATER_INGEST_QUEUED_BYTES",
      default: 32 * 1024 * 1024,
      minimum: 64 * 1024,
      maximum: 16 * 1024 * 1024 * 1024,
      description: "Memory that they take at most, their records included; nothing more is read from the log beyond it",
    }),
    commitMs: Type.Integer({
      env: "HEADWATER_INGEST_COMMIT_MS",
      default: 1000,
      minimum: 10,
      maximum: 60_000,
      description: "How often the offsets of what is stored are committed (milliseconds)",
    }),
    recountRecords: Type.Integer({
      env: "HEADWATER_INGEST_RECOUNT_RECORDS",
      default: 2_000_000,
      minimum: 1000,
      maximum: 1_000_000_000,
      description: "How far back an instance reads a partition whose account it does not have, in records",
    }),
    verifyReadings: Type.Integer({
      env: "HEADWATER_INGEST_VERIFY_READINGS",
      default: 5_000_000,
      minimum: 1000,
      maximum: 100_000_000,
      description: "Readings of one partition that a verification compares at most; more needs a narrower range",
    }),
    seriesPerDevice: Type.Integer({
      env: "HEADWATER_INGEST_SERIES_PER_DEVICE",
      default: 2000,
      minimum: 1,
      maximum: 1_000_000,
      description: "Series (metrics) of one device at most; readings of further ones go to quarantine",
    }),
    seriesPerStore: Type.Integer({
      env: "HEADWATER_INGEST_SERIES_PER_STORE",
      default: 1_000_000,
      minimum: 1,
      maximum: 100_000_000,
      description:
        "Series of all devices at most; readings of further ones go to quarantine. Of several instances each has the part of its partitions",
    }),
    newSeriesPerMinute: Type.Integer({
      env: "HEADWATER_INGEST_NEW_SERIES_PER_MINUTE",
      default: 10_000,
      minimum: 1,
      maximum: 100_000_000,
      description:
        "Series that begin in one partition in a minute of append time; readings of further ones go to quarantine",
    }),
    quarantineDays: Type.Integer({
      env: "HEADWATER_INGEST_QUARANTINE_DAYS",
      default: 30,
      minimum: 1,
      maximum: 3650,
      description: "How long an entry of quarantine is kept (days); quarantine.v1 itself keeps 30",
    }),
    quarantineBytes: Type.Integer({
      env: "HEADWATER_INGEST_QUARANTINE_BYTES",
      default: 1_073_741_824,
      minimum: 65_536,
      maximum: 1_099_511_627_776,
      description: "Bytes of all entries of quarantine at most; the oldest go first, and are counted",
    }),
    upstreams: Type.Object({
      rules: upstream("HEADWATER_INGEST_RULES_URL", "the rules service", "HEADWATER_RULES_URL"),
      gateway: upstream("HEADWATER_INGEST_GATEWAY_URL", "the edge gateway's HTTP port", "HEADWATER_GATEWAY_URL"),
    }),
    writeTimeoutMs: Type.Integer({
      env: "HEADWATER_INGEST_WRITE_TIMEOUT_MS",
      default: 10_000,
      minimum: 100,
      maximum: 60_000,
      description: "How long a write over REST, or a read with `after`, waits for the log (milliseconds)",
    }),
  }),
});
export type IngestConfig = Static<typeof ingestSettings>;
