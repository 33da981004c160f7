import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetOf, type FleetSpec, resultsOf, runFleet } from "@headwater/device-sim";
import { startMosquitto, type Mosquitto } from "../../scripts/servers/mosquitto.ts";
import { openOnRealServers } from "./platform/real-servers.ts";
import type { Platform } from "./platform/platform.ts";

const spec: FleetSpec = {
  duration: "2s",
  profiles: {
    json: { devices: 5, rate: "10/s", delivery: { duplicates: "20%" } },
    protobuf: { devices: 3, rate: "10/s", format: "protobuf", qos: 2 },
  },
  expect: { lost: 0, duplicated: 0, reordered: 0, p99: { logged: "1m", stored: "2m" } },
};
const common = {
  fleet: fleetOf(spec, import.meta.dirname),
  share: [1, 1] as const,
  ...{ threads: 1, settleMs: 120_000, probes: 5, signal: new AbortController().signal },
  onState: () => undefined,
  onProgress: () => undefined,
};

describe("a fleet whose results are read where the platform keeps them", () => {
  const prefix = `sim-${randomBytes(4).toString("hex")}.`;
  let platform: Platform;
  beforeAll(async () => {
    platform = await openOnRealServers({ settings: { HEADWATER_TOPIC_PREFIX: prefix } });
  });
  afterAll(() => platform.stop());

  it("finds each message once in Kafka and in InfluxDB, and how long it took", async () => {
    const { url, org, bucket, token } = platform.influx!;
    const kafka = `kafka://${process.env["HEADWATER_KAFKA_BROKERS"]!}/${prefix}telemetry.v1`;
    const results = resultsOf([kafka, `${url.replace("http:", "influx:")}/${org}/${bucket}`], { INFLUX_TOKEN: token });
    const verdict = await runFleet({
      ...common,
      target: { url: platform.mqttUrl() },
      api: platform.ingest,
      prefix: "there-",
      results,
    });
    expect(verdict.expectations.filter(({ holds }) => !holds)).toEqual([]);
    expect(verdict.logged).toMatchObject({ arrived: verdict.counts.acked, lost: 0 });
    expect(verdict.stored!.arrived + verdict.stored!.overwritten).toBe(verdict.counts.acked);
    expect(verdict.latency.logged.count).toBeGreaterThan(0);
    expect(verdict.latency.stored.count).toBeGreaterThan(0);
  });
});

describe("a fleet at a broker of somebody else", () => {
  let folder: string;
  let mosquitto: Mosquitto;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "headwater-sim-"));
    mosquitto = await startMosquitto({ dataDir: folder });
  });
  afterAll(async () => {
    await mosquitto.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is judged by what a subscriber gets, and loses what does not pass", async () => {
    const judged = (filter: string, settleMs: number) =>
      runFleet({
        ...{ ...common, settleMs },
        fleet: fleetOf(
          { duration: "2s", profiles: { a: { devices: 3, rate: "10/s" } }, expect: { duplicated: 0 } },
          import.meta.dirname,
        ),
        target: { url: mosquitto.url },
        api: undefined,
        prefix: "",
        results: resultsOf(
          [`${mosquitto.url}/?filter=${filter}&device=topic&pattern=devices/{device}/telemetry&seq=values.seq`],
          {},
        ),
      });
    const whole = await judged("devices/+/telemetry", 120_000);
    expect(whole.expectations.filter(({ holds }) => !holds)).toEqual([]);
    expect(whole.logged).toMatchObject({ arrived: whole.counts.acked, lost: 0 });
    expect(whole.latency.logged.count).toBeGreaterThan(0);
    // Two of three devices do not pass this filter.
    const part = await judged("devices/a-1/telemetry", 15_000);
    expect(part.expectations.filter(({ holds }) => !holds).map(({ name }) => name)).toEqual(["lost"]);
    expect(new Set(part.logged!.lostRanges.map(({ device }) => device))).toEqual(new Set(["a-2", "a-3"]));
  });
});
