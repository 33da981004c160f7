import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerDevice, type ApiClient } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { openEmbedded } from "../e2e/platform/embedded.ts";
import type { Platform } from "../e2e/platform/platform.ts";
import { barriersOf, faultsOf, openBrowser } from "./browser.ts";

const screenshots = join(import.meta.dirname, "screenshots");
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
const themes = ["light", "dark"] as const;
const hostile = "<img src=x onerror=alert(1)> ‮olleh 🔥";

let platform: Platform;
let browser: Browser;
let api: ApiClient;
let url: string;
let token: string;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [platform, browser] = await Promise.all([openEmbedded(), openBrowser()]);
  ({ ingest: api, token, rulesUrl: url } = platform);
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

async function signedIn(more: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, ...more });
  const answer = await context.request.post("/api/v1/session", { data: { token } });
  expect(answer.status()).toBe(200);
  return context;
}

/** A boiler that sends what a boiler sends, and text that would like to be more than text. */
async function sendReadings(): Promise<void> {
  const kinds = ["boiler", "pump", "valve"] as const;
  for (let index = 1; index <= 12; index++) {
    const type = kinds[index % kinds.length]!;
    const tags = { site: index % 2 === 0 ? "north" : "south", ...(index === 3 && { note: hostile }) };
    const attributes = index === 12 ? { lat: "nowhere", lon: hostile } : { lat: 40 + index * 1.3, lon: index * 3 - 9 };
    await registerDevice(api, { id: `${type}-${index}`, type, tags });
    await api.call("PATCH", "/api/v1/devices/{id}", { path: { id: `${type}-${index}` }, body: { attributes } });
  }
  const { token: password } = await registerDevice(api, { id: "boiler-3", type: "boiler" });
  const device = await connectAsync(platform.mqttUrl(), { username: "boiler-3", password, clientId: "boiler-3" });
  const now = Date.now();
  for (let minutes = 60; minutes > 0; minutes--) {
    // Ten minutes without a reading are a gap in the chart.
    if (minutes > 20 && minutes <= 30) continue;
    const ts = now - minutes * 60_000;
    const values = {
      temperature: 70 + 8 * Math.sin(minutes / 6),
      pressure: 1.4 + 0.1 * Math.cos(minutes / 9),
      burner: minutes % 20 < 10,
      state: minutes === 1 ? hostile : "heating",
    };
    await device.publishAsync("devices/boiler-3/telemetry", JSON.stringify({ ts, values }), { qos: 1 });
  }
  await device.endAsync();
  await eventually(async () => {
    const path = { id: "boiler-3" };
    const { values } = await api.call("GET", "/api/v1/devices/{id}/latest", { path });
    expect(Object.keys(values as object)).toContain("state");
  });
}

