import { expect } from "vitest";
import {
  lastByTime,
  readCsvSeries,
  replay,
  shiftToEnd,
  SimulatedDevice,
  verifyStored,
  type Sample,
} from "@headwater/device-sim";
import { registerDevice, type ApiClient } from "@headwater/client";
import type { Platform } from "../platform/platform.ts";
import { eventually } from "@headwater/testkit/eventually";
import { queryByFlux } from "./flux.ts";
import { machineTemperature } from "./recorded-data.ts";
import { referenceEpisodes, type Episode } from "./reference.ts";

const metric = "temperature";
const minute = 60_000_000;
const limits = { above: 95, clearBelow: 90, forMicros: 10 * minute };
const settleMs = 180_000;

export interface Scenario {
  readonly device: string;
  readonly rule: string;
  /** Which instance of the gateway it connects to. */
  readonly gateway?: number;
  /** Called once for each of these counts of sent messages, while the replay goes on. */
  readonly disturbances?: readonly { readonly atSent: number; readonly run: () => Promise<void> }[];
  /** Publishes in flight; fewer makes the replay last longer. */
  readonly window?: number;
  /** A disturbed replay may put a message on the log twice: its point is then overwritten by itself. */
  readonly mayRepeat?: boolean;
  /** How often the device's gateway is killed in the course of it. */
  readonly gatewayKills?: number;
}

/** Replays the recorded series as one device and checks everything that the platform made of it. */
export async function replayAndCheck(platform: Platform, scenario: Scenario): Promise<void> {
  const now = Math.floor(Date.now() / 1000) * 1_000_000;
  const samples = shiftToEnd(readCsvSeries(machineTemperature), now);
  const { id, token } = await registerDevice(platform.ingest, { id: scenario.device, type: "machine" });
  await createLiveRule(platform.rules, scenario);
  const device = await SimulatedDevice.connect({ mqttUrl: platform.mqttUrl(scenario.gateway), id, token });
  try {
    await replayWithDisturbances(device, samples, scenario);
    expect(device.acked).toBe(samples.length);
    await checkStored(platform, scenario, samples);
    const episodes = referenceEpisodes(samples, limits);
    const alerts = await checkAlerts(platform, scenario, episodes);
    await checkCommands(platform, device, alerts, scenario.gatewayKills ?? 0);
    await checkLedger(platform, scenario, samples);
  } finally {
    await device.close();
  }
}

async function replayWithDisturbances(device: SimulatedDevice, samples: readonly Sample[], scenario: Scenario) {
  const pending = [...(scenario.disturbances ?? [])].sort((a, b) => a.atSent - b.atSent);
  // One after the other: a service is killed again only once it is back.
  let disturbed = Promise.resolve();
  await replay(device, samples, {
    metric,
    speed: "max",
    window: scenario.window ?? 100,
    onProgress(sent) {
      while (pending.length > 0 && sent >= pending[0]!.atSent) {
        const { run } = pending.shift()!;
        disturbed = disturbed.then(run);
      }
    },
  });
  await disturbed;
  expect(pending).toEqual([]);
}

/** Every point against the CSV, over REST and, where it is there, by a plain Flux query. */
async function checkStored(platform: Platform, scenario: Scenario, samples: readonly Sample[]): Promise<void> {
  const verdict = await verifyStored(platform.ingest, scenario.device, metric, samples, settleMs);
  expect(verdict, platform.output()).toMatchObject({ lost: 0, stored: lastByTime(samples).size, examples: [] });
  if (platform.influx === undefined) return;
  const rows = await queryByFlux(platform.influx, scenario.device, metric);
  const expected = [...lastByTime(samples)].sort(([a], [b]) => a - b);
  expect(rows).toEqual(expected);
}

interface Alert {
  readonly id: string;
  readonly raisedAt: string;
  readonly clearedAt?: string | null;
  readonly rule: string;
}

