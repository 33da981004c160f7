import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { faultsOf } from "./browser.ts";
import { startAll, type Started } from "./started.ts";

let started: Started;
let context: BrowserContext;

beforeAll(async () => {
  started = await startAll();
  const { api } = started;
  await api.request("POST", "/api/v1/rules", {
    ...{ id: "too-hot", name: "Too hot", severity: "warning" },
    condition: { metric: "temperature", op: ">", threshold: 80 },
  });
  await api.request("POST", "/api/v1/rules/too-hot/enable");
  await eventually(async () => {
    expect((await api.call("GET", "/api/v1/rules/{id}", { path: { id: "too-hot" } })).state).toBe("live");
  });
  const device = await started.connected("boiler-1", "boiler");
  const attributes = { lat: 48, lon: 11 };
  await api.call("PATCH", "/api/v1/devices/{id}", { path: { id: "boiler-1" }, body: { attributes } });
  for (const temperature of [70, 91]) {
    await device.publishAsync("devices/boiler-1/telemetry", JSON.stringify({ temperature }), { qos: 1 });
  }
  await eventually(async () => expect((await api.call("GET", "/api/v1/alerts", {})).items).toHaveLength(1));
  context = await started.signedIn();
});
afterAll(() => started?.close());

/** What has the focus: undefined is the page itself, at the end of its order and before its begin. */
interface Focus {
  readonly name: string;
  /** Whether it stands behind what had the focus before. */
  readonly isAfter: boolean;
  readonly isSeen: boolean;
}

