import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiClient, registerDevice, type ApiClient } from "@headwater/client";
import { openEmbedded } from "../e2e/platform/embedded.ts";
import type { Platform } from "../e2e/platform/platform.ts";
import { eventually } from "@headwater/testkit/eventually";
import { barriersOf, faultsOf, openBrowser } from "./browser.ts";

const screenshots = join(import.meta.dirname, "screenshots");
const hostile = "<img src=x onerror=alert(1)> ‮olleh 🔥";

let platform: Platform;
let browser: Browser;
let url: string;
let api: ApiClient;
let adminToken: string;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [platform, browser] = await Promise.all([openEmbedded(), openBrowser()]);
  ({ ingest: api, token: adminToken, rulesUrl: url } = platform);
  await registerDevice(api, { id: "pump-1", type: "pump", tags: { note: hostile } });
  await api.request("POST", "/api/v1/rules", {
    ...{ id: "too-hot", name: "Too hot" },
    condition: { metric: "temperature", above: 80 },
  });
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

async function signedIn(token: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
  expect((await context.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
  return context;
}

describe("API tokens", () => {
  it("are made with a role or with scopes and an end, shown once, and revoked", async () => {
    const context = await signedIn(adminToken);
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/access");
    await page.getByRole("button", { name: "New token" }).click();
    const form = page.getByRole("dialog", { name: "New token" });
    await form.getByLabel("Name").fill("grafana");
    await form.getByLabel("Ends").selectOption("in a week");
    expect(await barriersOf(page)).toEqual([]);
    await page.screenshot({ path: join(screenshots, "access-new.light.desktop.png") });
    await form.getByRole("button", { name: "Create" }).click();
    const token = (await page.getByTestId("api-token").textContent())!;
    const grafana = createApiClient(url, token);
    expect(await grafana.call("GET", "/api/v1/session", {})).toMatchObject({
      principal: "grafana",
      roles: ["viewer"],
      expiresAt: expect.any(String),
    });
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByTestId("api-token").waitFor({ state: "detached" });

    await page.getByRole("button", { name: "New token" }).click();
    await form.getByLabel("Name").fill("importer");
    await form.getByLabel("It may do what this role may").selectOption("single scopes");
    await form.getByRole("button", { name: "Create" }).click();
    await form.getByText("Choose at least one scope.").waitFor();
    await form.getByLabel("devices:write").check();
    await form.getByLabel("devices:read").check();
    await form.getByRole("button", { name: "Create" }).click();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("rowheader", { name: "importer" }).waitFor();
    await page.screenshot({ path: join(screenshots, "access-tokens.light.desktop.png") });

    await page.getByRole("button", { name: "Revoke grafana…" }).click();
    await page.getByRole("button", { name: "Revoke grafana now" }).click();
    await page.getByRole("rowheader", { name: "grafana" }).waitFor({ state: "detached" });
    await expect(grafana.call("GET", "/api/v1/session", {})).rejects.toThrow();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("open sessions", () => {
  it("are shown, and another one is ended", async () => {
    const [here, elsewhere] = await Promise.all([signedIn(adminToken), signedIn(adminToken)]);
    const page = await here.newPage();
    const faults = faultsOf(page);
    await page.goto("/access");
    const sessions = page.getByRole("region", { name: "Open sessions" });
    await sessions.getByText("this one").waitFor();
    expect(await barriersOf(page)).toEqual([]);
    // Sessions of the tests before are there still.
    while ((await sessions.getByRole("button", { name: /^End the session/ }).count()) > 0) {
      const rows = await sessions.getByRole("row").count();
      await sessions
        .getByRole("button", { name: /^End the session/ })
        .first()
        .click();
      await expect.poll(() => sessions.getByRole("row").count(), { timeout: 30_000 }).toBeLessThan(rows);
    }
    await expect
      .poll(async () => (await elsewhere.request.get("/api/v1/session")).status(), { timeout: 30_000 })
      .toBe(401);
    await sessions.getByRole("button", { name: "Everybody's" }).click();
    await sessions.getByText("this one").waitFor();
    expect(faults).toEqual([]);
    await Promise.all([here.close(), elsewhere.close()]);
  });
});

describe("the audit trail", () => {
  it("tells who did what, filtered by the address", async () => {
    const context = await signedIn(adminToken);
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/audit?kind=device");
    await page.getByRole("link", { name: "pump-1" }).waitFor();
    expect(await page.locator("tbody tr").count()).toBe(1);
    await page.getByLabel("Kind").selectOption("rule");
    await page.getByRole("link", { name: "too-hot" }).waitFor();
    expect(new URL(page.url()).search).toBe("?kind=rule");
    await page.getByLabel("To what").fill(hostile);
    await page.getByText("Nobody did anything that fits this filter.").waitFor();
    await page.reload();
    expect(await page.getByLabel("To what").inputValue()).toBe(hostile);
    expect(faults).toEqual([]);
    await context.close();
  });

  it("goes on page by page", async () => {
    for (let number = 0; number < 101; number++) {
      await api.call("PATCH", "/api/v1/devices/{id}", { path: { id: "pump-1" }, body: { attributes: { number } } });
    }
    const context = await signedIn(adminToken);
    const page = await context.newPage();
    await page.goto("/audit?kind=device&subject=pump-1");
    await expect.poll(() => page.locator("tbody tr").count()).toBe(100);
    await page.getByRole("button", { name: "Older entries" }).click();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(102);
    await page.getByRole("button", { name: "Older entries" }).waitFor({ state: "detached" });
    await context.close();
  });
});

/** What each page offers to whoever may write. */
const offers = [
  ["/", "link", "Connect a device"],
  ["/devices/pump-1", "button", "Send"],
  ["/devices/pump-1", "button", "New token"],
  ["/devices/pump-1", "button", "Remove tag note"],
  ["/rules", "link", "New rule"],
  ["/rules/too-hot", "button", "Enable"],
  ["/rules/too-hot", "button", "Delete…"],
  ["/rules/too-hot", "heading", "Backtest"],
  ["/quarantine", "button", "Handle all of these again"],
  ["/access", "button", "New token"],
  ["/access", "link", "Audit trail"],
] as const;

describe("what a session may not do", () => {
  it("is not offered on any page", async () => {
    const [admin, viewer] = await Promise.all([
      signedIn(adminToken),
      api
        .call("POST", "/api/v1/tokens", { body: { name: "viewer", scopes: ["viewer"] } })
        .then(({ token }) => signedIn(token)),
    ]);
    const [all, few] = await Promise.all([admin.newPage(), viewer.newPage()]);
    const faults = faultsOf(few);
    for (const [path, role, name] of offers) {
      for (const page of [all, few]) {
        if (new URL(page.url(), url).pathname !== path || path === "/") await page.goto(path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
      }
      await all.getByRole(role, { name, exact: true }).waitFor();
      expect(await few.getByRole(role, { name, exact: true }).count(), `${path} ${name}`).toBe(0);
      expect(await barriersOf(few), path).toEqual([]);
    }
    await few.goto("/connect");
    await few.getByText("Whoever is signed in here may not register devices.").waitFor();
    expect(faults).toEqual([]);
    await Promise.all([admin.close(), viewer.close()]);
  });

  it("is left out of the navigation, and its live stream is not asked for", async () => {
    const body = { name: "registrar", scopes: ["devices:read", "devices:write"] };
    const { token } = await api.request<{ token: string }>("POST", "/api/v1/tokens", body);
    const context = await signedIn(token);
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/");
    await page.getByRole("link", { name: "pump-1" }).waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    const pages = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    expect(await pages.allTextContents()).toEqual(["Fleet", "Access"]);
    expect(faults).toEqual([]);
    await page.goto("/access");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Access token").waitFor();
    await context.close();
  });
});

describe("a session that ends while its page is open", () => {
  it("is begun anew over the page, which keeps what was typed and asks anew for what it shows", async () => {
    const context = await signedIn(adminToken);
    const page = await context.newPage();
    await page.goto("/rules/new");
    const text = page.getByLabel("Name");
    await text.fill("Typed before");
    const [own] = await context.cookies();
    await context.clearCookies();
    const dialog = page.getByRole("dialog", { name: "The session has ended" });
    // The draft is looked at by the platform as it is typed.
    await page.getByLabel("Id", { exact: true }).fill("typed-before");
    await dialog.waitFor();
    expect(await barriersOf(page)).toEqual([]);
    await page.screenshot({ path: join(screenshots, "session-ended.light.desktop.png") });
    // What the platform says of the draft it says to nobody meanwhile.
    const refusal = page.getByText("POST /api/v1/rules/validate: 401");
    await eventually(async () => expect(await refusal.count()).toBeGreaterThan(0));
    await dialog.getByLabel("Access token").fill("not-this-one");
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.getByText("This token is not known here").waitFor();
    await dialog.getByLabel("Access token").fill(adminToken);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "hidden" });
    expect(await text.inputValue()).toBe("Typed before");
    await eventually(async () => expect(await refusal.count()).toBe(0));
    expect((await context.cookies())[0]?.name).toBe(own?.name);
    await context.close();
  });

  it("is noticed by a page that only listens, and what it shows goes on", async () => {
    const context = await signedIn(adminToken);
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("link", { name: "pump-1" }).waitFor();
    await context.clearCookies();
    await platform.kill("ingest");
    await page.getByText("offline: what you see may be old").waitFor();
    await platform.restart("ingest");
    const dialog = page.getByRole("dialog", { name: "The session has ended" });
    await dialog.waitFor();
    await registerDevice(api, { id: "pump-2", type: "pump" });
    await dialog.getByLabel("Access token").fill(adminToken);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "pump-2" }).waitFor();
    await context.close();
  });
});
