import { ConfigError, type Logger } from "@headwater/core";
import { Type, type Static } from "@sinclair/typebox";
import { join } from "node:path";
import type { Retention } from "./retention.ts";
import type { TimeSeriesStore } from "./time-series-store.ts";

const day = 24 * 60 * 60 * 1_000;
const FOR_EVER_DAYS = 36_500;

/** How long a new store keeps what, unless somebody sets it. */
const RETENTION_OF_NEW: Retention = { raw: 90 * day, minute: 365 * day, hour: Infinity };

/** Settings of the time-series store, for the schema of every service that uses one. */
export const timeSeriesSettings = Type.Object({
  timeSeries: Type.Object({
    kind: Type.Union([Type.Literal("embedded"), Type.Literal("influx")], {
      env: "HEADWATER_TIME_SERIES",
      default: "embedded",
      description: "Where points are stored: in a file of this process, or in InfluxDB 2",
    }),
    retentionDays: Type.Optional(
      Type.Integer({
        env: "HEADWATER_TIME_SERIES_RETENTION_DAYS",
        minimum: 1,
        maximum: FOR_EVER_DAYS,
        description:
          "Days for which points are kept, at least those of telemetry.v1 (default: 90 in a new store, and in one that " +
          "is there what it has; 36500 is for ever)",
      }),
    ),
    minuteDays: Type.Optional(
      Type.Integer({
        env: "HEADWATER_TIME_SERIES_MINUTE_DAYS",
        minimum: 0,
        maximum: FOR_EVER_DAYS,
        description:
          "Days for which roll-ups by the minute are kept once the points are gone (default as above: 365; none if not " +
          "more than the points)",
      }),
    ),
    hourDays: Type.Optional(
      Type.Integer({
        env: "HEADWATER_TIME_SERIES_HOUR_DAYS",
        minimum: 0,
        maximum: FOR_EVER_DAYS,
        description: "Days for which roll-ups by the hour are kept (default as above: for ever; 36500 is for ever)",
      }),
    ),
    maxBytes: Type.Optional(
      Type.Integer({
        env: "HEADWATER_TIME_SERIES_MAX_BYTES",
        minimum: 64 * 1024 * 1024,
        description:
          "Bytes of the embedded store beyond which what is oldest is given up: points first, but none that the log " +
          "still has, then roll-ups (default: no bound)",
      }),
    ),
    influx: Type.Object({
      url: Type.String({
        env: "HEADWATER_INFLUX_URL",
        format: "uri",
        pattern: "^https?://",
        default: "http://127.0.0.1:8086",
        description: "Address of InfluxDB",
      }),
      org: Type.String({
        env: "HEADWATER_INFLUX_ORG",
        minLength: 1,
        default: "headwater",
        description: "Organization in InfluxDB",
      }),
      bucket: Type.String({
        env: "HEADWATER_INFLUX_BUCKET",
        minLength: 1,
        default: "headwater",
        description: "Bucket in InfluxDB",
      }),
      token: Type.Optional(
        Type.String({
          env: "HEADWATER_INFLUX_TOKEN",
          minLength: 1,
          secret: true,
          description: "Token that may read and write the bucket; needed with influx",
        }),
      ),
      timeoutMs: Type.Integer({
        env: "HEADWATER_INFLUX_TIMEOUT",
        minimum: 100,
        maximum: 600_000,
        default: 10_000,
        description: "Milliseconds after which the outcome of a write counts as unknown and it is repeated",
      }),
    }),
  }),
});

export type TimeSeriesConfig = Static<typeof timeSeriesSettings>;

export interface OpenTimeSeriesStoreOptions {
  /** The service's data folder; the embedded store keeps to `time-series/` below it. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Points are kept at least so long (milliseconds): what the log still has must be storable again. */
  readonly leastRawMs?: number | undefined;
}

/**
 * Opens the store that the settings name. Rejects with ConfigError (a setting is missing) or ResourceError (the
 * embedded file cannot be used); that InfluxDB is away shows in `health` and the first write, not here.
 */
export async function openTimeSeriesStore(
  { timeSeries: config }: TimeSeriesConfig,
  { dataDir, logger, leastRawMs = 0 }: OpenTimeSeriesStoreOptions,
): Promise<TimeSeriesStore> {
  const { retentionDays } = config;
  if (retentionDays !== undefined && retentionDays * day < leastRawMs) throw tooShort(retentionDays, leastRawMs);
  if (config.kind === "influx") {
    const { token, url, org, bucket, timeoutMs } = config.influx;
    if (token === undefined) {
      throw new ConfigError("HEADWATER_INFLUX_TOKEN is missing; HEADWATER_TIME_SERIES=influx needs it");
    }
    const retention = retentionInInflux(config);
    logger.info({ store: "influx", url, org, bucket, retentionDays }, "time-series store");
    const { openInfluxStore } = await import("./influx/influx-store.ts");
    return openInfluxStore({ url, org, bucket, token, timeoutMs, retention, logger });
  }
  const folder = join(dataDir, "time-series");
  const { openEmbeddedStore } = await import("./embedded/embedded-store.ts");
  const store = await openEmbeddedStore({
    dataDir: folder,
    retention: setRetention(config),
    retentionOfNew: RETENTION_OF_NEW,
    maxBytes: config.maxBytes,
    leastRawMs,
    logger,
  });
  const { raw, minute, hour } = store.retention;
  logger.info(
    { store: "embedded", folder, retentionDays: daysOf(raw), minuteDays: daysOf(minute), hourDays: daysOf(hour) },
    "time-series store",
  );
  if (raw < leastRawMs) {
    await store.close();
    throw tooShort(raw / day, leastRawMs);
  }
  return store;
}

/** How long InfluxDB is to keep what; undefined: its bucket has a retention of its own. */
export function retentionInInflux(config: TimeSeriesConfig["timeSeries"]): Retention | undefined {
  return config.retentionDays === undefined ? undefined : { ...RETENTION_OF_NEW, ...setRetention(config) };
}

function setRetention({ retentionDays, minuteDays, hourDays }: TimeSeriesConfig["timeSeries"]): Partial<Retention> {
  return {
    ...(retentionDays !== undefined && { raw: msOf(retentionDays) }),
    ...(minuteDays !== undefined && { minute: msOf(minuteDays) }),
    ...(hourDays !== undefined && { hour: msOf(hourDays) }),
  };
}

function tooShort(days: number, leastMs: number): ConfigError {
  const least = Math.ceil(leastMs / day);
  return new ConfigError(
    `points are to be kept for ${days} days, and the log keeps telemetry.v1 for ${least}: what is projected again would ` +
      `be refused; set HEADWATER_TIME_SERIES_RETENTION_DAYS to at least ${least}`,
  );
}

function msOf(days: number): number {
  return days >= FOR_EVER_DAYS ? Infinity : days * day;
}

function daysOf(ms: number): number | "for ever" {
  return ms === Infinity ? "for ever" : ms / day;
}
