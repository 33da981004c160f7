import { expect, it } from "vitest";
import { isoFromMicros, nowMicros } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { commandEvents, enableRule, hotRule, quickConfig } from "./support/harness.ts";
import { stage } from "./support/stage.ts";

const here = stage();

async function raised(device = "boiler-1"): Promise<string> {
  await here.on.fleet.send(device, [95]);
  const { body } = await eventually(async () => {
    const found = await here.rules.call("GET", `/api/v1/alerts?state=open&device=${device}`);
    expect(found.body.items).toHaveLength(1);
    return found;
  });
  return body.items[0].id;
}

it("is assigned and talked about, and its history says who did what and when", async () => {
  await enableRule(here.rules, hotRule("hot"));
  const path = `/api/v1/alerts/${await raised()}`;
  const assigned = await here.rules.call("POST", `${path}/assign`, { assignee: "ann", comment: "yours" });
  expect(assigned).toMatchObject({ status: 200, body: { assignee: "ann", assignedBy: "admin" } });
  await here.rules.call("POST", `${path}/comment`, { comment: "a loose wire" });
  await here.rules.call("POST", `${path}/acknowledge`, { comment: "on my way" });
  const mine = async (whose: string) =>
    (await here.rules.call("GET", `/api/v1/alerts?assignee=${whose}`)).body.items.length as number;
  expect([await mine("ann"), await mine("bob"), await mine("")]).toEqual([1, 0, 0]);
  await here.rules.call("POST", `${path}/assign`, { assignee: null });
  expect([await mine("ann"), await mine("")]).toEqual([0, 1]);
  await here.rules.call("POST", `${path}/clear`, { comment: "fixed" });
  // What is over may still be talked about.
  const { body } = await here.rules.call("POST", `${path}/comment`, { comment: "for the record" });
  expect(body).toMatchObject({ state: "cleared", comment: "on my way" });
  expect(body).not.toHaveProperty("assignee");
  expect(body.comments).toEqual(
    ["yours", "a loose wire", "on my way", "fixed", "for the record"].map((text) => ({
      ...{ by: "admin", text, at: expect.stringMatching(/^2/) },
    })),
  );

  const first = await here.rules.call("GET", `${path}/history?limit=3`);
  const second = await here.rules.call("GET", `${path}/history?cursor=${first.body.next}`);
  const entries = [...first.body.items, ...second.body.items];
  expect(entries).toMatchObject([
    { transition: 1, kind: "raised", severity: "critical", value: 95 },
    { transition: 0, kind: "assigned", by: "admin", assignee: "ann", comment: "yours" },
    { kind: "commented", by: "admin", comment: "a loose wire" },
    { kind: "acknowledged", by: "admin", comment: "on my way" },
    { kind: "assigned", by: "admin", assignee: "" },
    { kind: "cleared", by: "admin", cause: "hand", comment: "fixed" },
    { kind: "commented", comment: "for the record" },
  ]);
  expect(second.body.next).toBeNull();
  const why = (await here.rules.call("GET", `${path}/why`)).body.text as string;
  for (const sentence of ["assigned to ann by admin, who said: yours.", "admin said: a loose wire"]) {
    expect(why).toContain(sentence);
  }
});

it("refuses what makes no sense, with the reason", async () => {
  await enableRule(here.rules, hotRule("hot"));
  const path = `/api/v1/alerts/${await raised()}`;
  const status = async (what: string, body: unknown) => (await here.rules.call("POST", `${path}/${what}`, body)).status;
  expect(await status("assign", { assignee: "" })).toBe(400);
  expect(await status("assign", {})).toBe(400);
  expect(await status("comment", { comment: "" })).toBe(400);
  // It could be written to the log, and never read again.
  expect(await status("comment", { comment: "half of one: \ud83d" })).toBe(400);
  expect(await status("assign", { assignee: "\udf21" })).toBe(400);
  expect(await status("snooze", {})).toBe(400);
  expect(await status("snooze", { for: "1h", until: "+1h" })).toBe(400);
  expect(await status("snooze", { for: "soon" })).toBe(400);
  expect(await status("snooze", { until: "2020-01-01T00:00:00Z" })).toBe(400);
  expect(await status("snooze", { for: "400d" })).toBe(400);
  expect(await status("unsnooze", {})).toBe(409);
  expect((await here.rules.call("POST", "/api/v1/alerts/nobody/snooze", { for: "1h" })).status).toBe(404);
  await here.rules.call("POST", `${path}/clear`);
  expect(await status("snooze", { for: "1h" })).toBe(409);
});

