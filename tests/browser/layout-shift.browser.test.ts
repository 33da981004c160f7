import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { type Started, startAll } from "./started.ts";

/** A limit against hanging. */
const soon = { timeout: 60_000 };
/** From here on a page is said to jump (web.dev/cls). */
const mostShift = 0.1;
/** After what was asked for is there, what follows from it still comes. */
const settleMs = 1_000;
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

const pages = [
  "/",
  "/?view=map",
  "/devices/boiler-1",
  "/connect",
  "/boards",
  "/boards/fleet-overview",
  "/boards/new",
  "/alerts",
  "/alerts/{alert}",
  "/rules",
  "/rules/too-hot",
  "/rules/new",
  "/pipeline",
  "/quarantine",
  "/quarantine/{entry}",
  "/access",
  "/audit",
] as const;

let started: Started;
let alert: string;
let entry: string;

beforeAll(async () => {
  started = await startAll();
  const { api } = started;
  const condition = { metric: "temperature", above: 80 };
  await api.request("POST", "/api/v1/rules", { id: "too-hot", name: "Too hot", condition });
  await api.request("POST", "/api/v1/rules/too-hot/enable");
  const boiler = await started.connected("boiler-1", "boiler");
  for (const [index, id] of ["pump-1", "pump-2", "pump-3"].entries()) {
    await started.connected(id, "pump");
    const attributes = { lat: 48 + index * 2, lon: 8 + index * 3 };
    await api.call("PATCH", "/api/v1/devices/{id}", { path: { id }, body: { attributes } });
  }
  for (const temperature of [70, 75, 85]) {
    await boiler.publishAsync("devices/boiler-1/telemetry", JSON.stringify({ temperature, burner: true }), { qos: 1 });
  }
  await boiler.publishAsync("devices/boiler-1/telemetry", "{", { qos: 1 });
  const firstOf = async (path: "/api/v1/alerts" | "/api/v1/quarantine"): Promise<string> =>
    eventually(
      async () => (await api.call("GET", path, { query: { limit: 1 } })).items[0]?.id ?? "",
      (id) => id !== "",
    );
  alert = await firstOf("/api/v1/alerts");
  entry = await firstOf("/api/v1/quarantine");
});
afterAll(() => started?.close());

describe.each(Object.entries(sizes))("%s", (_size, viewport) => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await started.signedIn({ viewport });
  });
  afterAll(() => context?.close());

  it.each(pages)("%s stays where it is while it is loaded", async (path) => {
    const page = await context.newPage();
    await open(page, path.replace("{alert}", alert).replace("{entry}", encodeURIComponent(entry)));
    await sleep(settleMs);
    const { total, moved } = await shiftOf(page);
    expect(total, moved.join("\n")).toBeLessThan(mostShift);
    await page.close();
  });

  it("a page that moves is noticed", async () => {
    const page = await context.newPage();
    await open(page, "/alerts");
    // A key that was pressed half a second ago would excuse it: nothing was.
    await page.evaluate(`document.querySelector("main").insertAdjacentHTML("afterbegin", "<p>late</p>".repeat(12))`);
    await eventually(async () => expect((await shiftOf(page)).total).toBeGreaterThan(mostShift));
    await page.close();
  });
});

async function open(page: Page, path: string): Promise<void> {
  await page.addInitScript(noteShifts);
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).first().waitFor(soon);
  await page
    .locator("[aria-busy=true]")
    .first()
    .waitFor({ state: "detached", ...soon });
}

/** In the page; a text, since there are no types of a browser here. */
const noteShifts = `globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    if (!hadRecentInput) shifts.push({ value, what: sources.map(({ node, previousRect, currentRect }) =>
      (node?.nodeName ?? "?") + "." + (node?.className ?? "") + " from " + previousRect.top + " to " + currentRect.top + ", " +
      previousRect.height + " to " + currentRect.height + " high") });
  }
}).observe({ type: "layout-shift", buffered: true });`;

/** All that has moved since the page began, and what it was. */
async function shiftOf(page: Page): Promise<{ readonly total: number; readonly moved: readonly string[] }> {
  const shifts = await page.evaluate<{ value: number; what: string[] }[]>("shifts");
  return {
    total: shifts.reduce((sum, { value }) => sum + value, 0),
    moved: shifts.flatMap(({ value, what }) => `${value.toFixed(3)}: ${what.join("; ")}`),
  };
}