describe("the web page in Chromium", () => {
  it("signs in by the link that the start prints, once", async () => {
    const link = /http:\S+#sign-in=\S+/.exec(platform.output())![0];
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto(link);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    expect(page.url()).not.toContain("sign-in");
    expect(faults).toEqual([]);
    await context.close();
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(link);
    await stranger.getByLabel("Access token").waitFor();
    await other.close();
  });

  it("shows what there is to do where there is no device yet", async () => {
    const context = await signedIn({ viewport: sizes.desktop });
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("heading", { name: "Connect the first device" }).waitFor();
    await page.screenshot({ path: join(screenshots, "first-visit.light.desktop.png"), fullPage: true });
    await page.getByLabel("Device id").fill("thermometer-1");
    await page.getByRole("button", { name: "Register" }).click();
    const password = (await page.getByTestId("device-token").textContent())!;
    await page.screenshot({ path: join(screenshots, "first-visit-token.light.desktop.png"), fullPage: true });
    const device = await connectAsync(platform.mqttUrl(), { username: "thermometer-1", password });
    await device.publishAsync("devices/thermometer-1/telemetry", '{"temperature": 21.5}', { qos: 1 });
    await page.getByText("The first message is here").waitFor();
    await device.endAsync();
    await context.close();
  });

  describe.each(Object.entries(sizes))("%s", (size, viewport) => {
    it.each(themes)("%s: no page has a barrier, an error, or a request to elsewhere", async (theme) => {
      if (!(await hasReadings())) await sendReadings();
      const context = await signedIn({ viewport, colorScheme: theme });
      const page = await context.newPage();
      const faults = faultsOf(page);
      const barriers: string[] = [];
      for (const [name, path, heading] of [
        ["fleet", "/", "Fleet"],
        ["map", "/?view=map", "Fleet"],
        ["device", "/devices/boiler-3", "boiler-3"],
        ["boards", "/boards", "Boards"],
        ["board-fleet", "/boards/fleet-overview", "Fleet overview"],
        ["alerts", "/alerts", "Alerts"],
        ["rules", "/rules", "Rules"],
        ["pipeline", "/pipeline", "Pipeline"],
        ["quarantine", "/quarantine", "Quarantine"],
        ["access", "/access", "Access"],
        ["audit", "/audit", "Audit trail"],
        ["design", "/design", "Design"],
      ] as const) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1, name: heading }).waitFor();
        await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
        barriers.push(...(await barriersOf(page)).map((barrier) => `${path} ${barrier}`));
        const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
        if (overflow > 0) barriers.push(`${path} is ${overflow} pixels wider than the window`);
        await page.screenshot({ path: join(screenshots, `${name}.${theme}.${size}.png`) });
      }
      expect(barriers).toEqual([]);
      expect(faults).toEqual([]);
      await context.close();
    });
  });

  it("shows where devices stand, by keys and pointer, with those in sight as a table", async () => {
    if (!(await hasReadings())) await sendReadings();
    const context = await signedIn({ viewport: sizes.desktop });
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/");
    await page.getByRole("button", { name: "Map", exact: true }).click();
    await page.getByText("11 of 11 in sight").waitFor();
    await page.getByRole("link", { name: "boiler-9, away" }).waitFor();
    // What does not say where it stands is no mark.
    expect(await page.getByRole("link", { name: "boiler-12" }).count()).toBe(0);
    const map = page.getByRole("group", { name: /^Map of devices/ });
    await map.focus();
    for (let step = 0; step < 4; step++) await page.keyboard.press("+");
    await expect.poll(() => new URL(page.url()).searchParams.get("at")).toMatch(/^-?\d+\.\d{4},/);
    const zoomed = page.url();
    await page.getByText("11 of 11 in sight").waitFor({ state: "detached" });
    await page.mouse.move(400, 500);
    await page.mouse.down();
    await page.mouse.move(500, 520, { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => page.url()).not.toBe(zoomed);
    // The address alone shows the same again.
    const other = await context.newPage();
    await other.goto("/?view=map&at=53.0000,21.0000,9.00");
    await other.getByText(/^1 of 11 in sight/).waitFor();
    await other.getByRole("table", { name: "Devices" }).getByRole("link", { name: "pump-10" }).waitFor();
    await page.getByRole("button", { name: "All", exact: true }).last().click();
    await page.getByText("11 of 11 in sight").waitFor();
    // A mark of several opens by a key, and the focus stays on the map.
    await page.getByRole("button", { name: "2 devices, 2 away; zoom there" }).first().press("Enter");
    await page.getByText(/^[2-9] of 11 in sight/).waitFor();
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toMatch(/^Map of devices/);
    expect(faults).toEqual([]);
    await context.close();
  });

  it("holds no connection while it is out of sight, and is up to date when it is back", async () => {
    const context = await signedIn({ viewport: sizes.desktop });
    const page = await context.newPage();
    let open = 0;
    const isStream = (request: { url(): string }): boolean => request.url().includes("/api/v1/stream");
    page.on("request", (request) => void (open += isStream(request) ? 1 : 0));
    page.on("requestfailed", (request) => void (open -= isStream(request) ? 1 : 0));
    await page.goto("/");
    await page.getByText("live", { exact: true }).waitFor();
    expect(open).toBeGreaterThan(0);
    const hide = (isHidden: boolean): Promise<unknown> =>
      page.evaluate(
        `Object.defineProperty(document, "hidden", { value: ${isHidden}, configurable: true });
         document.dispatchEvent(new Event("visibilitychange"));`,
      );
    await hide(true);
    await eventually(() => expect(open).toBe(0));
    await registerDevice(api, { id: "registered-meanwhile", type: "pump" });
    await hide(false);
    await page.getByRole("link", { name: "registered-meanwhile" }).waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await context.close();
  });

  it("keeps the first devices in sight where the others cannot be had", async () => {
    await registerDevice(api, { id: "among-the-first", type: "pump" });
    const context = await signedIn();
    const page = await context.newPage();
    await page.route(/\/api\/v1\/devices\?limit=1000/, (route) => route.abort());
    await page.goto("/");
    await page.getByRole("alert").getByText("no answer").waitFor();
    await page.getByRole("table", { name: "Devices" }).getByRole("link").first().waitFor();
    await page.unroute(/\/api\/v1\/devices\?limit=1000/);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await context.close();
  });

  it("asks who is signed in, and for the first devices, before the scripts that show them are there", async () => {
    await registerDevice(api, { id: "asked-for-at-once", type: "pump" });
    const context = await signedIn();
    const page = await context.newPage();
    const asked: string[] = [];
    let giveScripts = (): void => {};
    const waited = new Promise<void>((resolve) => (giveScripts = resolve));
    const questions: string[] = [];
    page.on("request", (request) => {
      asked.push(new URL(request.url()).pathname);
      if (/[?&]limit=100&/.test(request.url())) questions.push(request.url());
    });
    const { link } = (await context.request.get("/", { headers: { accept: "text/html" } })).headers();
    expect(link).toMatch(/^<\/api\/v1\/session>; .*, <\/api\/v1\/devices\?/);
    await page.route("**/assets/index-*.js", async (route) => {
      await waited;
      await route.continue();
    });
    await page.goto("/", { waitUntil: "commit" });
    await eventually(() => expect(asked).toEqual(expect.arrayContaining(["/api/v1/session", "/api/v1/devices"])));
    expect(await page.getByRole("heading", { name: "Fleet" }).count()).toBe(0);
    giveScripts();
    await page.getByRole("table", { name: "Devices" }).getByRole("link").first().waitFor();
    // What the document's head names is what the scripts take.
    expect(asked.filter((path) => path === "/api/v1/session")).toHaveLength(1);
    expect(questions).toHaveLength(1);
    expect(link).toContain(`<${questions[0]!.replace(url, "")}>`);
    expect(asked.filter((path) => path.endsWith(".js"))).toHaveLength(2);
    await context.close();
  });

  it("is below 200 KB of compressed scripts at first load", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    let bytes = 0;
    page.on("response", async (response) => {
      if (response.url().includes("/assets/") && response.url().endsWith(".js"))
        bytes += Number(response.headers()["content-length"] ?? 0);
    });
    await page.goto("/");
    await page.getByRole("heading", { name: "Fleet" }).waitFor();
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(200_000);
    await context.close();
  });
});

async function hasReadings(): Promise<boolean> {
  const { items } = await api.call("GET", "/api/v1/devices", { query: { limit: 10 } });
  return items.length > 5;
}
