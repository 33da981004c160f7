import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { barriersOf, faultsOf } from "./browser.ts";
import { type Started, startAll } from "./started.ts";

const screenshots = join(import.meta.dirname, "screenshots");
const minuteMs = 60_000;
/** A limit against hanging. */
const soon = { timeout: 30_000 };

let started: Started;
let context: BrowserContext;
let boiler: MqttClient;
let begin: number;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  started = await startAll();
  context = await started.signedIn();
  boiler = await started.connected("boiler-1", "boiler");
  begin = Date.now() - 50 * minuteMs;
  for (let minute = 0; minute < 50; minute += 1) {
    const values = {
      temperature: 70 + 8 * Math.sin(minute / 6),
      pressure: 1.4 + 0.1 * Math.cos(minute / 9),
      burner: minute % 20 < 10,
      state: minute % 25 < 15 ? "heating" : "standby",
    };
    await send({ ts: begin + minute * minuteMs, values });
  }
  await eventually(async () => {
    const { values } = await started.api.call("GET", "/api/v1/devices/{id}/latest", { path: { id: "boiler-1" } });
    expect(Object.values(values).filter(({ t }) => t === begin + 49 * minuteMs)).toHaveLength(4);
  });
});
afterAll(() => started?.close());

async function send(message: object): Promise<void> {
  await boiler.publishAsync("devices/boiler-1/telemetry", JSON.stringify(message), { qos: 1 });
}

/** What the address says is shown, in ms since the epoch. */
function shownBy(page: Page): { from: number; to: number } {
  const { searchParams } = new URL(page.url());
  return { from: Date.parse(searchParams.get("from") ?? ""), to: Date.parse(searchParams.get("to") ?? "") };
}

async function pointsOf(page: Page, metric: string): Promise<number> {
  const label = await page.getByRole("img", { name: new RegExp(`^${metric} over`) }).getAttribute("aria-label");
  return Number(/(\d+) points$/.exec(label ?? "")?.[1]);
}

describe("the charts of a device", () => {
  it("have the newest value at their head, as a board has it, and all its digits at hand", async () => {
    const page = await context.newPage();
    await page.goto("/devices/boiler-1");
    const head = page.getByRole("heading", { name: /^temperature/ }).locator(".number");
    await head.waitFor(soon);
    const temperature = 70 + 8 * Math.sin(49 / 6);
    expect((await head.textContent())?.trim()).toBe(temperature.toFixed(2));
    expect(await head.getAttribute("title")).toBe(String(temperature));
    await page.close();
  });

  it("are zoomed by a drag, the wheel and keys, and the browser's way back leads out again", async () => {
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/devices/boiler-1");
    await expect.poll(() => pointsOf(page, "temperature"), soon).toBe(50);
    const over = page.locator(".device-chart .u-over").first();
    const box = (await over.boundingBox())!;
    const at = (share: number): number => box.x + box.width * share;
    await page.mouse.move(at(0.5), box.y + 40);
    await page.mouse.down();
    await page.mouse.move(at(0.6), box.y + 40, { steps: 3 });
    await page.mouse.move(at(0.75), box.y + 40, { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => shownBy(page).to - shownBy(page).from, soon).toBeLessThan(18 * minuteMs);
    const dragged = shownBy(page);
    expect(dragged.to - dragged.from).toBeGreaterThan(12 * minuteMs);
    await expect.poll(() => pointsOf(page, "temperature"), soon).toBeLessThan(20);
    await page.reload();
    await expect.poll(() => pointsOf(page, "temperature"), soon).toBeLessThan(20);
    expect(shownBy(page)).toEqual(dragged);

    await over.hover();
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    await expect
      .poll(() => shownBy(page).to - shownBy(page).from, soon)
      .toBeLessThan((dragged.to - dragged.from) * 0.9);
    await page.goBack();
    await expect.poll(() => shownBy(page), soon).toEqual(dragged);
    await page.getByRole("group", { name: /^Charts/ }).press("ArrowLeft");
    await expect.poll(() => shownBy(page).to, soon).toBeLessThan(dragged.to);
    await page.goBack();
    await page.getByRole("button", { name: "Zoom out" }).click();
    await expect.poll(() => shownBy(page).from, soon).toBeLessThan(dragged.from);
    await page.getByRole("group", { name: /^Charts/ }).press("0");
    await expect.poll(() => new URL(page.url()).search, soon).toBe("");
    await expect.poll(() => pointsOf(page, "temperature"), soon).toBe(50);
    expect(faults).toEqual([]);
    await page.close();
  });

  it("share a crosshair, which reads all of them at one time", async () => {
    const page = await context.newPage();
    await page.goto("/devices/boiler-1");
    await expect.poll(() => pointsOf(page, "temperature"), soon).toBe(50);
    await page.getByRole("img", { name: /^States: presence, burner, state$/ }).waitFor();
    const readouts = page.locator(".plot-readout");
    let texts: string[] = [];
    // A chart that is drawn, or gets another size, under a pointer that rests learns of it when the pointer moves.
    let x = 200;
    const moved = async (): Promise<boolean> => {
      await page
        .locator(".device-chart .u-over")
        .first()
        .hover({ position: { x: (x += 1), y: 20 } });
      texts = await readouts.allTextContents();
      return texts.length === 3 && texts.every((text) => text !== "");
    };
    await expect.poll(moved, soon).toBe(true);
    expect(texts).toHaveLength(3);
    expect(texts.at(-1)).toMatch(/presence (dis)?connected|burner (on|off)/);
    expect(texts.at(-1)).toMatch(/state (heating|standby)/);
    await page.close();
  });

  it("draw what is on or off, texts and presence as bands, and go on as they change", async () => {
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/devices/boiler-1");
    await page.getByRole("img", { name: /^States: presence, burner, state$/ }).waitFor();
    const told = page.locator(".device-states li");
    await expect
      .poll(() => told.allTextContents(), soon)
      .toContainEqual(expect.stringMatching(/^presence: connected for/));
    expect(await told.allTextContents()).toContainEqual(expect.stringMatching(/^burner: on for .*, off for /));
    await send({ state: "fault" });
    await expect.poll(() => told.allTextContents(), soon).toContainEqual(expect.stringMatching(/^state: .*fault for/));
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: join(screenshots, `device-states.${theme}.desktop.png`), fullPage: true });
      expect(await barriersOf(page)).toEqual([]);
    }
    expect(faults).toEqual([]);
    await page.close();
  });
});

