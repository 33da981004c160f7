import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@headwater/testkit/eventually";
import { runHeadwater, startHeadwater } from "@headwater/testkit/service-process";
import mqtt from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const day = 86_400_000;

describe("the embedded store of the all-in-one", () => {
  let folder: string;
  let settings: Record<string, string>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "headwater-store-"));
    settings = {
      HEADWATER_DATA_DIR: join(folder, "data"),
      HEADWATER_MQTT_PORT: "0",
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_MQTT_ANONYMOUS: "true",
    };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("does not start where points would be kept for less time than the log keeps them", async () => {
    const { code, output } = await runHeadwater(["start"], { ...settings, HEADWATER_TIME_SERIES_RETENTION_DAYS: "6" });
    expect(code).toBe(1);
    expect(output).toMatch(/6 days.*telemetry\.v1 for 7.*HEADWATER_TIME_SERIES_RETENTION_DAYS to at least 7/);
  });

  it("quarantines what is older than points are kept, and is backed up and restored by an administrator", async () => {
    let running = await startHeadwater(["start"], { ...settings, HEADWATER_TIME_SERIES_RETENTION_DAYS: "30" });
    const token = readFileSync(join(folder, "data", "admin-token"), "utf8").trim();
    const get = async <T>(path: string): Promise<T> => {
      const answer = await fetch(`${running.url("http")}${path}`, { headers: { authorization: `Bearer ${token}` } });
      return (await answer.json()) as T;
    };
    const now = Date.now();
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${running.port("mqtt")}`, { clientId: "boiler" });
    const samples = [now - 31 * day, now - 29 * day, now].map((ts, i) => ({ ts, values: { temperature: 20 + i } }));
    await client.publishAsync("devices/boiler/telemetry", JSON.stringify(samples), { qos: 1 });
    await client.endAsync();
    const series = (): Promise<{ points: [number, number][] }> =>
      get("/api/v1/devices/boiler/series?metric=temperature&from=-40d&incarnations=all");
    const points = [[now - 29 * day, 21], [now, 22]]; // oxfmt-ignore
    await eventually(async () => expect((await series()).points).toEqual(points));
    const quarantine = await eventually(
      () => get<{ items: { reason: string }[] }>("/api/v1/quarantine"),
      ({ items }) => items.length > 0,
    );
    expect(quarantine.items.map(({ reason }) => reason)).toEqual([expect.stringMatching(/older-than-raw: /)]);

    const file = join(folder, "backup.sqlite");
    const asAdmin = { HEADWATER_URL: running.url("http"), HEADWATER_TOKEN: token };
    const backup = await runHeadwater(["store", "backup", file], asAdmin);
    expect(backup).toMatchObject({ code: 0, output: expect.stringContaining(file) as string });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await eventually(() => expect(readdirSync(join(folder, "data", "ingest", "backups"))).toEqual([]));
    expect((await runHeadwater(["store", "backup", file], asAdmin)).output).toContain("is there already");
    const stranger = await fetch(`${running.url("http")}/api/v1/store/backup`);
    expect(stranger.status).toBe(401);
    await running.end("SIGTERM");

    const storeFolder = join(folder, "data", "time-series");
    for (const name of readdirSync(storeFolder)) rmSync(join(storeFolder, name));
    copyFileSync(file, join(storeFolder, "time-series.sqlite"));
    // The retention lies in the file: nobody has to set it again.
    running = await startHeadwater(["start"], settings);
    expect((await series()).points).toEqual(points);
    await eventually(() => expect(running.output()).toMatch(/retentionDays["=: ]+30/));
    await running.end("SIGTERM");
  });

  it("goes on from a copy of the whole data folder at another place", async () => {
    let running = await startHeadwater(["start"], settings);
    const token = readFileSync(join(folder, "data", "admin-token"), "utf8").trim();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const registration = { method: "POST", headers, body: JSON.stringify({ id: "boiler" }) };
    expect((await fetch(`${running.url("http")}/api/v1/devices`, registration)).status).toBe(201);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${running.port("mqtt")}`, { clientId: "boiler" });
    await client.publishAsync("devices/boiler/telemetry", JSON.stringify({ temperature: 20 }), { qos: 1 });
    await client.endAsync();
    await running.end("SIGTERM");

    const copy = join(folder, "kept elsewhere");
    cpSync(join(folder, "data"), copy, { recursive: true });
    running = await startHeadwater(["start"], { ...settings, HEADWATER_DATA_DIR: copy });
    const asAdmin = { HEADWATER_URL: running.url("http"), HEADWATER_TOKEN: token };
    await eventually(async () => {
      const latest = await fetch(`${running.url("http")}/api/v1/devices/boiler/latest`, { headers });
      expect(await latest.json()).toMatchObject({ values: { temperature: { value: 20 } } });
    });
    expect((await fetch(`${running.url("http")}/api/v1/devices/boiler`, { headers })).status).toBe(200);
    expect(await runHeadwater(["ledger", "--verify"], asAdmin)).toMatchObject({ code: 0 });
    await running.end("SIGTERM");
  });
});
