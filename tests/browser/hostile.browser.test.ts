import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiClient } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { faultsOf } from "./browser.ts";
import { startAll, type Started } from "./started.ts";

/** Names of devices that would like to be more than text, as far as a name may go. */
const names = [
  "<img src=x onerror=alert(1)>",
  "\u202eolleh gnp.exe",
  "🔥👩‍👩‍👧‍👦 Zalgo̷̢",
  "__proto__",
  "constructor",
  "a".repeat(128),
  "50% of 100%41",
];
/** As many as a phone's map has room for. */
const onMap = names.slice(0, 6);
const html = "<script>alert(1)</script><img src=x onerror=alert(1)>";
const rtl = "\u202eלא\u2066 مرحبا";
const long = `begin ${"<b>ab</b> ".repeat(1_000)}end`;
const metrics = ["<img src=x onerror=alert(1)>", "__proto__", "\u202emetric", "constructor"];

let started: Started;

beforeAll(async () => {
  started = await startAll();
  const { api } = started;
  for (const [index, id] of names.entries()) {
    const device = await started.connected(id, html.slice(0, 64));
    const place: Readonly<Record<string, number>> = onMap.includes(id)
      ? { lat: 48 + index * 2, lon: 5 + index * 4 }
      : {};
    const attributes = { ...place, note: long.slice(0, 1_024), ["toString"]: html };
    await api.call("PATCH", "/api/v1/devices/{id}", { path: { id }, body: { attributes, tags: { site: rtl } } });
    // Written by hand: a literal would make a prototype of one of the names.
    const values = metrics.map((metric) => `${JSON.stringify(metric)}:${20 + index}`).join(",");
    const message = `{"values":{${values},"text":${JSON.stringify(long)},"state":${JSON.stringify(html)}}}`;
    await device.publishAsync(`devices/${id}/telemetry`, message, { qos: 1 });
  }
  await eventually(async () => {
    for (const id of names) {
      const { values } = await api.call("GET", "/api/v1/devices/{id}/latest", { path: { id } });
      expect(Object.keys(values as object)).toEqual(expect.arrayContaining([...metrics, "text", "state"]));
    }
  });
  await api.request("PUT", "/api/v1/groups/constructor", { filter: { q: "img" } });
  await api.request("PUT", "/api/v1/boards/hostile", {
    ...{ title: html, description: `${rtl} ${html}` },
    variables: [{ name: "group", kind: "group", label: html.slice(0, 60) }],
    widgets: [
      { kind: "text", text: long.slice(0, 4_000), title: rtl },
      { kind: "chart", title: html, series: metrics.map((metric) => ({ metric, device: names[0], label: rtl })) },
      ...names.map((device) => ({ kind: "value", metric: "state", device, title: `${rtl} ${html}` })),
      { kind: "value", metric: "__proto__", device: "__proto__" },
      { kind: "table", metrics: [...metrics, "text"], devices: {} },
    ],
  });
});
afterAll(() => started?.close());

/** What of a text became something else. */
async function unwanted(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate<readonly string[]>(`[
    ...[...document.querySelectorAll("img[src='x'], main script, main b")].map((each) => each.outerHTML),
    ...(document.documentElement.scrollWidth > innerWidth ? ["wider than the window: " + document.documentElement.scrollWidth] : []),
    ...(({}).polluted === undefined && Object.keys(Object.prototype).length === 0 ? [] : ["a prototype was changed"]),
  ]`);
  return found.map((each) => `${page.url().slice(0, 100)}: ${each.slice(0, 200)}`);
}

describe.each([1280, 390])("hostile names at a width of %i", (width) => {
  it("are text on the map, boards, devices and where they are chosen", async () => {
    const context = await started.signedIn({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    const faults = faultsOf(page);
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const found: string[] = [];
    const open = async (path: string): Promise<void> => {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
    };
    await open("/");
    for (const name of [...names.slice(0, 5), names.at(-1)!])
      await page.getByRole("link", { name, exact: true }).waitFor();
    found.push(...(await unwanted(page)));

    await open("/?view=map");
    for (const name of onMap) await page.getByRole("link", { name: `${name}, connected`, exact: true }).waitFor();
    found.push(...(await unwanted(page)));

    for (const name of names) {
      await open(`/devices/${encodeURIComponent(name)}`);
      await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
      await page.getByRole("heading", { level: 2, name: /^__proto__/ }).waitFor();
      found.push(...(await unwanted(page)));
    }

    await open("/boards");
    await page.getByRole("link", { name: html }).waitFor();
    found.push(...(await unwanted(page)));
    await open("/boards/hostile");
    await page.getByRole("heading", { level: 1, name: html }).waitFor();
    await page.getByRole("group", { name: "__proto__", exact: true }).getByText("23", { exact: true }).waitFor();
    await page.getByRole("row", { name: /^__proto__ 23 23 23 23/ }).waitFor();
    await page.getByRole("combobox").selectOption("constructor");
    found.push(...(await unwanted(page)));
    await open("/boards/hostile?edit=true");
    await page.getByLabel("The board as YAML").waitFor();
    found.push(...(await unwanted(page)));
    await open(`/boards/device?device=${encodeURIComponent(names[0]!)}`);
    found.push(...(await unwanted(page)));

    expect(found).toEqual([]);
    expect(dialogs).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("hostile tokens", () => {
  it("are refused, or text in the list of sessions", async () => {
    const { api, headwater } = started;
    for (const name of ["<b>", "a b", "\u202ea", "__proto__"]) {
      const refused = api.request("POST", "/api/v1/tokens", { name, scopes: ["viewer"] });
      await expect(refused).rejects.toMatchObject({ status: 400 });
    }
    for (const name of ["constructor", "toString", "hasOwnProperty"]) {
      const { token } = await api.request<{ token: string }>("POST", "/api/v1/tokens", { name, scopes: ["viewer"] });
      expect(await createApiClient(headwater.url("http"), token).call("GET", "/api/v1/session", {})).toMatchObject({
        principal: name,
      });
      await (await started.signedIn({ as: token })).close();
    }
    const context = await started.signedIn();
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto("/access");
    await page.getByRole("button", { name: "Everybody's" }).click();
    for (const name of ["constructor", "toString", "hasOwnProperty"]) {
      await page
        .getByRole("region", { name: "Open sessions" })
        .getByRole("row", { name: new RegExp(`^${name}`) })
        .waitFor();
    }
    expect(await unwanted(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});
