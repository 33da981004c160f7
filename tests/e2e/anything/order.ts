import { expect } from "vitest";
import type { AnswerOf, ApiClient } from "@headwater/client";
import { sleep } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import type { Platform } from "../platform/platform.ts";
import type { Fleet } from "./fleet.ts";

/** A limit against hanging: the longest deadlines and windows of the scene end within seconds. */
const settleMs = 240_000;
/** Alerts that stay as they are for so long have come to rest. */
const restMs = 5_000;
const ends = new Set(["succeeded", "failed", "rejected", "expired", "timed-out"]);
const modesOfAlerts = ["live", "shadow"];

type Alert = AnswerOf<"GET", "/api/v1/alerts">["items"][number];

/** The log, the store and the ledger agree, down to each value. */
export async function expectBalance({ ingest }: Platform): Promise<void> {
  await eventually(async () => {
    const { balanced, totals, verified } = await ingest.call("GET", "/api/v1/ledger", { query: { verify: true } });
    expect({ balanced, ...totals, ...verified }).toMatchObject({
      ...{ balanced: true, mismatched: 0, missing: 0, unexplained: 0, lag: 0 },
    });
  }, settleMs);
}

/** What was acknowledged of devices that were there all the time is stored. */
export async function expectAcked({ ingest }: Platform, { acked, lasting }: Fleet): Promise<void> {
  for (const id of lasting) {
    const query = { metric: "n", from: "-1h", to: new Date(Date.now() + 3_600_000).toISOString(), limit: 100_000 };
    const { points } = await ingest.call("GET", "/api/v1/devices/{id}/series", { path: { id }, query });
    const stored = new Set(points.map(([, value]) => value));
    expect(
      (acked.get(id) ?? []).filter((number) => !stored.has(number)),
      `acknowledged of ${id} and not stored`,
    ).toEqual([]);
  }
}

/** Nothing that was asked for is still under way. */
export async function expectEnds({ ingest }: Platform, { ids }: Fleet): Promise<void> {
  await eventually(async () => {
    for (const state of ["requested", "claimed"] as const) {
      const { items } = await ingest.call("GET", "/api/v1/quarantine", { query: { state, limit: 10 } });
      expect(items, `attempts at what is in quarantine: ${state}`).toEqual([]);
    }
    const { items: rebuilds } = await ingest.call("GET", "/api/v1/rebuilds", {});
    expect(rebuilds.filter(({ state }) => state === "shadowing" || state === "replacing")).toEqual([]);
    for (const id of ids) {
      const query = { limit: 1000 };
      const { items } = await ingest.call("GET", "/api/v1/devices/{id}/commands", { path: { id }, query });
      expect(
        items.filter(({ status }) => !ends.has(status)),
        `commands of ${id}`,
      ).toEqual([]);
    }
  }, settleMs);
}

/** Alerts that are open are of rules that are on and of devices that are there; resolves with them at rest. */
export async function expectAlerts({ ingest, rules }: Platform): Promise<readonly string[]> {
  return eventually(async () => {
    const open = await openAlerts(rules);
    const { items: all } = await rules.call("GET", "/api/v1/rules", { query: { limit: 100 } });
    const on = new Set(all.filter(({ mode }) => modesOfAlerts.includes(mode)).map(({ id }) => id));
    const { items: devices } = await ingest.call("GET", "/api/v1/devices", { query: { limit: 1000 } });
    const there = new Set(devices.map(({ id }) => id));
    expect(open.filter(({ rule, device }) => !on.has(rule) || !there.has(device))).toEqual([]);
    await sleep(restMs);
    expect(namesOf(await openAlerts(rules))).toEqual(namesOf(open));
    return namesOf(open);
  }, settleMs);
}

async function openAlerts(rules: ApiClient): Promise<readonly Alert[]> {
  const open: Alert[] = [];
  for (let cursor: string | undefined; ;) {
    const query = { state: "open" as const, limit: 200, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await rules.call("GET", "/api/v1/alerts", { query });
    open.push(...items);
    if (next == null) return open;
    cursor = next;
  }
}

function namesOf(alerts: readonly Alert[]): string[] {
  return alerts.map(({ id, severity, rule, device }) => `${id} ${severity} ${rule} ${device}`).toSorted();
}
