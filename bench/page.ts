/**
 * The web page in a real Chromium, on a fleet of 10,000 devices that send 2,000 messages a second: how long the page
 * takes to open, how much of a core its scripts use, and whether its heap grows. Platform, simulator and browser share
 * the machine.
 *
 *     npm run bench:page -- [--devices 10000] [--rate 2000] [--minutes 10] [--opens 5] [--json FILE]
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { createApiClient } from "@headwater/client";
import { sleep } from "@headwater/core";
import { openBrowser } from "../tests/browser/browser.ts";
import { conditions, describe, median } from "./conditions.ts";
import { lineOf, writeReport, type Figure } from "./report.ts";
import { startAllInOne, type AllInOne } from "./start-all-in-one.ts";

const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "10000" },
    rate: { type: "string", default: "2000" },
    minutes: { type: "string", default: "10" },
    opens: { type: "string", default: "5" },
    json: { type: "string" },
  },
});
const devices = Number(values.devices);
const rate = Number(values.rate);
const minutes = Number(values.minutes);
const opens = Number(values.opens);
const checkout = join(import.meta.dirname, "..");
const budget = { openMs: 1_000, share: 0.3, growth: 0.1 };
/** Between two looks at the heap, each after the garbage was collected. */
const lookMs = 15_000;
/** The first looks see what the page keeps for good come in. */
const settleMs = 30_000;

const firstRow = ".fleet-rows .fleet-row a >> nth=0";
/** In the page, at the frame in which the row is there; a text, since there are no types of a browser here. */
const noteFirstRow = `(function look() {
  if (document.querySelector(".fleet-rows .fleet-row a") === null) requestAnimationFrame(look);
  else globalThis.firstRowAt = performance.now();
})();`;

// The page that is measured is that of the sources, not what an earlier build has left.
execFileSync("npm", ["run", "-s", "build"], { cwd: checkout, stdio: "inherit" });
const before = conditions();
console.log(describe(before));
const platform = await startAllInOne(checkout);
const browser = await openBrowser();
const stops: (() => Promise<unknown>)[] = [() => platform.stop(), () => browser.close()];
try {
  await run();
} finally {
  for (const stop of stops.toReversed()) await stop();
}

async function run(): Promise<void> {
  const context = await browser.newContext({
    baseURL: `http://127.0.0.1:${platform.http}`,
    viewport: { width: 1280, height: 900 },
  });
  await context.request.post("/api/v1/session", { data: { token: platform.token } });
  stops.push(startFleet(platform));
  const api = createApiClient(`http://127.0.0.1:${platform.http}`, platform.token);
  await until(async () => {
    const { items } = await api.call("GET", "/api/v1/devices", {
      query: { limit: 1, connected: true, q: String(devices) },
    });
    return items.length > 0;
  });
  const opened: number[] = [];
  for (let round = 0; round < opens; round += 1) opened.push(await openOnce(context));
  const page = await context.newPage();
  await page.goto("/");
  await page.locator(firstRow).waitFor();
  const watched = await watch(page);
  const figures: readonly Figure[] = [
    {
      what: "opened, until the first rows can be read",
      ...{ unit: "ms", digits: 0, samples: { Headwater: opened }, budget: `at most ${budget.openMs}` },
      within: median(opened) <= budget.openMs,
    },
    {
      what: "scripts, of a core",
      ...{ unit: "%", digits: 1, samples: { Headwater: watched.shares.map((share) => share * 100) } },
      budget: `at most ${budget.share * 100}`,
      within: median(watched.shares) <= budget.share,
    },
    {
      what: "all of the page's main thread, of a core",
      ...{ unit: "%", digits: 1, samples: { Headwater: watched.tasks.map((share) => share * 100) } },
    },
    {
      what: "heap of its scripts, after collection",
      ...{ unit: "MiB", digits: 1, samples: { Headwater: watched.heap.map((bytes) => bytes / 2 ** 20) } },
      budget: `the last third at most ${budget.growth * 100} % above the first`,
      within: growthOf(watched.heap) <= budget.growth,
    },
    {
      what: "messages a second that the page told",
      ...{ unit: "", digits: 0, samples: { Headwater: watched.rates } },
    },
  ];
  for (const figure of figures) console.log(lineOf(figure));
  console.log(`heap, MiB: ${watched.heap.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(" ")}`);
  await writeReport(values.json, {
    title: `The web page: ${devices} devices, ${rate} messages a second`,
    command: `npm run bench:page -- --devices ${devices} --rate ${rate} --minutes ${minutes} --opens ${opens}`,
    shape: `The fleet's page in Chromium without a window, ${opens} openings and then ${minutes} minutes, while the simulator sends; times of scripts as the browser counts its main thread's processor time.`,
    ...{ conditions: before, ours: "Headwater", figures },
    notes: [
      `The heap from look to look, MiB: ${watched.heap.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(", ")}.`,
    ],
  });
}

function startFleet({ http, mqtt, token }: AllInOne): () => Promise<void> {
  const load = ["--devices", String(devices), "--rate", String(rate), "--duration", `${Math.ceil(minutes) + 10}m`];
  const to = ["--url", `http://127.0.0.1:${http}`, "--mqtt", `mqtt://127.0.0.1:${mqtt}`];
  const child = spawn(process.execPath, ["cli/src/main.js", "sim", ...load, ...to], {
    cwd: checkout,
    env: { PATH: process.env["PATH"], HEADWATER_TOKEN: token },
    stdio: ["ignore", "ignore", "inherit"],
  });
  // Nobody asks for its verdict here.
  return async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  };
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 180_000; performance.now() < deadline; await sleep(500)) {
    if (await isThere()) return;
  }
  throw new RangeError("the fleet did not connect in three minutes");
}

/** Milliseconds from the navigation to rows that can be read, in a page of its own with what the browser has cached. */
async function openOnce(context: BrowserContext): Promise<number> {
  const page = await context.newPage();
  await page.addInitScript(noteFirstRow);
  await page.goto("/");
  await page.locator(firstRow).waitFor();
  const ms = await page.evaluate<number>("firstRowAt");
  await page.close();
  return ms;
}

interface Watched {
  readonly shares: readonly number[];
  readonly tasks: readonly number[];
  readonly heap: readonly number[];
  readonly rates: readonly number[];
}

async function watch(page: Page): Promise<Watched> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  await sleep(settleMs);
  const [shares, tasks, heap, rates]: [number[], number[], number[], number[]] = [[], [], [], []];
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end) {
    await devtools.send("HeapProfiler.collectGarbage");
    const [from, since] = [await metricsOf(devtools), performance.now()];
    heap.push(from["JSHeapUsedSize"]!);
    await sleep(lookMs);
    const to = await metricsOf(devtools);
    const seconds = (performance.now() - since) / 1_000;
    shares.push((to["ScriptDuration"]! - from["ScriptDuration"]!) / seconds);
    tasks.push((to["TaskDuration"]! - from["TaskDuration"]!) / seconds);
    rates.push(Number((await page.locator(".tiles > :nth-child(3) dd").textContent())?.replaceAll(/\D/g, "")));
  }
  return { shares, tasks, heap, rates };
}

async function metricsOf(devtools: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** How much more the last third of the looks saw than the first. */
function growthOf(heap: readonly number[]): number {
  const third = Math.max(1, Math.floor(heap.length / 3));
  return median(heap.slice(-third)) / median(heap.slice(0, third)) - 1;
}