describe("the events of a device", () => {
  it("are shown as the log has them, decoded beside their bytes, with their units", async () => {
    const tank = await started.connected("tank-1", "tank");
    const senml = JSON.stringify([{ n: "level", u: "%", v: 42 }]);
    await tank.publishAsync("devices/tank-1/telemetry/senml", senml, { qos: 1 });
    await tank.endAsync();
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/devices/tank-1");
    await page.getByRole("heading", { name: /^level 42 %$/ }).waitFor();
    await page.getByRole("button", { name: "Look them up in the log" }).click();
    const row = page.getByRole("row", { name: /level 42 %/ });
    await row.getByRole("button").click();
    await page.getByLabel("Bytes").getByText("level").first().waitFor();
    await page.getByLabel("What can be read").getByText('"unit": "%"').waitFor();
    await page.screenshot({ path: join(screenshots, "device-events.light.desktop.png"), fullPage: true });
    expect(await barriersOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });
});

describe("the units of a device", () => {
  it("are those of what it sent last with one, and none of what came without", async () => {
    const old = await started.connected("old-1", "tank");
    const topic = "devices/old-1/telemetry";
    await old.publishAsync(`${topic}/senml`, JSON.stringify([{ n: "warmth", u: "Cel", v: 21.5 }]), { qos: 1 });
    // More than a look at the newest events sees, and from before the other metric had a unit.
    for (let index = 0; index < 30; index += 1) {
      await old.publishAsync(topic, JSON.stringify({ level: index }), { qos: 1 });
    }
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/devices/old-1");
    await page.getByRole("heading", { name: /^warmth 21\.5 °C$/ }).waitFor(soon);
    await page.getByRole("heading", { name: /^level 29$/ }).waitFor(soon);
    await old.publishAsync(topic, JSON.stringify({ warmth: 22.5 }), { qos: 1 });
    await page.getByRole("heading", { name: /^warmth 22\.5 °C$/ }).waitFor(soon);
    await old.publishAsync(`${topic}/senml`, JSON.stringify([{ n: "level", u: "m", v: 30 }]), { qos: 1 });
    await page.getByRole("heading", { name: /^level 30 m$/ }).waitFor(soon);
    await page.getByRole("button", { name: "Look them up in the log" }).click();
    await page.getByRole("cell", { name: "level 29", exact: true }).waitFor(soon);
    expect(faults).toEqual([]);
    await old.endAsync();
    await page.close();
  });
});

describe("a device", () => {
  it("is deleted with its data once its id was typed", async () => {
    const pump = await started.connected("pump-9", "pump");
    await pump.publishAsync("devices/pump-9/telemetry", '{"flow": 1}', { qos: 1 });
    await pump.endAsync();
    const page = await context.newPage();
    await page.goto("/devices/pump-9");
    await page.getByRole("button", { name: "Delete this device…" }).click();
    const question = page.getByRole("dialog", { name: "Delete pump-9?" });
    const remove = question.getByRole("button", { name: "Delete it" });
    await question.getByLabel("Type its id to go on").fill("pump-");
    expect(await remove.isDisabled()).toBe(true);
    await question.getByLabel("Type its id to go on").fill("pump-9");
    await question.getByLabel(/Its telemetry too/).check();
    expect(await barriersOf(page)).toEqual([]);
    await remove.click();
    await page.getByRole("heading", { level: 1, name: "Fleet" }).waitFor();
    await eventually(async () => {
      const path = { id: "pump-9" };
      await expect(started.api.call("GET", "/api/v1/devices/{id}/latest", { path })).rejects.toThrow("no device");
    });
    await page.close();
  });
});