async function checkAlerts(platform: Platform, scenario: Scenario, episodes: readonly Episode[]): Promise<Alert[]> {
  const expected = episodes.map(({ raisedAt, clearedAt }) => [raisedAt, clearedAt]);
  return eventually(async () => {
    const query = new URLSearchParams({ device: scenario.device, rule: scenario.rule, limit: "1000" });
    const { items } = await platform.rules.request<{ items: Alert[] }>("GET", `/api/v1/alerts?${query.toString()}`);
    const found = items
      .map((alert) => [micros(alert.raisedAt), alert.clearedAt == null ? undefined : micros(alert.clearedAt)] as const)
      .sort(([a], [b]) => a - b);
    expect(found).toEqual(expected);
    expect(new Set(items.map(({ id }) => id)).size).toBe(expected.length);
    return items;
  }, settleMs);
}

/** Commands on their way to a device at a time, by the gateway's default. */
const commandsInFlight = 1;

/**
 * One command an episode, executed once by its id, its reply on record. A command that a gateway has claimed and not
 * sent when it is killed is not sent again, since nobody knows whether it was: it ends as timed out.
 */
async function checkCommands(
  platform: Platform,
  device: SimulatedDevice,
  alerts: readonly Alert[],
  gatewayKills: number,
): Promise<void> {
  await eventually(async () => {
    const path = `/api/v1/devices/${device.id}/commands?limit=1000`;
    const { items } = await platform.ingest.request<{ items: CommandAnswer[] }>("GET", path);
    const cutOff = items.filter(({ status }) => status === "claimed");
    expect(cutOff.length).toBeLessThanOrEqual(gatewayKills * commandsInFlight);
    const rest = items.filter((item) => !cutOff.includes(item));
    expect(items.length).toBe(alerts.length);
    expect(rest.map(({ status }) => status)).toEqual(rest.map(() => "succeeded"));
    expect(rest[0]!.result).toEqual({ executed: "shut_valve" });
    const executed = device.executed.map(({ commandId }) => commandId);
    expect(executed.toSorted()).toEqual(rest.map(({ id }) => id).toSorted());
    expect(new Set(executed).size).toBe(executed.length);
  }, settleMs);
  expect(device.executed[0]).toMatchObject({ name: "shut_valve", params: { valve: 1 } });
}

interface CommandAnswer {
  readonly id: string;
  readonly status: string;
  readonly result?: unknown;
}

async function checkLedger(platform: Platform, scenario: Scenario, samples: readonly Sample[]): Promise<void> {
  const repeatedTimes = samples.length - lastByTime(samples).size;
  await eventually(async () => {
    const ledger = await platform.ingest.call("GET", "/api/v1/ledger", { query: { verify: true }, waitMs: settleMs });
    expect(ledger, JSON.stringify(ledger)).toMatchObject({ balanced: true, totals: { quarantined: 0 } });
    if (scenario.mayRepeat === true) expect(ledger.totals.overwritten).toBeGreaterThanOrEqual(repeatedTimes);
    else expect(ledger.totals.overwritten).toBe(repeatedTimes);
  }, settleMs);
}

async function createLiveRule(rules: ApiClient, scenario: Scenario): Promise<void> {
  await rules.request("POST", "/api/v1/rules", {
    id: scenario.rule,
    name: "Machine too hot",
    selector: { ids: [scenario.device] },
    condition: { metric, op: ">", threshold: limits.above, clearBelow: limits.clearBelow, for: "10m" },
    severity: "critical",
    // The recorded hour that is there twice (the end of summer time) comes 55 minutes late.
    lateness: "1h",
    actions: [{ command: { name: "shut_valve", params: { valve: 1 }, ttl: "8760h" } }],
  });
  await rules.request("POST", `/api/v1/rules/${scenario.rule}/enable`);
  await eventually(async () => {
    const rule = await rules.request<{ state: string }>("GET", `/api/v1/rules/${scenario.rule}`);
    expect(rule).toMatchObject({ state: "live" });
  }, settleMs);
}

function micros(iso: string): number {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  return Math.floor(Date.parse(iso) / 1000) * 1_000_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}
