import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerDevice, type ApiClient } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { openEmbedded } from "../e2e/platform/embedded.ts";
import type { Platform } from "../e2e/platform/platform.ts";
import { barriersOf, faultsOf, openBrowser } from "./browser.ts";

const screenshots = join(import.meta.dirname, "screenshots");
const hostile = "<img src=x onerror=alert(1)> ‮olleh 🔥";
const minuteMs = 60_000;

let platform: Platform;
let browser: Browser;
let context: BrowserContext;
let api: ApiClient;
let device: MqttClient;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [platform, browser] = await Promise.all([openEmbedded(), openBrowser()]);
  const { token } = platform;
  api = platform.ingest;
  context = await browser.newContext({ baseURL: platform.httpUrl("ingest"), viewport: { width: 1280, height: 900 } });
  expect((await context.request.post("/api/v1/session", { data: { token } })).status()).toBe(200);
  await api.request("POST", "/api/v1/rules", {
    id: "boiler-too-hot",
    name: `Boiler too hot ${hostile}`,
    selector: { types: ["boiler"] },
    condition: { metric: "temperature", above: { warning: 80, critical: 90 }, clearBelow: 75 },
  });
  await api.request("POST", "/api/v1/rules/boiler-too-hot/enable");
  await eventually(async () => {
    const { state } = await api.call("GET", "/api/v1/rules/{id}", { path: { id: "boiler-too-hot" } });
    expect(state).toBe("live");
  });
  const { token: password } = await registerDevice(api, { id: "boiler-1", type: "boiler", tags: { note: hostile } });
  device = await connectAsync(platform.mqttUrl(), { username: "boiler-1", password, clientId: "boiler-1" });
  // Ten minutes of a boiler that was hot twice, and is now.
  const begin = Date.now() - 10 * minuteMs;
  for (const [minute, temperature] of [60, 70, 85, 70, 60, 82, 95, 85, 70, 86].entries()) {
    await send({ ts: new Date(begin + minute * minuteMs).toISOString(), values: { temperature, pressure: 1.5 } });
  }
  await eventually(async () => expect(await alertsOf("all")).toHaveLength(3));
});
afterAll(async () => {
  await device?.endAsync();
  await browser?.close();
  await platform?.stop();
});

async function send(message: object | string): Promise<void> {
  const payload = typeof message === "string" ? message : JSON.stringify(message);
  await device.publishAsync("devices/boiler-1/telemetry", payload, { qos: 1 });
}

async function alertsOf(state: "open" | "all") {
  const query = state === "all" ? {} : { state };
  return (await api.call("GET", "/api/v1/alerts", { query })).items;
}

/** A page without faults or barriers, with a picture of it kept in both themes. */
async function checked(page: Page, faults: readonly string[], name: string): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: join(screenshots, `${name}.${theme}.desktop.png`), fullPage: true });
    expect(await barriersOf(page)).toEqual([]);
  }
  expect(faults).toEqual([]);
}

async function opened(path: string): Promise<{ page: Page; faults: readonly string[] }> {
  const page = await context.newPage();
  const faults = faultsOf(page);
  await page.goto(path);
  return { page, faults };
}

describe("alerts", () => {
  it("tells why an alert is there, and takes what a person does with it", async () => {
    const { page, faults } = await opened("/alerts");
    await page.getByRole("link", { name: "boiler-1: boiler-too-hot" }).click();
    const story = page.getByRole("region", { name: "Why this alert is there" });
    await story.getByText(/raised as warning: temperature was 86/).waitFor();
    await story.getByRole("heading", { name: hostile }).waitFor();
    await story.getByRole("img", { name: /^temperature of boiler-1/ }).waitFor();
    await story.getByLabel("Comment").fill(hostile);
    await story.getByRole("button", { name: "Acknowledge" }).click();
    await story
      .getByText(/acknowledged by/)
      .first()
      .waitFor();
    await story.getByText(hostile, { exact: true }).waitFor();
    // In a sentence of the platform it turns nothing around.
    const said = story.getByText(/acknowledged by admin, who said: <img/).last();
    expect(await said.textContent()).not.toContain("\u202e");
    expect((await alertsOf("open"))[0]).toMatchObject({ state: "acknowledged", comment: hostile });
    await checked(page, faults, "alert");
    await page.close();
  });

  it("are filtered by the address, and done with in bulk", async () => {
    const { page, faults } = await opened("/alerts?state=cleared");
    await expect.poll(() => page.locator("tbody tr").count()).toBe(2);
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByLabel("Choose all that are listed").check();
    await page.getByLabel("Assignee").last().fill("ann");
    await page.getByRole("button", { name: "Assign" }).click();
    await page.getByText("1 assigned.").waitFor();
    await page.getByText("for ann", { exact: true }).waitFor();
    await page.getByLabel("Choose all that are listed").check();
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await page.getByText("All is well: no alert is open.").waitFor();
    expect(await alertsOf("open")).toEqual([]);
    await checked(page, faults, "alerts-empty");
    await page.close();
  });

  it("come into the inbox as they are raised", async () => {
    const page = await context.newPage();
    // The stream is there only after the alert was raised.
    let open = (): void => {};
    const isRaised = new Promise<void>((resolve) => (open = resolve));
    await page.route("**/api/v1/stream?*", async (route) => {
      await isRaised;
      await route.continue();
    });
    await page.goto("/alerts");
    await page.getByText("All is well: no alert is open.").waitFor();
    await send({ temperature: 60 });
    await send({ temperature: 91 });
    await eventually(async () => expect(await alertsOf("open")).toHaveLength(1));
    open();
    await page.getByRole("link", { name: "boiler-1: boiler-too-hot" }).waitFor();
    await page.close();
  });
});

