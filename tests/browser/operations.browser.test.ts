import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { type BoilerRoom, checked, hostile, openBoilerRoom } from "./boiler-room.ts";

let room: BoilerRoom;
let api: BoilerRoom["api"];
let send: BoilerRoom["send"];
let alertsOf: BoilerRoom["alertsOf"];
let opened: BoilerRoom["opened"];

beforeAll(async () => {
  room = await openBoilerRoom();
  ({ api, send, alertsOf, opened } = room);
});
afterAll(async () => {
  await room?.close();
});

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
    const page = await room.newPage();
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
    const states = page.getByRole("search").getByLabel("State").getByRole("option");
    expect(await states.allTextContents()).toEqual([
      ...["Quarantined", "Requested", "Claimed", "Redriven", "Dropped", "Any state"],
    ]);
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
