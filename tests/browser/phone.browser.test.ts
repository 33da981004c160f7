import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { barriersOf, faultsOf } from "./browser.ts";
import { type Started, startAll } from "./started.ts";

const screenshots = join(import.meta.dirname, "screenshots");
/** A limit against hanging. */
const soon = { timeout: 60_000 };
const longName = "boiler-of-the-north-plant-1";

let started: Started;
let context: BrowserContext;
let alert: string;
let entry: string;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  started = await startAll();
  const { api } = started;
  await api.request("POST", "/api/v1/rules", {
    ...{ id: "boiler-is-much-too-hot", name: "Boiler is much too hot" },
    condition: { metric: "temperature", above: { warning: 80, critical: 90 } },
  });
  await api.request("POST", "/api/v1/rules/boiler-is-much-too-hot/enable");
  const devices: MqttClient[] = [];
  for (const [index, id] of [longName, "pump-1", "pump-2"].entries()) {
    devices.push(await started.connected(id, id.split("-")[0]!));
    const attributes = { lat: 48 + index * 2, lon: 8 + index * 3 };
    await api.call("PATCH", "/api/v1/devices/{id}", { path: { id }, body: { attributes } });
  }
  await devices[0]!.publishAsync(`devices/${longName}/telemetry`, '{"temperature": 85, "pressure": 2}', { qos: 1 });
  await devices[0]!.publishAsync(`devices/${longName}/telemetry`, "{", { qos: 1 });
  alert = await eventually(
    async () => (await api.call("GET", "/api/v1/alerts", { query: {} })).items[0]?.id ?? "",
    (id) => id !== "",
  );
  entry = await eventually(
    async () => (await api.call("GET", "/api/v1/quarantine", { query: { limit: 1 } })).items[0]?.id ?? "",
    (id) => id !== "",
  );
  await api.call("POST", "/api/v1/tokens", { body: { name: "grafana", scopes: ["viewer"], expiresIn: "90d" } });
  context = await started.signedIn({ viewport: { width: 390, height: 844 }, hasTouch: true });
});
afterAll(() => started?.close());

describe("on a phone", () => {
  it.each([
    ["fleet", "/"],
    ["device", `/devices/${longName}`],
    ["alerts", "/alerts"],
    ["alert", "/alerts/{alert}"],
    ["rules", "/rules"],
    ["rule", "/rules/boiler-is-much-too-hot"],
    ["quarantine", "/quarantine"],
    ["quarantined", "/quarantine/{entry}"],
    ["access", "/access"],
    ["audit", "/audit"],
    ["board", "/boards/fleet-overview"],
    ["new-board", "/boards/new"],
    ["connect", "/connect"],
  ])("%s with something on it is no wider than the window, and no barrier in either theme", async (name, path) => {
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto(path.replace("{alert}", alert).replace("{entry}", encodeURIComponent(entry)));
    await page.getByRole("heading", { level: 1 }).first().waitFor(soon);
    await page
      .locator("[aria-busy=true]")
      .first()
      .waitFor({ state: "detached", ...soon });
    if (name === "device") {
      await page.getByRole("button", { name: "Look them up in the log" }).click();
      await page.getByRole("table").last().waitFor(soon);
      // What is beneath the bar at the top is hidden while the page is scrolled, and is no barrier.
      await page.evaluate("scrollTo({ top: 0, behavior: 'instant' })");
    }
    const flaws = [...(await cutOff(page))];
    for (const theme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      flaws.push(...(await barriersOf(page)).map((barrier) => `${theme} ${barrier}`));
      await page.screenshot({ path: join(screenshots, `phone-${name}.${theme}.phone.png`), fullPage: true });
    }
    expect(flaws).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  it("what is cut off is noticed", async () => {
    const page = await context.newPage();
    await page.goto("/alerts");
    await page.getByRole("table").waitFor(soon);
    expect(await cutOff(page)).toEqual([]);
    await page.evaluate(`document.querySelector(".alert-list").style.minWidth = "500px"`);
    expect(await cutOff(page)).not.toEqual([]);
    await page.close();
  });

  it("one finger over the map scrolls the page, two move the map", async () => {
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/?view=map");
    await page.getByText("3 of 3 in sight").waitFor(soon);
    const map = page.getByRole("group", { name: /^Map of devices/ });
    await map.evaluate("(map) => map.scrollIntoView({ block: 'center' })");
    const before = await scrolled(page);
    await drag(page, 1, 120);
    await expect.poll(() => scrolled(page), soon).toBeGreaterThan(before);
    expect(new URL(page.url()).searchParams.get("at")).toBeNull();
    // Loaded anew, so that nothing is left of the first finger's swing.
    await page.reload();
    await page.getByText("3 of 3 in sight").waitFor(soon);
    await map.evaluate("(map) => map.scrollIntoView({ block: 'center' })");
    const held = await scrolled(page);
    await drag(page, 2, 120);
    await expect.poll(() => new URL(page.url()).searchParams.get("at"), soon).not.toBeNull();
    expect(await scrolled(page)).toBe(held);
    // A tap is none of the map's: it opens the device.
    await page.goto("/?view=map");
    await page.getByRole("link", { name: "pump-2, connected" }).tap(soon);
    await page.getByRole("heading", { level: 1, name: "pump-2" }).waitFor(soon);
    expect(faults).toEqual([]);
    await page.close();
  });
});

/** What stands beyond the right edge, where nothing around it can be scrolled. */
async function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`(() => {
    const isScrolled = (element) => {
      for (let at = element; at !== null && at !== document.body; at = at.parentElement) {
        if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(at).overflowX)) return true;
      }
      return false;
    };
    const found = [...document.querySelectorAll("main *")].filter((element) => {
      const { right, width } = element.getBoundingClientRect();
      return width > 0 && right > document.documentElement.clientWidth + 1 && !isScrolled(element);
    });
    return found.slice(0, 3).map((element) => element.tagName + "." + element.className + " ends at " + element.getBoundingClientRect().right);
  })()`);
}

async function scrolled(page: Page): Promise<number> {
  return page.evaluate<number>("scrollY");
}

/** Fingers on the map that go so far up together, as the browser has them of a touch screen. */
async function drag(page: Page, fingers: number, pixels: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { x, y, width, height } = (await page.getByRole("group", { name: /^Map of devices/ }).boundingBox())!;
  const points = (up: number) =>
    Array.from({ length: fingers }, (_each, id) => ({
      ...{ id, x: Math.round(x + width * (fingers === 1 ? 0.5 : 0.2 + id * 0.6)), y: Math.round(y + height - 40 - up) },
    }));
  await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: points(0) });
  for (let up = 10; up <= pixels; up += 10) {
    await devtools.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: points(up) });
  }
  await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await devtools.detach();
}
