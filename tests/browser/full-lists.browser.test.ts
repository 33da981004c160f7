import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerDevice } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { barriersOf, faultsOf } from "./browser.ts";
import { startAll, type Started } from "./started.ts";

/** As long as the id of a device may be. */
const longId = "boiler-of-the-north-plant-".padEnd(128, "0123456789");
const rules = 12;

let started: Started;
let alert: string;

beforeAll(async () => {
  started = await startAll();
  const { api } = started;
  for (let number = 1; number <= rules; number += 1) {
    const id = `rule-${number}`;
    const name = number === 1 ? "A rule with a long name ".repeat(8).trim() : `Load is high ${number}`;
    const condition = { metric: "load", above: 50 + number };
    await api.request("POST", "/api/v1/rules", { id, name, severity: "warning", condition });
    await api.request("POST", `/api/v1/rules/${id}/enable`);
  }
  await api.request("POST", "/api/v1/tokens", { name: "service-".padEnd(50, "x"), scopes: ["viewer"] });
  const device = await started.connected(longId, "press");
  await registerDevice(api, {
    ...{ id: "tagged", type: "press" },
    tags: { a: "a long value of a tag", b: "another long value of a tag", c: "one more long value of a tag", d: "d" },
  });
  await device.publishAsync(`devices/${longId}/telemetry`, '{"load": 95.5}', { qos: 1 });
  for (let number = 1; number <= 25; number += 1) {
    const table = { kind: "table", metrics: ["load"], devices: {} };
    await api.request("PUT", `/api/v1/boards/board-${number}`, { title: `Hall ${number}`, widgets: [table] });
  }
  alert = await eventually(
    async () => (await api.call("GET", "/api/v1/alerts", { query: {} })).items,
    (items) => items.length === rules,
  ).then(([first]) => first!.id);
});
afterAll(() => started?.close());

async function opened(path: string, page: Page): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
}

/** What of these is wider than where it stands, or has a part that another one covers. */
async function tooWide(page: Page, selector: string): Promise<readonly string[]> {
  await page.locator(selector).first().waitFor();
  return page.evaluate<readonly string[]>(`[...document.querySelectorAll(${JSON.stringify(selector)})]
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.className + " " + each.scrollWidth + " in " + each.clientWidth)`);
}

