import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbedded } from "../../e2e/platform/embedded.ts";
import type { Platform } from "../../e2e/platform/platform.ts";
import { type Scene, setScene } from "../../e2e/access/scene.ts";
import { openBrowser } from "../browser.ts";
import { commands, deadLinks, offers, placesOf, settling } from "./places.ts";

let platform: Platform;
let browser: Browser;
let scene: Scene;
let url: string;

beforeAll(async () => {
  [platform, browser] = await Promise.all([openEmbedded(), openBrowser()]);
  url = platform.rulesUrl;
  scene = await setScene(platform);
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

async function signedIn(scopes: readonly string[]): Promise<{ context: BrowserContext; held: ReadonlySet<string> }> {
  const body = { name: `may-${scopes.join(".").replaceAll(":", "-")}`, scopes };
  const { token } = await scene.api.request<{ token: string }>("POST", "/api/v1/tokens", body);
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 900 } });
  const answer = await context.request.post("/api/v1/session", { data: { token } });
  const session = (await answer.json()) as { scopes: string[] };
  return { context, held: new Set(session.scopes) };
}

/** Roles, and rights that pages do not come with together. */
const rights = [
  ["viewer"],
  ["operator"],
  ["admin"],
  ["devices:read", "devices:write", "commands:write"],
  ["telemetry:read", "boards:read", "boards:write", "ledger:read"],
  ["alerts:read", "alerts:write", "quarantine:read", "quarantine:write"],
  ["rules:read", "rules:write", "backtests:write"],
  ["rules:read", "backtests:read", "backtests:write", "devices:read"],
  ["devices:write", "access:write"],
  ["access:read", "audit:read"],
];

describe("every page", () => {
  it.each(rights.map((scopes) => [scopes.join(", "), scopes] as const))(
    "offers to %s what these may do, and asks for nothing else",
    async (_name, scopes) => {
      const { context, held } = await signedIn(scopes);
      const may = (scope: string): boolean => held.has(scope);
      const page = await context.newPage();
      const wrong: string[] = [];
      let place = "signing in";
      page.on("pageerror", (error) => wrong.push(`${place}: ${String(error)}`));
      page.on("response", (response) => {
        const status = response.status();
        if (status === 401 || status === 403 || status >= 500) {
          wrong.push(
            `${place}: ${response.request().method()} ${response.url().slice(url.length)} is answered ${status}`,
          );
        }
      });
      const settled = settling(page);
      // Once, so that the browser knows where its session begins.
      await page.goto("/access");
      await page.getByRole("heading", { level: 1 }).waitFor();
      for (place of placesOf(scene)) {
        await page.goto(place);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        await settled();
        for (const href of await deadLinks(page, may)) wrong.push(`${place}: a link leads to ${href}`);
        for (const [path, role, name, needed] of offers) {
          if (path.endsWith("/") && path !== "/" ? !place.startsWith(path) : path !== place) continue;
          const exact = typeof name === "string";
          const found = page.locator("main").getByRole(role, { name, ...(exact && { exact }) });
          const isOffered = (await found.count()) > 0;
          if (isOffered !== needed.every(may))
            wrong.push(`${place}: ${role} ${name} is ${isOffered ? "" : "not "}offered`);
        }
        if (wrong.length > 40) break;
      }
      place = "the palette";
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog", { name: "Go to" }).waitFor();
      await settled();
      const offered = await page.getByRole("option").allTextContents();
      for (const [name, needed] of commands) {
        const isOffered = offered.some((text) => new RegExp(`^${name}(?:page|action|device)$`).test(text));
        if (isOffered !== needed.every(may)) wrong.push(`${place}: ${name} is ${isOffered ? "" : "not "}offered`);
      }
      expect(wrong).toEqual([]);
      await context.close();
    },
  );
});
