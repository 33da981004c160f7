import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { registerDevice, type ApiClient } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { openEmbedded } from "../e2e/platform/embedded.ts";
import { barriersOf, faultsOf, openBrowser } from "./browser.ts";

const screenshots = join(import.meta.dirname, "screenshots");
export const hostile = "<img src=x onerror=alert(1)> ‮olleh 🔥";
const minuteMs = 60_000;

/** A platform with a boiler, a rule on it and three alerts, and a browser that is signed in as the administrator. */
export interface BoilerRoom {
  readonly api: ApiClient;
  /** As the boiler does; a text as it stands. */
  send(message: object | string): Promise<void>;
  alertsOf(state: "open" | "all"): Promise<readonly { readonly id: string }[]>;
  newPage(): Promise<Page>;
  opened(path: string): Promise<{ readonly page: Page; readonly faults: readonly string[] }>;
  close(): Promise<void>;
}

export async function openBoilerRoom(): Promise<BoilerRoom> {
  mkdirSync(screenshots, { recursive: true });
  const [platform, browser] = await Promise.all([openEmbedded(), openBrowser()]);
  const { token, ingest: api } = platform;
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ baseURL: platform.httpUrl("ingest"), viewport });
  expect((await context.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
  await api.request("POST", "/api/v1/rules", {
    id: "boiler-too-hot",
    name: `Boiler too hot ${hostile}`,
    selector: { types: ["boiler"] },
    condition: { metric: "temperature", above: { warning: 80, critical: 90 }, clearBelow: 75 },
  });
  await api.request("POST", "/api/v1/rules/boiler-too-hot/enable");
  await eventually(async () => {
    const { state } = await api.call("GET", "/api/v1/rules/{id}", { path: { id: "boiler-too-hot" } });
    expect(state).toBe("live");
  });
  const { token: password } = await registerDevice(api, { id: "boiler-1", type: "boiler", tags: { note: hostile } });
  const device = await connectAsync(platform.mqttUrl(), { username: "boiler-1", password, clientId: "boiler-1" });
  const room: BoilerRoom = {
    api,
    async send(message) {
      const payload = typeof message === "string" ? message : JSON.stringify(message);
      await device.publishAsync("devices/boiler-1/telemetry", payload, { qos: 1 });
    },
    async alertsOf(state) {
      const query = state === "all" ? {} : { state };
      return (await api.call("GET", "/api/v1/alerts", { query })).items;
    },
    newPage: () => context.newPage(),
    async opened(path) {
      const page = await context.newPage();
      const faults = faultsOf(page);
      await page.goto(path);
      return { page, faults };
    },
    async close() {
      await device.endAsync();
      await browser.close();
      await platform.stop();
    },
  };
  // Ten minutes of a boiler that was hot twice, and is now.
  const begin = Date.now() - 10 * minuteMs;
  for (const [minute, temperature] of [60, 70, 85, 70, 60, 82, 95, 85, 70, 86].entries()) {
    await room.send({ ts: new Date(begin + minute * minuteMs).toISOString(), values: { temperature, pressure: 1.5 } });
  }
  await eventually(async () => expect(await room.alertsOf("all")).toHaveLength(3));
  return room;
}

/** A page without faults or barriers, with a picture of it kept in both themes. */
export async function checked(page: Page, faults: readonly string[], name: string): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: join(screenshots, `${name}.${theme}.desktop.png`), fullPage: true });
    expect(await barriersOf(page)).toEqual([]);
  }
  expect(faults).toEqual([]);
}
