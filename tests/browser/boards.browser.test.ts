import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BoilerRoom, checked, hostile, openBoilerRoom } from "./boiler-room.ts";

let room: BoilerRoom;
let api: BoilerRoom["api"];
let send: BoilerRoom["send"];
let opened: BoilerRoom["opened"];

beforeAll(async () => {
  room = await openBoilerRoom();
  ({ api, send, opened } = room);
});
afterAll(async () => {
  await room?.close();
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
    // What comes before the first answer is not lost by it, as that was made earlier.
    const late: (() => Promise<void>)[] = [];
    await page.route(/telemetry\/latest/, async (route) => {
      const response = await route.fetch();
      late.push(() => route.fulfill({ response }));
    });
    await page.reload();
    await expect.poll(() => late.length).toBe(2);
    await send({ values: { temperature: 62, pressure: 7.5 } });
    // Nothing of the page says that the stream has told it.
    await page.waitForTimeout(2_000);
    for (const give of late) await give();
    await page.getByRole("row", { name: "boiler-1 62 7.5" }).waitFor();
    await page.unroute(/telemetry\/latest/);
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
    await page
      .getByRole("alert")
      .getByText(/^The board .*is at revision 2/)
      .waitFor();
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
