import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianProgram } from "../../scripts/servers/debian-packages.ts";
import { barriersOf, faultsOf } from "./browser.ts";
import { type Started, startAll } from "./started.ts";

const root = join(import.meta.dirname, "../..");
const screenshots = join(import.meta.dirname, "screenshots");
/** A limit against hanging. */
const soon = { timeout: 60_000 };

let started: Started;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  await debianProgram("mosquitto_pub", (message) => process.stderr.write(`browser: ${message}\n`));
  started = await startAll();
});
afterAll(() => started?.close());

/** What a person pastes into a terminal. */
async function paste(command: string): Promise<void> {
  await promisify(execFile)("sh", ["-c", command]);
}

describe("a newcomer with the page alone", () => {
  it("gets from the link to a device of their own on a chart, a rule, an alert and why it is there", async () => {
    const begun = performance.now();
    const context = await started.browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto(/http:\S+#sign-in=\S+/.exec(started.headwater.output())![0]);

    await page.getByLabel("Device id").fill("greenhouse-1");
    await page.getByRole("button", { name: "Register" }).click();
    const program = (await page.getByLabel("program", { exact: true }).textContent())!;
    await paste(program);
    await page.getByText("The first message is here").waitFor(soon);
    await page.getByRole("link", { name: "Open greenhouse-1" }).click();
    await page.getByRole("img", { name: /^temperature over 1h, 1 points/ }).waitFor(soon);

    await page.getByRole("link", { name: "Alert… on temperature" }).click();
    await page.getByRole("button", { name: "Create" }).click(soon);
    await page.getByText("It is a draft, and does nothing until it is enabled.").waitFor(soon);
    await page.screenshot({ path: join(screenshots, "newcomer-rule.light.desktop.png"), fullPage: true });
    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByRole("main").getByText("live", { exact: true }).waitFor(soon);

    await paste(program.replace("21.5", "30"));
    await page.getByRole("link", { name: "Alerts", exact: true }).click();
    await page.getByRole("link", { name: /^greenhouse-1: / }).click(soon);
    const story = page.getByRole("region", { name: "Why this alert is there" });
    await story.getByText(/raised as warning: temperature was 30/).waitFor(soon);
    await page.screenshot({ path: join(screenshots, "newcomer-why.light.desktop.png"), fullPage: true });
    const seconds = (performance.now() - begun) / 1_000;
    process.stdout.write(`a newcomer who types at once takes ${seconds.toFixed(1)} s\n`);
    expect(faults).toEqual([]);
    await context.close();
  });

  it("sends by the program for Node as it is shown, and sees what the rule would do before it is enabled", async () => {
    const context = await started.signedIn();
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/connect");
    await page.getByLabel("Device id").fill("greenhouse-2");
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByRole("button", { name: "Node", exact: true }).click();
    const program = (await page.getByLabel("program", { exact: true }).textContent())!;
    for (const value of ["21.5", "34"]) {
      const text = program.replace("21.5", value);
      // From here, where its library is installed.
      await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", text], { cwd: root });
    }
    await page.getByText("The first message is here").waitFor(soon);
    await page.getByRole("link", { name: "Open greenhouse-2" }).click();
    await page.getByRole("link", { name: "Alert… on temperature" }).click(soon);
    const backtest = page.getByRole("region", { name: "Backtest" });
    await page.getByRole("textbox", { name: "above", exact: true }).fill("30");
    await backtest.getByText("1 episode on 1 device").waitFor(soon);
    await page.getByRole("textbox", { name: "above", exact: true }).fill("40");
    await backtest.getByText("0 episodes on 0 devices").waitFor(soon);
    expect(faults).toEqual([]);
    await context.close();
  });

  it("sees an open alert as a viewer, and what a viewer may not do is not offered", async () => {
    const body = { name: "watcher", scopes: ["viewer" as const] };
    const { token } = await started.api.call("POST", "/api/v1/tokens", { body });
    const context = await started.signedIn({ as: token });
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/alerts");
    await page.getByRole("link", { name: /^greenhouse-1: / }).click(soon);
    const story = page.getByRole("region", { name: "Why this alert is there" });
    await story.getByText(/raised as warning/).waitFor(soon);
    for (const name of ["Acknowledge", "Clear", "Snooze", "Assign"]) {
      expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
    }
    expect(await barriersOf(page)).toEqual([]);
    await page.goto("/devices/greenhouse-1");
    await page.getByRole("heading", { name: /^temperature/ }).waitFor(soon);
    for (const name of ["Send", "Delete this device…", "New token"]) {
      expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
    }
    expect(await page.getByRole("link", { name: "Alert… on temperature" }).count()).toBe(0);
    // Whoever follows a link to what they may not do is told so.
    await page.goto("/rules/new");
    await page.getByText("With your rights a rule").waitFor(soon);
    await page.goto("/boards/new");
    await page.getByText("With your rights no board is made").waitFor(soon);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("by keyboard alone", () => {
  it("a device is found, told what to do, and described", async () => {
    const pump = await started.connected("pump-1", "pump");
    await pump.subscribeAsync("devices/pump-1/commands/+", { qos: 1 });
    pump.on("message", (topic) => void pump.publish(`${topic}/reply`, '{"status": "succeeded", "result": "shut"}'));
    const context = await started.signedIn();
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/");
    await page.getByRole("link", { name: "pump-1" }).waitFor(soon);
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("combobox", { name: "Go to a page or a device" });
    await palette.waitFor(soon);
    expect(await barriersOf(page)).toEqual([]);
    await page.keyboard.type("pump-1");
    await page.getByRole("option", { name: /^pump-1/ }).waitFor(soon);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "pump-1" }).waitFor(soon);
    // From there one goes on by keyboard.
    await page.locator("#content:focus").waitFor(soon);

    await page.getByLabel("Name", { exact: true }).focus();
    await page.keyboard.type("shut_valve");
    await page.keyboard.press("Tab");
    await page.keyboard.type('{"valve": 1}');
    await page.keyboard.press("Enter");
    await page.getByText("succeeded", { exact: true }).waitFor(soon);
    await page.getByRole("cell", { name: "shut", exact: true }).waitFor(soon);

    for (const [kind, name, value] of [
      ["Tag", "site", "north"],
      ["Attribute", "floor", "2"],
    ] as const) {
      // oxfmt-ignore
      await page.getByLabel(`${kind}: name`).focus();
      await page.keyboard.type(name);
      await page.keyboard.press("Tab");
      await page.keyboard.type(value);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: `Remove ${kind.toLowerCase()} ${name}` }).waitFor(soon);
    }
    const known = await started.api.call("GET", "/api/v1/devices/{id}", { path: { id: "pump-1" } });
    expect(known).toMatchObject({ tags: { site: "north" }, attributes: { floor: 2 } });
    await page.getByRole("button", { name: "Remove tag site" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Remove tag site" }).waitFor({ ...soon, state: "detached" });
    expect(faults).toEqual([]);
    await context.close();
  });
});
