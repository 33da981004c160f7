import { ConfigError, type Logger } from "@headwater/core";
import { Type, type Static } from "@sinclair/typebox";
import { join } from "node:path";
import type { TimeSeriesStore } from "./time-series-store.ts";

const day = 24 * 60 * 60 * 1_000;

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
        maximum: 36_500,
        description:
          "Days for which the embedded store keeps points (default: for ever); a bucket of InfluxDB has its own",
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
}

/**
 * Opens the store that the settings name. Rejects with ConfigError (a setting is missing) or ResourceError (the
 * embedded file cannot be used); that InfluxDB is away shows in `health` and the first write, not here.
 */
export async function openTimeSeriesStore(
  { timeSeries: config }: TimeSeriesConfig,
  { dataDir, logger }: OpenTimeSeriesStoreOptions,
): Promise<TimeSeriesStore> {
  if (config.kind === "influx") {
    const { token, url, org, bucket, timeoutMs } = config.influx;
    if (token === undefined) {
      throw new ConfigError("HEADWATER_INFLUX_TOKEN is missing; HEADWATER_TIME_SERIES=influx needs it");
    }
    logger.info({ store: "influx", url, org, bucket }, "time-series store");
    const { openInfluxStore } = await import("./influx/influx-store.ts");
    return openInfluxStore({ url, org, bucket, token, timeoutMs });
  }
  const folder = join(dataDir, "time-series");
  const { retentionDays } = config;
  const { openEmbeddedStore } = await import("./embedded/embedded-store.ts");
  const store = await openEmbeddedStore({
    dataDir: folder,
    retentionMs: retentionDays === undefined ? undefined : retentionDays * day,
    logger,
  });
  logger.info({ store: "embedded", folder, retentionDays }, "time-series store");
  return store;
}
