import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiClient } from "@headwater/client";
import { openEmbedded } from "../../e2e/platform/embedded.ts";
import type { Platform } from "../../e2e/platform/platform.ts";
import { board, hotRule } from "../../e2e/access/scene.ts";
import { openBrowser } from "../browser.ts";

let platform: Platform;
let browser: Browser;
let api: ApiClient;
let viewer: string;

beforeAll(async () => {
  [platform, browser] = await Promise.all([openEmbedded(), openBrowser()]);
  api = platform.ingest;
  await api.request("POST", "/api/v1/rules", hotRule("kept"));
  await api.request("PUT", "/api/v1/boards/kept", board);
  await api.request("POST", "/api/v1/devices", { id: "kept" });
  viewer = await create("viewer", ["viewer"]);
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

async function create(name: string, scopes: readonly string[]): Promise<string> {
  return (await api.request<{ token: string }>("POST", "/api/v1/tokens", { name, scopes })).token;
}

async function signIn(context: BrowserContext, token: string): Promise<void> {
  expect((await context.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
}

async function openedAs(token: string, path: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ baseURL: platform.rulesUrl, viewport: { width: 1280, height: 900 } });
  await signIn(context, token);
  const page = await context.newPage();
  await page.goto(path);
  return { context, page };
}

/** Into the dialog over a page whose session has ended. */
async function signInAnew(page: Page, token: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "The session has ended" });
  await dialog.waitFor();
  await dialog.getByLabel("Access token").fill(token);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "hidden" });
}

const yaml = (page: Page) => page.getByLabel("The rule as YAML");

describe("who is signed in changes while a page is open", () => {
  it("to somebody who may less, by another page of the browser: what was typed stays, and is not offered to be saved", async () => {
    const { context, page } = await openedAs(platform.token, "/rules/kept");
    await page.getByLabel("Name").fill("Typed before");
    await page.getByRole("button", { name: "Save", exact: true }).and(page.locator(":enabled")).waitFor();
    await signIn(context, viewer);
    // The draft is tried on the log as it is typed, which a viewer may not.
    await page.getByLabel("Name").fill("Typed before, and after");
    await page.getByRole("button", { name: "Save", exact: true }).waitFor({ state: "detached" });
    expect(await page.getByRole("button", { name: "Delete…" }).count()).toBe(0);
    expect(await yaml(page).inputValue()).toContain("Typed before, and after");
    const pages = page.getByRole("navigation", { name: "Pages" });
    await pages.getByRole("link", { name: "Access" }).click();
    await page.getByRole("heading", { name: "Signed in as viewer" }).waitFor();
    expect(await page.getByRole("region", { name: "API tokens" }).count()).toBe(0);
    await context.close();
  });

  it("since the token of the session was made anew with less: the page asks to sign in, and offers what is left", async () => {
    const { context, page } = await openedAs(await create("person", ["operator"]), "/devices/kept");
    await page.getByLabel("Tag: name").fill("half of it");
    await api.request("DELETE", "/api/v1/tokens/person");
    const narrow = await create("person", ["viewer"]);
    // What listens is cut off, and told that the session has ended.
    await signInAnew(page, narrow);
    await page.getByRole("button", { name: "New token" }).waitFor({ state: "detached" });
    await page.getByRole("heading", { level: 1, name: "kept" }).waitFor();
    expect(await page.getByLabel("Tag: name").count()).toBe(0);
    const { tags } = await api.request<{ tags: object }>("GET", "/api/v1/devices/kept");
    expect(tags).toEqual({});
    await context.close();
  });

  it("to somebody who may not see the page at all", async () => {
    const { context, page } = await openedAs(await create("leaver", ["viewer"]), "/rules");
    await page.getByRole("link", { name: "kept" }).waitFor();
    await api.request("DELETE", "/api/v1/tokens/leaver");
    const boards = await create("leaver", ["boards:read"]);
    await signInAnew(page, boards);
    await page.getByText("it needs the right rules:read").waitFor();
    const pages = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    expect(await pages.allTextContents()).toEqual(["Boards", "Access"]);
    await context.close();
  });

  it("to somebody who may more", async () => {
    const { context, page } = await openedAs(await create("learner", ["viewer"]), "/rules");
    await page.getByRole("link", { name: "kept" }).waitFor();
    expect(await page.getByRole("link", { name: "New rule" }).count()).toBe(0);
    await api.request("DELETE", "/api/v1/tokens/learner");
    await signInAnew(page, platform.token);
    await page.getByRole("link", { name: "New rule" }).waitFor();
    await context.close();
  });
});

it("a session that ends while a board is arranged loses nothing of it", async () => {
  const { context, page } = await openedAs(await create("arranger", ["operator"]), "/boards/kept?edit=true");
  await page.getByLabel("Title", { exact: true }).fill("Arranged");
  await api.request("DELETE", "/api/v1/tokens/arranger");
  await signInAnew(page, platform.token);
  expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("Arranged");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
  await page.getByRole("heading", { level: 1, name: "Arranged" }).waitFor();
  await context.close();
});