it("snoozed, is silent over a restart until somebody ends it, and acts once then", async () => {
  await enableRule(here.rules, hotRule("hot"));
  const id = await raised();
  await eventually(async () => expect(await commandEvents(here.on)).toHaveLength(1));
  const path = `/api/v1/alerts/${id}`;
  const snoozed = await here.rules.call("POST", `${path}/snooze`, { for: "1h", comment: "a part is ordered" });
  expect(snoozed).toMatchObject({ status: 200, body: { snoozedBy: "admin" } });
  const muted = async (): Promise<void> => {
    const { body } = await here.rules.call("GET", path);
    expect(body).toMatchObject({ mutedBy: ["snooze"], snoozedUntil: snoozed.body.snoozedUntil });
  };
  await eventually(muted);
  expect((await here.rules.call("GET", "/api/v1/alerts?muted=true")).body.items).toHaveLength(1);

  await here.restart();
  // The condition ends and begins anew: the rule is snoozed on the device, not the episode alone.
  await here.on.fleet.send("boiler-1", [70, 96]);
  const next = await eventually(async () => {
    const { body } = await here.rules.call("GET", "/api/v1/alerts?state=open");
    expect(body.items).toMatchObject([{ mutedBy: ["snooze"] }]);
    expect(body.items[0].id).not.toBe(id);
    return body.items[0].id as string;
  });
  await here.on.fleet.mark();
  expect(await commandEvents(here.on)).toHaveLength(1);

  await here.restart();
  expect((await here.rules.call("POST", `/api/v1/alerts/${next}/unsnooze`)).status).toBe(200);
  await eventually(async () => expect(await commandEvents(here.on)).toHaveLength(2));
  await eventually(async () => {
    const { body } = await here.rules.call("GET", `/api/v1/alerts/${next}`);
    expect(body.mutedBy).toEqual([]);
  });
  await here.restart();
  await here.on.fleet.send("boiler-1", [97]);
  await here.on.fleet.send("boiler-2", [97]);
  await eventually(async () => expect(await commandEvents(here.on)).toHaveLength(3));
  expect((await commandEvents(here.on)).map(({ device }) => device)).toEqual(["boiler-1", "boiler-1", "boiler-2"]);
});

it("snoozed up to a time, acts when the log's clock has come to it", async () => {
  await enableRule(here.rules, hotRule("hot"));
  const path = `/api/v1/alerts/${await raised()}`;
  // A busy machine may come to ask for it only when that time is past.
  const until = await eventually(async () => {
    const soon = isoFromMicros(nowMicros() + 1_500_000);
    expect((await here.rules.call("POST", `${path}/snooze`, { until: soon })).status).toBe(200);
    return soon;
  });
  await eventually(async () => expect((await here.rules.call("GET", path)).body.mutedBy).toEqual(["snooze"]));
  await eventually(async () => {
    await here.on.fleet.mark();
    const { items } = (await here.rules.call("GET", `${path}/history`)).body;
    expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(["raised", "snoozed", "muted", "unmuted"]);
    expect(items[3].at).toBe(until);
  });
  const commands = await eventually(async () => {
    const found = await commandEvents(here.on);
    expect(found).toHaveLength(2);
    return found;
  });
  expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(2);
  expect((await here.rules.call("GET", path)).body).not.toHaveProperty("snoozedUntil");
  expect(quickConfig.tickMs).toBeLessThan(1000);
});

it("is marked while flapping holds it open, over a restart", async () => {
  await enableRule(here.rules, hotRule("hot", { flapping: { transitions: 2, within: "1h" } }));
  await here.on.fleet.send("boiler-1", [95, 70]);
  const flapping = async (): Promise<void> => {
    const { body } = await here.rules.call("GET", "/api/v1/alerts?state=open");
    expect(body.items).toMatchObject([{ flapping: true, state: "active" }]);
  };
  await eventually(flapping);
  await here.restart();
  await here.on.fleet.send("boiler-1", [95, 70, 95]);
  await here.on.fleet.mark();
  await flapping();
  const { body } = await here.rules.call("GET", "/api/v1/alerts");
  const why = (await here.rules.call("GET", `/api/v1/alerts/${body.items[0].id}/why`)).body;
  expect(why.transitions.map(({ kind }: { kind: string }) => kind)).toEqual(["raised", "flapping"]);
  expect(why.text).toContain("held open, since it raises and ends again and again.");
});
