import { connectAsync } from "mqtt";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerDevice } from "@headwater/client";
import { openEmbedded } from "../e2e/platform/embedded.ts";
import type { Platform } from "../e2e/platform/platform.ts";
import { barriersOf, openBrowser } from "./browser.ts";

let platform: Platform;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  [platform, browser] = await Promise.all([openEmbedded(), openBrowser()]);
  context = await signedIn();
  await registerDevice(platform.ingest, { id: "pump-1", type: "pump" });
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

async function signedIn(): Promise<BrowserContext> {
  const own = await browser.newContext({ baseURL: platform.httpUrl("ingest"), viewport: { width: 1280, height: 800 } });
  const { token } = platform;
  expect((await own.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
  return own;
}

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

describe("a connection that is long in opening", () => {
  it("shows what came before it was there", async () => {
    const { token } = await registerDevice(platform.ingest, { id: "pump-2", type: "pump" });
    const device = await connectAsync(platform.mqttUrl(), { username: "pump-2", password: token, clientId: "pump-2" });
    const send = (level: number) =>
      device.publishAsync("devices/pump-2/telemetry", JSON.stringify({ level }), { qos: 1 });
    const board = {
      title: "Levels",
      widgets: [
        { kind: "value", device: "pump-2", metric: "level" },
        { kind: "table", device: "pump-2" },
      ],
    };
    await platform.ingest.request("PUT", "/api/v1/boards/levels", board);
    let level = 1.5;
    await send(level);
    for (const [path, place, places] of [
      ["/boards/levels", "[data-widget]", 2],
      ["/devices/pump-2", "main", 1],
    ] as const) {
      const page = await context.newPage();
      const held: (() => Promise<void>)[] = [];
      await page.route(/\/api\/v1\/stream/, (route) => {
        held.push(() => route.continue());
      });
      await page.goto(path);
      const shown = () =>
        page
          .locator(place)
          .filter({ hasText: String(level) })
          .count();
      await expect.poll(shown).toBe(places);
      await expect.poll(() => held.length).toBeGreaterThan(0);
      level += 1;
      await send(level);
      const stored = () => platform.ingest.call("GET", "/api/v1/devices/{id}/latest", { path: { id: "pump-2" } });
      await expect.poll(async () => (await stored()).values["level"]?.value).toBe(level);
      for (const go of held) await go();
      await expect.poll(shown).toBe(places);
      await page.close();
    }
    await device.endAsync();
  });

  it("shows a device that was registered before it was there", async () => {
    const page = await context.newPage();
    const held: (() => Promise<void>)[] = [];
    await page.route(/\/api\/v1\/stream/, (route) => {
      held.push(() => route.continue());
    });
    const listed = page.waitForResponse(/\/api\/v1\/devices\?limit=1000/);
    await page.goto("/");
    await listed;
    await page.getByRole("link", { name: "pump-1" }).waitFor();
    await registerDevice(platform.ingest, { id: "between-list-and-stream", type: "pump" });
    await expect.poll(() => held.length).toBeGreaterThan(0);
    for (const go of held) await go();
    await page.getByRole("link", { name: "between-list-and-stream" }).waitFor();
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
    await page.getByRole("alert").getByText("A part of the page cannot be loaded").waitFor();
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
    await page.getByRole("alert").getByText("A part of the page cannot be loaded").waitFor();
    expect(await page.getByRole("alert").count()).toBe(1);
    await asked;
    await page.getByRole("link", { name: "Fleet", exact: true }).click();
    await page.getByRole("heading", { name: "Fleet" }).waitFor();
    expect(loads).toBe(0);
    await page.close();
  });

  it("says so over what was typed, when its session has ended and its sign-in is gone", async () => {
    const own = await signedIn();
    const page = await own.newPage();
    await page.route(/\/assets\/modal-/, (route) => route.fulfill({ status: 404 }));
    await upgrade(page, () => 2);
    await page.goto("/rules/new");
    await page.getByLabel("Name").fill("Typed before");
    await own.clearCookies();
    await page.getByLabel("Id", { exact: true }).fill("typed-before");
    const notice = page.getByRole("alert").filter({ hasText: "The session has ended" });
    await notice.waitFor();
    expect(await notice.count()).toBe(1);
    expect(await page.getByLabel("Name").inputValue()).toBe("Typed before");
    expect(await barriersOf(page)).toEqual([]);
    await notice.getByRole("button", { name: "Load the page anew" }).click();
    await page.getByLabel("Access token").fill(platform.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "New rule" }).waitFor();
    await own.close();
  });

  it("has its sign-in before there is another release", async () => {
    const page = await context.newPage();
    const asked = page.waitForRequest(/\/assets\/modal-/);
    await page.goto("/rules/new");
    await asked;
    await page.close();
  });

  it("keeps what was typed when the code of the command palette is gone", async () => {
    const page = await context.newPage();
    await page.goto("/rules/new");
    await page.getByLabel("Name").fill("Typed before");
    await upgrade(page, () => 2);
    await page.route(/\/assets\/command-palette-/, (route) => route.fulfill({ status: 404 }));
    await page.keyboard.press("Control+k");
    await page.getByRole("alert").getByText("A part of the page cannot be loaded").waitFor();
    // A page that looked for another release would have loaded itself anew by then.
    await page.waitForTimeout(1_000);
    expect(await page.getByLabel("Name").inputValue()).toBe("Typed before");
    await page.close();
  });
});