describe.each(["light", "dark"] as const)("lists with much on them, %s", (colorScheme) => {
  it.each(["/boards", "/rules", "/alerts", "/alerts/{alert}", "/"])("%s has no barrier", async (path) => {
    const context = await started.signedIn({ viewport: { width: 1280, height: 800 }, colorScheme });
    const page = await context.newPage();
    const faults = faultsOf(page);
    await opened(path.replace("{alert}", alert), page);
    expect(await barriersOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("long names", () => {
  it.each([
    ["/alerts/{alert}", ".alerts-inbox"],
    ["/boards/board-1", ".board-content"],
    ["/", ".fleet-tags .count"],
  ])("leave room for what stands beside them: %s", async (path, selector) => {
    const context = await started.signedIn({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await opened(path.replace("{alert}", alert), page);
    expect(await tooWide(page, selector)).toEqual([]);
    await context.close();
  });

  it.each(["/rules", "/access", "/alerts"])("keep within a phone's width: %s", async (path) => {
    const context = await started.signedIn({ viewport: { width: 390, height: 800 } });
    const page = await context.newPage();
    await opened(path, page);
    await page.getByRole("table").last().waitFor();
    const ends = await page.evaluate<readonly number[]>(
      `[...document.querySelectorAll("table")].map((each) => Math.round(each.getBoundingClientRect().right))`,
    );
    for (const end of ends) expect(end).toBeLessThanOrEqual(390);
    await context.close();
  });

  it("do not break the state of an alert, whoever looks", async () => {
    const body = { name: "looks", scopes: ["viewer"] };
    const { token } = await started.api.request<{ token: string }>("POST", "/api/v1/tokens", body);
    for (const as of [started.token, token]) {
      for (const width of [1280, 390]) {
        const context = await started.signedIn({ viewport: { width, height: 800 }, as });
        const page = await context.newPage();
        await opened(width === 390 ? "/alerts" : `/alerts/${alert}`, page);
        const box = async (name: string) => (await page.getByText(name, { exact: true }).first().boundingBox())!;
        if (width === 1280) expect((await box("active")).height).toBeLessThan(60);
        const link = (await page.locator("a[data-alert]").first().boundingBox())!;
        expect(link.width).toBeGreaterThan(width === 390 ? 180 : 160);
        await context.close();
      }
    }
  });

  it("of rules are read where there is room for them", async () => {
    const context = await started.signedIn({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await opened("/rules", page);
    const name = (await page.getByRole("link", { name: /^A rule with a long name/ }).boundingBox())!;
    expect(name.width).toBeGreaterThan(500);
    await context.close();
  });
});

describe("what lists are filtered by", () => {
  it.each([
    ["/", "Search devices", "Fleet", "q"],
    ["/rules", "Search rules", "Rules", "q"],
    ["/alerts", "Device", "Alerts", "device"],
  ])("is typed key by key, lies in the address of %s and goes with it", async (path, label, name, parameter) => {
    const context = await started.signedIn({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await opened(path, page);
    const field = page.getByLabel(label, { exact: true });
    await field.focus();
    await page.keyboard.type("a 50%41", { delay: 30 });
    expect(await field.inputValue()).toBe("a 50%41");
    const inAddress = (): string | null => new URL(page.url()).searchParams.get(parameter);
    await expect.poll(inAddress).toBe("a 50%41");
    const link = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true });
    await link.click();
    await expect.poll(() => field.inputValue()).toBe("");
    await page.goBack();
    await expect.poll(() => field.inputValue()).toBe("a 50%41");
    await field.press("End");
    for (let key = 0; key < 7; key += 1) await field.press("Backspace");
    await expect.poll(inAddress).toBe(null);
    await page.keyboard.type("again");
    expect(await field.inputValue()).toBe("again");
    await context.close();
  });
});

it("says why a time is not shown that ends before it begins", async () => {
  const context = await started.signedIn({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await opened("/boards/board-1", page);
  await page.getByText("From … to").click();
  // As wide as what is in it, not as the button above.
  expect((await page.getByLabel("From", { exact: true }).boundingBox())!.width).toBeGreaterThan(150);
  await page.getByLabel("From", { exact: true }).fill("2026-03-02T10:00");
  await page.getByLabel("To", { exact: true }).fill("2026-03-01T10:00");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("alert").getByText("has to be later").waitFor();
  await page.getByLabel("To", { exact: true }).fill("2026-03-03T10:00");
  await page.getByRole("button", { name: "Show" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.has("from")).toBe(true);
  await page.getByRole("alert").waitFor({ state: "detached" });
  await context.close();
});

it("has a heading on each page for who may only look", async () => {
  const { token } = await started.api.request<{ token: string }>("POST", "/api/v1/tokens", {
    ...{ name: "only-looks", scopes: ["viewer"] },
  });
  const context = await started.signedIn({ as: token });
  const page = await context.newPage();
  for (const path of ["/connect", "/boards/new", "/rules/new", "/audit"]) {
    await opened(path, page);
    expect(await barriersOf(page), path).toEqual([]);
  }
  await context.close();
});

it("tells what is chosen where the reader's system has the colors", async () => {
  const context = await started.signedIn({ viewport: { width: 1280, height: 800 }, forcedColors: "active" });
  const page = await context.newPage();
  await opened("/", page);
  const lookOf = async (selector: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).outlineStyle`);
  expect(await lookOf(".choice [aria-pressed=true]")).toBe("solid");
  expect(await lookOf(".choice [aria-pressed=false]")).toBe("none");
  expect(await lookOf("nav [aria-current=page]")).toBe("solid");
  await context.close();
});