describe("a rule", () => {
  it("is tried anew while its level is moved, by keyboard as by pointer", async () => {
    const { page, faults } = await opened("/rules/boiler-too-hot");
    await page.getByText(/^\d+ episodes on 1 device$/).waitFor();
    const level = page.getByRole("slider", { name: "above warning" });
    await level.focus();
    for (let step = 0; step < 10; step++) await page.keyboard.press("ArrowUp");
    const moved = Number(await level.getAttribute("aria-valuenow"));
    expect(moved).toBeGreaterThan(82);
    expect(moved).toBeLessThan(90);
    await page.getByText(/against live revision 1/).waitFor();
    await page.getByText(/[1-9]\d* gone|[1-9]\d* moved/).waitFor();
    expect(await page.getByLabel("The rule as YAML").inputValue()).toContain(`warning: ${moved}`);
    const box = (await level.boundingBox())!;
    await page.mouse.move(box.x + 60, box.y);
    await page.mouse.down();
    await page.mouse.move(box.x + 60, box.y - 6, { steps: 3 });
    await page.mouse.up();
    expect(Number(await level.getAttribute("aria-valuenow"))).toBeGreaterThan(moved);
    await checked(page, faults, "rule");
    await page.close();
  });

  it("says what is wrong in the line where it is, and in the field", async () => {
    const { page, faults } = await opened("/rules/new");
    await page
      .getByLabel("The rule as YAML")
      .fill("id: no spaces here\nname: x\ncondition:\n  metric: temperature\n  above: 80\n");
    await page.getByRole("button", { name: "Line 1" }).waitFor();
    expect(await page.getByLabel("Id", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    await page.getByLabel("Id", { exact: true }).fill("temperature-high");
    await page.getByRole("button", { name: "Line 1" }).waitFor({ state: "detached" });
    await page.getByLabel("Name").fill(hostile);
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { level: 1, name: hostile }).waitFor();
    await page.getByRole("button", { name: "Shadow" }).click();
    await page.getByText("shadow", { exact: true }).waitFor();
    await page.getByLabel("ends below").fill("70");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("revision 2").waitFor();
    await page.getByRole("button", { name: "1", exact: true }).click();
    await page.getByText("clearBelow: 70").last().waitFor();
    const { definition } = await api.call("GET", "/api/v1/rules/{id}", { path: { id: "temperature-high" } });
    expect(definition).toMatchObject({ name: hostile, condition: { above: 80, clearBelow: 70 } });
    await checked(page, faults, "rule-revised");
    await page.close();
  });
});

describe("the pipeline", () => {
  it("is drawn with its rates, and says that it balances", async () => {
    const { page, faults } = await opened("/pipeline");
    await page.getByRole("img", { name: /The flow/ }).waitFor();
    await page.getByText("balanced", { exact: true }).waitFor();
    await checked(page, faults, "pipeline");
    await page.close();
  });

  it("shows a message that could not be read, and takes what it should have been", async () => {
    await send('{"temperature": <b>21</b>}');
    const { page, faults } = await opened("/quarantine");
    await eventually(async () => {
      await page.getByRole("button", { name: "Look again" }).click();
      expect(await page.getByRole("link", { name: "boiler-1" }).count()).toBe(1);
    });
    await page.getByRole("link", { name: "boiler-1" }).click();
    await page.getByLabel("Bytes").getByText('{"temperature": ').waitFor();
    await checked(page, faults, "quarantine");
    await page.getByLabel("Payload as text").fill('{"mended": 21}');
    await page.getByRole("button", { name: "Mend and handle again" }).click();
    await page.getByText("1 will be handled again.").waitFor();
    await eventually(async () => {
      const { values } = await api.call("GET", "/api/v1/devices/{id}/latest", { path: { id: "boiler-1" } });
      expect(values).toHaveProperty("mended");
    });
    await page.close();
  });
});

describe("boards", () => {
  it("are made of widgets that a person adds, arranges by keyboard and pointer, and takes back", async () => {
    const { page, faults } = await opened("/boards");
    await page.getByRole("link", { name: "New board" }).click();
    await page.getByLabel("Title", { exact: true }).fill(`Boiler room ${hostile}`);
    await page.getByLabel("Id", { exact: true }).fill("boiler-room");
    const add = async (kind: string, fields: Readonly<Record<string, string>>): Promise<void> => {
      await page.getByRole("button", { name: "Add a widget" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: kind, exact: true }).click();
      for (const [name, value] of Object.entries(fields)) await dialog.locator(`[name=${name}]`).fill(value);
      await dialog.getByRole("button", { name: "Add" }).click();
      await dialog.waitFor({ state: "detached" });
    };
    await add("Chart", { title: hostile, metric: "temperature", device: "boiler-1", unit: "°C", warning: "80" });
    await add("Value", { metric: "pressure", device: "boiler-1" });
    await add("Table", { metric: "temperature, pressure", type: "boiler" });
    const order = () =>
      page.locator("[data-widget]").evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")));
    expect(await order()).toEqual([hostile, "pressure", "Newest values"]);
    await page.getByRole("button", { name: /^Move pressure/ }).press("ArrowLeft");
    await expect.poll(order).toEqual(["pressure", hostile, "Newest values"]);
    // The focus goes with the widget, which is sized by the same keys.
    await page.keyboard.press("Shift+ArrowRight");
    await page.getByLabel("Width of pressure in columns").and(page.locator("[value='4']")).waitFor();
    const handle = (await page.getByRole("button", { name: /^Move Newest values/ }).boundingBox())!;
    const first = (await page.locator("[data-widget='0']").boundingBox())!;
    await page.mouse.move(handle.x + 5, handle.y + 5);
    await page.mouse.down();
    await page.mouse.move(first.x + 60, first.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(order).toEqual(["Newest values", "pressure", hostile]);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(order).toEqual(["pressure", hostile, "Newest values"]);
    await page.getByRole("button", { name: `Remove ${hostile}` }).click();
    await expect.poll(order).toEqual(["pressure", "Newest values"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(order).toEqual(["pressure", hostile, "Newest values"]);
    await checked(page, faults, "board-edit");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: `Boiler room ${hostile}` }).waitFor();
    await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
    expect(await api.call("GET", "/api/v1/boards/{id}", { path: { id: "boiler-room" } })).toMatchObject({
      definition: { id: "boiler-room", widgets: [{ kind: "value", width: 4 }, { title: hostile }, { kind: "table" }] },
    });
    // Live, on one connection: what comes is shown.
    await send({ values: { temperature: 61, pressure: 7.25 } });
    await page.getByRole("group", { name: "pressure" }).getByText("7.25").waitFor();
    await page.getByRole("row", { name: "boiler-1 61 7.25" }).waitFor();
    await page.getByRole("button", { name: "15m" }).click();
    await expect.poll(() => new URL(page.url()).search).toBe("?span=15m");
    await checked(page, faults, "board");
    await page.close();
  });

  it("are written as YAML, with faults in their lines, and changed by one person at a time", async () => {
    const board = { title: "Kept", widgets: [{ kind: "text", text: hostile }] };
    await api.request("PUT", "/api/v1/boards/kept", board);
    const { page, faults } = await opened("/boards/kept?edit=true");
    const yaml = page.getByLabel("The board as YAML");
    await yaml.fill("id: kept\ntitle: Kept\nwidgets:\n  - kind: text\n    texd: one\n");
    await page.getByText("is not known here; did you mean text?").waitFor();
    expect(await page.getByRole("button", { name: "Save", exact: true }).isEnabled()).toBe(false);
    // What is wrong is not shown: the board stands as it was.
    await page.getByText(hostile, { exact: true }).waitFor();
    await yaml.fill("id: kept\ntitle: Kept\nwidgets:\n  - kind: text\n    text: mine\n");
    await page.getByText("mine", { exact: true }).waitFor();
    await api.request("PUT", "/api/v1/boards/kept", { ...board, title: "Theirs" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("alert").getByText(/412/).waitFor();
    await page.getByRole("button", { name: "Leave unsaved" }).click();
    await page.goto("/boards/kept?edit=true");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { level: 1, name: "Boards" }).waitFor();
    await page.getByRole("link", { name: "Fleet overview" }).waitFor();
    expect(await page.getByRole("link", { name: "Theirs" }).count()).toBe(0);
    expect(faults.filter((fault) => !fault.includes("412"))).toEqual([]);
    await page.close();
  });

  it("of the platform show a device and what needs a person", async () => {
    const { page, faults } = await opened("/boards/device?device=boiler-1");
    await page.getByRole("group", { name: "temperature" }).getByText(/\d/).first().waitFor();
    await page.getByRole("img", { name: /^Temperature, \d+ points/ }).waitFor();
    await checked(page, faults, "board-device");
    await page.goto("/boards/alerts-and-pipeline");
    await page.getByRole("group", { name: "In quarantine" }).getByText(/^\d/).waitFor();
    await checked(page, faults, "board-alerts");
    await page.close();
  });
});
