import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiClient, registerDevice, type ApiClient } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";
import { barriersOf, faultsOf, openBrowser } from "./browser.ts";

const screenshots = join(import.meta.dirname, "screenshots");

let dataDir: string;
let headwater: ServiceProcess;
let browser: Browser;
let context: BrowserContext;
let api: ApiClient;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-browser-"));
  browser = await openBrowser();
  await start();
});
afterAll(async () => {
  await browser?.close();
  await headwater?.end("SIGTERM");
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const environment = { HEADWATER_DATA_DIR: dataDir, HEADWATER_HTTP_PORT: "0", HEADWATER_MQTT_PORT: "0" };
  headwater = await startHeadwater(["start"], environment);
  const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  api = createApiClient(headwater.url("http"), token);
  context = await browser.newContext({ baseURL: headwater.url("http"), viewport: { width: 1280, height: 800 } });
  expect((await context.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
}

const connected = async (): Promise<number> =>
  (await api.call("GET", "/api/v1/devices", { query: { connected: true } })).items.length;

describe("the demo fleet", () => {
  it("is started with its rule by one button of the first visit, and stands still after a restart", async () => {
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/");
    await page.getByRole("button", { name: "Start the demo fleet" }).click();
    await page.getByRole("heading", { name: "A demo fleet is running" }).waitFor();
    await page.getByRole("link", { name: "demo-boiler-north-1" }).waitFor();
    await eventually(async () => expect(await connected()).toBe(12));
    expect(await api.call("GET", "/api/v1/rules/{id}", { path: { id: "demo-boiler-too-hot" } })).toMatchObject({
      mode: "live",
    });
    expect(await barriersOf(page)).toEqual([]);
    await page.screenshot({ path: join(screenshots, "demo.light.desktop.png") });
    await page.goto("/devices/demo-boiler-north-1");
    await page.getByRole("heading", { name: /^temperature/ }).waitFor();
    expect(await api.request("POST", "/api/v1/demo")).toMatchObject({ running: true });
    expect(faults).toEqual([]);
    await context.close();
    await headwater.end("SIGTERM");
    await start();
  });

  it("goes on after a restart, and is removed with its rule and its data while it runs", async () => {
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/");
    await page.getByRole("heading", { name: "The demo fleet stands still" }).waitFor();
    await page.getByRole("button", { name: "Start the demo fleet" }).click();
    await page.getByRole("heading", { name: "A demo fleet is running" }).waitFor();
    await eventually(async () => expect(await connected()).toBe(12));
    await page.getByRole("button", { name: "Remove the demo fleet" }).click();
    await page.getByRole("heading", { name: "Connect the first device" }).waitFor();
    expect((await api.call("GET", "/api/v1/devices", { query: { registered: "any" } })).items).toEqual([]);
    expect((await api.call("GET", "/api/v1/rules", {})).items).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  it("leaves a device alone that has one of its names and is not of it", async () => {
    await registerDevice(api, { id: "demo-pump-1", type: "pump" });
    const page = await context.newPage();
    await page.goto("/connect");
    await page.getByRole("button", { name: "Start the demo fleet" }).click();
    await page.getByRole("alert").getByText("The device demo-pump-1 is not of the demo").waitFor();
    await expect(api.request("DELETE", "/api/v1/demo")).rejects.toThrow(/demo-pump-1/);
    expect((await api.call("GET", "/api/v1/devices", {})).items.map(({ id }) => id)).toEqual(["demo-pump-1"]);
    await page.close();
  });
});
