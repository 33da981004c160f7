import { ConfigError, silentLogger } from "@headwater/core";
import { describeConfig, loadConfig } from "@headwater/service";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTimeSeriesStore, timeSeriesSettings } from "./config.ts";

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
});
