import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerDevice } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { type Platform, startPlatform } from "./platform.ts";
import { runCli } from "./run-cli.ts";

let platform: Platform;
let api: Platform["api"];

beforeAll(async () => {
  platform = await startPlatform();
  ({ api } = platform);
});
afterAll(() => platform.stop());

const cli = (...args: string[]) => runCli(args, platform.env);

describe("headwater alerts", () => {
  it("lists, acknowledges, clears, and tells why in sentences", async () => {
    const device = await registerDevice(api, { id: "kettle-1", type: "kettle" });
    const file = join(platform.folder, "kettle.yaml");
    writeFileSync(
      file,
      "state: live\nrule: { id: kettle, selector: { ids: [kettle-1] }, condition: { metric: t, above: 80 } }\n",
    );
    await cli("rules", "apply", file);
    await eventually(async () => {
      const rule = await api.call("GET", "/api/v1/rules/{id}", { path: { id: "kettle" } });
      expect(rule.state).toBe("live");
    });
    const client = await connectAsync(platform.mqttUrl, {
      ...{ clientId: device.id, username: device.id, password: device.token },
    });
    await client.publishAsync("devices/kettle-1/telemetry", '{"t":95}', { qos: 1 });
    await client.endAsync();
    const alert = await eventually(async () => {
      const [first] = JSON.parse((await cli("alerts", "list", "--json", "--rule", "kettle")).out) as { id: string }[];
      expect(first).toBeDefined();
      return first!;
    });
    expect((await cli("alerts", "list")).out).toMatch(/warning +kettle +kettle-1 +t 95/);
    const why = await cli("alerts", "why", alert.id);
    expect(why).toMatchObject({ code: 0, err: "" });
    expect(why.out).toContain("asks whether t is above 80.");
    expect(why.out).toContain("raised as warning: t was 95, compared with 80.");
    expect((await cli("alerts", "ack", alert.id, "--comment", "on my way")).out).toContain("acknowledged");
    expect((await cli("alerts", "why", alert.id)).out).toContain("acknowledged by admin, who said: on my way.");
    const assigned = await cli("alerts", "assign", "--rule", "kettle", "--person", "ann", "--comment", "yours");
    expect(assigned.out).toContain("acknowledged (of ann)");
    expect((await cli("alerts", "snooze", alert.id, "--for", "2h")).code).toBe(0);
    await eventually(async () => {
      expect((await cli("alerts", "list", "--muted")).out).toContain("acknowledged (snooze, of ann)");
    });
    expect((await cli("alerts", "comment", "--all", "--comment", "a new one is ordered")).code).toBe(0);
    expect((await cli("alerts", "unsnooze", "--device", "kettle-1")).code).toBe(0);
    // What is as asked already is told, and no failure of a filter.
    const again = await cli("alerts", "ack", "--assignee", "ann");
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining("acknowledged already, by admin") });
    expect(await cli("alerts", "ack", alert.id)).toMatchObject({ code: 1 });
    expect(await cli("alerts", "assign", alert.id, "--nobody")).toMatchObject({ code: 0 });
    const two = await cli("alerts", "comment", alert.id, "never-was", "--comment", "nothing new");
    expect(two.code).toBe(1);
    expect(two.out).toContain("There is no alert never-was");
    const history = (await cli("alerts", "history", alert.id)).out;
    for (const line of [
      "assigned to ann by admin who said: yours",
      "snoozed until 2",
      "commented by admin who said: a new",
    ]) {
      expect(history).toContain(line);
    }
    expect((await cli("alerts", "clear", alert.id)).out).toContain("cleared");
    expect((await cli("alerts", "clear", "--rule", "kettle")).out).toBe("no alerts\n");
    for (const wrong of [
      ["clear"],
      ["snooze", alert.id],
      ["assign", "--all"],
      ["comment", "--all"],
      ["get", "--all"],
    ]) {
      expect((await cli("alerts", ...wrong)).code).toBe(1);
    }
    expect((await cli("alerts", "clear", alert.id, "--all")).err).toContain("either the ids of alerts, or a filter");
    expect((await cli("alerts", "list", "--rule", "kettle")).out).toBe("no alerts\n");
    expect((await cli("alerts", "list", "--state", "all")).out).toContain(alert.id);
    expect((await cli("alerts", "get", "nothing")).code).toBe(1);
    expect((await cli("alerts", "list", "--comment", "x")).err).toContain("--comment is not of list");
  });
});
