import { ConfigError, silentLogger } from "@headwater/core";
import { describeConfig, loadConfig } from "@headwater/service";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTimeSeriesStore, timeSeriesSettings } from "./config.ts";
import type { EmbeddedTimeSeriesStore } from "./embedded/index.ts";
import type { TimeSeriesStore } from "./time-series-store.ts";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-settings-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe("settings of the time-series store", () => {
  it("is embedded by default, in a folder of its own", async () => {
    const config = loadConfig(timeSeriesSettings, { env: {} });
    expect(config.timeSeries.kind).toBe("embedded");
    const store = await openTimeSeriesStore(config, { dataDir, logger: silentLogger });
    await store.health();
    expect(existsSync(join(dataDir, "time-series", "time-series.sqlite"))).toBe(true);
    await store.close();
  });

  it("reads the variables of InfluxDB, and keeps the token to itself", () => {
    const config = loadConfig(timeSeriesSettings, {
      env: {
        HEADWATER_TIME_SERIES: "influx",
        HEADWATER_INFLUX_URL: "http://influx.example:8086",
        HEADWATER_INFLUX_ORG: "o",
        HEADWATER_INFLUX_BUCKET: "b",
        HEADWATER_INFLUX_TOKEN: "very-secret",
        HEADWATER_INFLUX_TIMEOUT: "2500",
      },
    });
    const influx = { url: "http://influx.example:8086", org: "o", bucket: "b", token: "very-secret", timeoutMs: 2_500 };
    expect(config).toEqual({ timeSeries: { kind: "influx", influx } });
    // A secret may also come from a file, and stands in no message.
    expect(describeConfig(timeSeriesSettings)).toContain("HEADWATER_INFLUX_TOKEN_FILE");
  });

  it("names what is missing or wrong", async () => {
    const wrong = { HEADWATER_TIME_SERIES: "influxdb", HEADWATER_INFLUX_URL: "influx:8086" };
    expect(() => loadConfig(timeSeriesSettings, { env: wrong })).toThrow(
      /HEADWATER_TIME_SERIES.*HEADWATER_INFLUX_URL/s,
    );
    const config = loadConfig(timeSeriesSettings, { env: { HEADWATER_TIME_SERIES: "influx" } });
    const error: unknown = await openTimeSeriesStore(config, { dataDir, logger: silentLogger }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain("HEADWATER_INFLUX_TOKEN");
  });

  describe("retention", () => {
    const now = Date.now() * 1_000;
    const day = 86_400_000_000;

    async function open(env: Record<string, string>, leastRawMs?: number): Promise<TimeSeriesStore> {
      const config = loadConfig(timeSeriesSettings, { env });
      return openTimeSeriesStore(config, { dataDir, logger: silentLogger, leastRawMs });
    }

    /** The days of points, minutes and hours that a store keeps, as points of that age are taken. */
    async function keptBy(store: TimeSeriesStore): Promise<(number | "for ever")[]> {
      const { retention } = store as EmbeddedTimeSeriesStore;
      return [retention.raw, retention.minute, retention.hour].map((ms) =>
        ms === Infinity ? "for ever" : (ms * 1_000) / day,
      );
    }

    it("of a new store is 90 days, a year and for ever; it stays when settings go, and changes when they come", async () => {
      const steps: [Record<string, string>, (number | "for ever")[]][] = [
        [{}, [90, 365, "for ever"]],
        [{ HEADWATER_TIME_SERIES_RETENTION_DAYS: "30" }, [30, 365, "for ever"]],
        [{}, [30, 365, "for ever"]],
        [{ HEADWATER_TIME_SERIES_MINUTE_DAYS: "0", HEADWATER_TIME_SERIES_HOUR_DAYS: "700" }, [30, 0, 700]],
        [{ HEADWATER_TIME_SERIES_RETENTION_DAYS: "36500" }, ["for ever", 0, 700]],
      ];
      for (const [env, kept] of steps) {
        const store = await open(env);
        expect(await keptBy(store)).toEqual(kept);
        await store.close();
      }
    });

    it("of a store of 0.1 is what it was: for ever, or the days that are set and nothing after them", async () => {
      const asOf01 = async (env: Record<string, string>): Promise<(number | "for ever")[]> => {
        rmSync(join(dataDir, "time-series"), { recursive: true, force: true });
        mkdirSync(join(dataDir, "time-series"));
        for (const name of ["time-series.sqlite", "time-series.sqlite-wal"]) {
          const packed = readFileSync(new URL(`../test/golden/0.1.0/${name}.gz`, import.meta.url));
          writeFileSync(join(dataDir, "time-series", name), gunzipSync(packed));
        }
        const store = await open(env);
        const kept = await keptBy(store);
        await store.close();
        return kept;
      };
      expect((await asOf01({}))[0]).toBe("for ever");
      expect(await asOf01({ HEADWATER_TIME_SERIES_RETENTION_DAYS: "10" })).toEqual([10, 0, 0]);
    });

    it("is never shorter than what the log keeps of telemetry", async () => {
      const error: unknown = await open({ HEADWATER_TIME_SERIES_RETENTION_DAYS: "6" }, (7 * day) / 1_000).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toMatch(/6 days.*telemetry\.v1 for 7.*HEADWATER_TIME_SERIES_RETENTION_DAYS to at least 7/);
      const store = await open({ HEADWATER_TIME_SERIES_RETENTION_DAYS: "7" }, (7 * day) / 1_000);
      const points = [now - 8 * day, now - 6 * day].map((time) => ({
        measurement: "m",
        tags: {},
        time,
        fields: { v: 1 },
      }));
      expect((await store.write(points)).refused).toEqual([
        { index: 0, reason: expect.stringMatching(/^older-than-raw: /) as string },
      ]);
      await store.close();
    });
  });
});
