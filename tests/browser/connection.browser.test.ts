import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerDevice } from "@headwater/client";
import { openEmbedded } from "../e2e/platform/embedded.ts";
import type { Platform } from "../e2e/platform/platform.ts";
import { openBrowser } from "./browser.ts";

let platform: Platform;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  [platform, browser] = await Promise.all([openEmbedded(), openBrowser()]);
  context = await browser.newContext({ baseURL: platform.httpUrl("ingest"), viewport: { width: 1280, height: 800 } });
  const { token } = platform;
  expect((await context.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
  await registerDevice(platform.ingest, { id: "pump-1", type: "pump" });
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

describe("a connection that is lost", () => {
  it("is seen, with what was there before, and comes back by itself", async () => {
    const page = await context.newPage();
    await page.goto("/");
    await page.getByText("live", { exact: true }).waitFor();
    // The script of another page, which could not be had while the platform is away.
    await page.getByRole("link", { name: "pump-1" }).click();
    await page.getByRole("heading", { name: "Commands" }).waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "pump-1" }).waitFor();
    await platform.kill("ingest");
    await page.getByText("offline: what you see may be old").waitFor();
    await page.getByRole("link", { name: "pump-1" }).click();
    await page.getByRole("heading", { name: "pump-1" }).waitFor();
    await page.getByRole("alert").first().waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Fleet" }).waitFor();
    await platform.restart("ingest");
    await registerDevice(platform.ingest, { id: "registered-meanwhile", type: "pump" });
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByRole("link", { name: "registered-meanwhile" }).waitFor();
    await page.getByRole("alert").first().waitFor({ state: "detached" });
    await page.close();
  });
});

/** From now on the platform has another release of the page: another document, and no script of the alerts' page. */
async function upgrade(page: Page, releases: () => number): Promise<void> {
  await page.route(
    ({ pathname }) => !/^\/(?:api|assets)\//.test(pathname) && pathname !== "/icon.svg",
    async (route) => {
      const answer = await route.fetch();
      const document = (await answer.text()).replace(/(\/assets\/style-[^"]+\.css)/, `$1?${releases()}`);
      await route.fulfill({ response: answer, body: document });
    },
  );
}

const alertsScript = /\/assets\/alerts-page-/;

describe("a page of a former release", () => {
  it("loads itself anew when a script of it is gone", async () => {
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("heading", { name: "Fleet" }).waitFor();
    await upgrade(page, () => 2);
    await page.route(alertsScript, (route) => route.fulfill({ status: 404 }), { times: 1 });
    let loads = 0;
    page.on("load", () => (loads += 1));
    await page.getByRole("link", { name: "Alerts", exact: true }).click();
    await page.getByRole("heading", { name: "Alerts" }).waitFor();
    expect(loads).toBe(1);
    await page.close();
  });

  it("does so once, and then says what is wrong", async () => {
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("heading", { name: "Fleet" }).waitFor();
    let release = 2;
    await upgrade(page, () => (release += 1));
    await page.route(alertsScript, (route) => route.fulfill({ status: 404 }));
    let loads = 0;
    page.on("load", () => (loads += 1));
    await page.getByRole("link", { name: "Alerts", exact: true }).click();
    await expect.poll(() => loads).toBe(1);
    await page.getByRole("alert").getByText("This page has failed").waitFor();
    await page.getByRole("link", { name: "Rules", exact: true }).click();
    await page.getByRole("heading", { name: "Rules" }).waitFor();
    expect(loads).toBe(1);
    await page.close();
  });

  it("stays while the platform is as it was", async () => {
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("heading", { name: "Fleet" }).waitFor();
    await page.route(alertsScript, (route) => route.abort());
    let loads = 0;
    page.on("load", () => (loads += 1));
    const asked = page.waitForResponse((response) => new URL(response.url()).pathname === "/");
    await page.getByRole("link", { name: "Alerts", exact: true }).click();
    await page.getByRole("alert").getByText("This page has failed").waitFor();
    await asked;
    await page.getByRole("link", { name: "Fleet", exact: true }).click();
    await page.getByRole("heading", { name: "Fleet" }).waitFor();
    expect(loads).toBe(0);
    await page.close();
  });
});