/** In a text: these tests are checked without the types of a browser. */
const focusOfPage = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body || element === document.documentElement) return undefined;
  const before = window.focusBefore;
  window.focusBefore = element;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, bottom, width, height } = element.getBoundingClientRect();
  return {
    name: element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent,
    isAfter: before?.isConnected !== true
      || (before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
    isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1
      && width > 0 && height > 0 && bottom > 0 && top < innerHeight,
  };
})()`;

async function pressed(page: Page, key: string): Promise<Focus | undefined> {
  await page.keyboard.press(key);
  return page.evaluate<Focus | undefined>(focusOfPage);
}

/** More stops than any page has here. */
const mostStops = 250;

/** Goes on by Tab alone until something of that name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let stop = 0; stop < mostStops; stop++) {
    const focus = await pressed(page, "Tab");
    if (focus === undefined) continue;
    expect(focus.isSeen, `the focus on ${focus.name} is seen`).toBe(true);
    if (name.test(focus.name)) return;
    passed.push(focus.name);
  }
  expect.unreachable(`Tab does not lead to ${String(name)}: ${passed.join(" | ")}`);
}

/** The names of all stops of a page, from its begin to its end, where Tab leaves it. */
async function stopsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate("window.focusBefore = undefined; document.activeElement?.blur(); getSelection()?.empty()");
  const stops: string[] = [];
  for (let stop = 0; stop < mostStops; stop++) {
    const focus = await pressed(page, "Tab");
    const isOver = focus === undefined || (stops.length > 0 && focus.name === stops[0]);
    if (isOver && stops.length > 0) return stops;
    if (focus === undefined) continue;
    expect(focus, `after ${stops.at(-1)}`).toMatchObject({ isSeen: true, isAfter: true });
    expect(focus.name.trim(), `after ${stops.at(-1)}`).not.toBe("");
    stops.push(focus.name);
  }
  return expect.unreachable(`Tab does not leave the page: ${stops.slice(-10).join(" | ")}`);
}

async function settled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
}

describe("by keyboard alone", () => {
  it("a person signs in, and comes to a device, its chart, an alert and a rule", async () => {
    const stranger = await started.browser.newContext({ baseURL: started.headwater.url("http") });
    const page = await stranger.newPage();
    const faults = faultsOf(page);
    await page.goto("/");
    await page.getByLabel("Access token").waitFor();
    await page.getByLabel("Access token").evaluate((field) => (field as unknown as { blur(): void }).blur());
    await tabTo(page, /Access token/);
    await page.keyboard.type(started.token);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "boiler-1" }).waitFor();
    await settled(page);

    await tabTo(page, /^boiler-1$/);
    await page.keyboard.press("Enter");
    await page.getByRole("img", { name: /^temperature over/ }).waitFor();
    await tabTo(page, /^Charts/);
    await page.keyboard.press("+");
    await expect.poll(() => new URL(page.url()).searchParams.get("from")).not.toBeNull();

    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("alerts");
    await page.getByRole("option", { name: /^Alerts/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Alerts" }).waitFor();
    await settled(page);
    await tabTo(page, /^boiler-1: too-hot/);
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Why this alert is there" }).waitFor();

    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.goto("/rules");
    await settled(page);
    await tabTo(page, /^Too hot$/);
    await page.keyboard.press("Enter");
    await page.getByLabel("The rule as YAML").waitFor();
    await settled(page);
    await tabTo(page, /^The rule as YAML/);
    // A field of code that keeps Tab for itself would hold who has no pointer.
    await page.keyboard.press("Tab");
    expect(await page.getByLabel("The rule as YAML").inputValue()).not.toContain("\t");
    await page.keyboard.press("Shift+Tab");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("The rule as YAML");
    expect(faults).toEqual([]);
    await stranger.close();
  });

  it.each([
    ["/", "boiler-1"],
    ["/?view=map", "Zoom in"],
    ["/devices/boiler-1", "Earlier"],
    ["/alerts", "boiler-1: too-hot"],
    ["/rules", "Too hot"],
    ["/rules/too-hot", "The rule as YAML"],
    ["/boards/fleet-overview", "Earlier"],
    ["/pipeline", "Quarantine"],
    ["/access", "Everybody's"],
  ])("%s: each stop is seen, in the order of the page, and Tab leaves it", async (path, stop) => {
    const page = await context.newPage();
    await page.goto(path);
    await settled(page);
    const stops = await stopsOf(page);
    expect(stops[0]).toBe("To the content");
    expect(stops.map((name) => name.trim())).toEqual(expect.arrayContaining([expect.stringContaining(stop)]));
    await page.close();
  });
});

describe("the button of the theme", () => {
  const ground = (page: Page): Promise<string> =>
    page.evaluate<string>("getComputedStyle(document.body).backgroundColor");

  it("goes from that of the system to light, dark and back, and what was chosen stays", async () => {
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.goto("/");
    await settled(page);
    const dark = await ground(page);
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(() => ground(page)).not.toBe(dark);
    const light = await ground(page);

    const button = page.getByRole("button", { name: /^Theme: / });
    const isNamed = async (name: string): Promise<void> =>
      page.getByRole("button", { name: `Theme: ${name}`, exact: false }).waitFor();
    await isNamed("system; change to light");
    await page.emulateMedia({ colorScheme: "dark" });
    await button.click();
    await isNamed("light; change to dark");
    await expect.poll(() => ground(page)).toBe(light);
    // Chosen, it is there before anything is drawn, whatever the system's is.
    await page.reload();
    await settled(page);
    expect(await ground(page)).toBe(light);
    await page.emulateMedia({ colorScheme: "light" });
    await button.press("Enter");
    await isNamed("dark; change to system");
    await expect.poll(() => ground(page)).toBe(dark);
    await button.press("Enter");
    await isNamed("system; change to light");
    await expect.poll(() => ground(page)).toBe(light);
    expect(faults).toEqual([]);
    await page.close();
  });

  it("draws charts anew in its colors", async () => {
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme: "light" });
    // A time that stands still: nothing but the theme draws it anew.
    const [from, to] = [Date.now() - 3_600_000, Date.now()].map((t) => new Date(t).toISOString());
    await page.goto(`/devices/boiler-1?from=${from}&to=${to}`);
    const chart = page.locator(".device-chart canvas").first();
    await chart.waitFor();
    const pixels = (): Promise<string> => chart.evaluate((canvas) => (canvas as unknown as Canvas).toDataURL());
    await settled(page);
    const inLight = await pixels();
    const button = page.getByRole("button", { name: /^Theme: / });
    await button.click();
    await button.click();
    await page.getByRole("button", { name: "Theme: dark; change to system" }).waitFor();
    await expect.poll(pixels).not.toBe(inLight);
    await button.click();
    await page.close();
  });
});

interface Canvas {
  toDataURL(): string;
}
