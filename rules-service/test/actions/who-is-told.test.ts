import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isoFromMicros, nowMicros } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { commandEvents, hotRule, untilLive } from "../support/harness.ts";
import { stage } from "../support/stage.ts";

const at = stage(undefined, 1);
const every = ["raised", "escalated", "deescalated", "acknowledged", "cleared", "retracted"];

/** What may happen to a device and its alerts, each until it is in effect. */
interface Story {
  readonly rule: string;
  readonly device: string;
  reads(value: number): Promise<void>;
  /** What a person does to the newest alert. */
  does(verb: string, body?: object): Promise<void>;
  isMuted(muted: boolean): Promise<void>;
}

const raise = (story: Story) => story.reads(85);
const grave = (story: Story) => story.reads(95);
const end = (story: Story) => story.reads(60);
const acknowledge = (story: Story) => story.does("acknowledge");
const clear = (story: Story) => story.does("clear");
async function snooze(story: Story): Promise<void> {
  await story.does("snooze", { for: "1h" });
  await story.isMuted(true);
}
async function wake(story: Story): Promise<void> {
  await story.does("unsnooze");
  await story.isMuted(false);
}
/** A window that is in effect is one for whatever comes after it in the log. */
async function openWindow({ device, rule }: Story): Promise<void> {
  const window = { id: rule, rules: { ids: [rule] }, selector: { ids: [device] } };
  const { status, body } = await at.rules.call("POST", "/api/v1/maintenance", {
    ...window,
    to: isoFromMicros(nowMicros() + 3_600_000_000),
  });
  expect(status).toBe(201);
  await at.inEffect(body.position);
}
async function closeWindow(story: Story): Promise<void> {
  await at.rules.call("DELETE", `/api/v1/maintenance/${story.rule}`);
  await story.isMuted(false);
}
async function disable({ rule }: Story): Promise<void> {
  await at.rules.call("POST", `/api/v1/rules/${rule}/disable`);
  await eventually(async () => {
    expect((await at.rules.call("GET", `/api/v1/alerts?state=open&rule=${rule}`)).body.items).toEqual([]);
  });
}

/** The rows of the table in the docs, and how each comes about. */
const stories: Readonly<Record<string, readonly ((story: Story) => Promise<void>)[]>> = {
  "begins, gets worse, ends": [raise, grave, end],
  "is still open": [raise],
  "is acknowledged, and ends": [raise, acknowledge, end],
  "is cleared by hand": [raise, clear],
  "ends because its rule is switched off": [raise, disable],
  "flaps: begins and ends three times": [raise, end, raise, end, raise, end],
  "is snoozed, and gets worse": [raise, snooze, grave],
  "is snoozed, and ends": [raise, snooze, end],
  "is snoozed, and is acknowledged": [raise, snooze, acknowledge],
  "is snoozed, and the snooze ends": [raise, snooze, wake],
  "begins and ends within the snooze of an earlier one": [raise, snooze, end, raise, end],
  "begins within that snooze, which ends, and ends": [raise, snooze, end, raise, wake, end],
  "begins and ends within a maintenance window": [openWindow, raise, end],
  "begins within a window, which closes": [openWindow, raise, closeWindow],
  "begins within a window, is acknowledged, and the window closes": [openWindow, raise, acknowledge, closeWindow],
  "begins within a window, and its rule is switched off": [openWindow, raise, disable],
  "is of a rule in shadow": [raise, end],
};

async function alertsOf(rule: string): Promise<{ id: string; state: string; mutedBy: string[] }[]> {
  return (await at.rules.call("GET", `/api/v1/alerts?rule=${rule}`)).body.items;
}

/** Until everything before it in the log has been told, or is known to be told to nobody. */
async function untilDispatched(probe: string): Promise<void> {
  await at.on.fleet.send(probe, [95]);
  await eventually(async () => {
    const [alert] = (await at.rules.call("GET", `/api/v1/alerts?device=${probe}`)).body.items;
    const { items } = (await at.rules.call("GET", `/api/v1/alerts/${alert.id}/actions`)).body;
    expect(items).toHaveLength(1);
  });
}

async function played(name: string, rule: string): Promise<string> {
  const device = `of-${rule}`;
  const action = (path: string) => ({ webhook: { url: `${at.receiver.url}/${path}` }, on: every });
  const group = { groupBy: ["rule"], groupWait: "1h" };
  const made = hotRule(rule, {
    selector: { ids: [device] },
    condition: { metric: "temperature", above: { warning: 80, critical: 90 }, clearBelow: 70 },
    severity: undefined,
    ...(name.startsWith("flaps") && { flapping: { transitions: 4, within: "1h" } }),
    actions: [
      action("alone"),
      { ...action(`${rule}/all`), ...group },
      { ...action(`${rule}/raises`), ...group, on: ["raised"] },
      { command: { name: "act", ttl: "1h" }, on: every },
    ],
  });
  expect((await at.rules.call("POST", "/api/v1/rules", made)).status).toBe(201);
  await at.rules.call("POST", `/api/v1/rules/${rule}/${name.endsWith("shadow") ? "shadow" : "enable"}`);
  if (name.endsWith("shadow")) {
    await eventually(async () =>
      expect((await at.rules.call("GET", `/api/v1/rules/${rule}`)).body.state).toBe("shadow"),
    );
  } else await untilLive(at.rules, rule);
  const story: Story = {
    ...{ rule, device },
    async reads(value) {
      const isOpen = (alerts: { state: string }[]) => alerts.some(({ state }) => state !== "cleared");
      await at.on.fleet.send(device, [value]);
      if (name.startsWith("flaps")) return;
      await eventually(async () => expect(isOpen(await alertsOf(rule))).toBe(value > 80));
    },
    async does(verb, body) {
      const [alert] = await eventually(async () => {
        const found = await alertsOf(rule);
        expect(found.length).toBeGreaterThan(0);
        return found;
      });
      const written = await at.rules.call("POST", `/api/v1/alerts/${alert!.id}/${verb}`, body ?? {});
      expect(written.status).toBe(200);
      await at.inEffect(written.body.position);
    },
    async isMuted(muted) {
      await eventually(async () => expect((await alertsOf(rule))[0]!.mutedBy.length > 0).toBe(muted));
    },
  };
  for (const step of stories[name]!) await step(story);
  await untilDispatched(`probe-${rule}`);
  const alerts = (await alertsOf(rule)).toReversed();
  const own: string[] = [];
  for (const { id } of alerts) {
    const { items } = (await at.rules.call("GET", `/api/v1/alerts/${id}/actions`)).body;
    own.push(...items.flatMap((each: { on: string; action: number }) => (each.action === 0 ? [each.on] : [])));
  }
  const commands = (await commandEvents(at.on)).filter((event) => event.device === device && event.requested !== null);
  // Commands answer the same.
  expect(commands, name).toHaveLength(own.length);
  return own.join(", ");
}

/** What the message of a group says, of each of its alerts. */
function groupOf(path: string): string {
  const messages = at.receiver.of(`/${path}`).map(({ body }) => {
    expect(body.type).toBe("alerts.grouped");
    return (body.data.alerts as { type: string }[]).map(({ type }) => type.replace("alert.", "")).join(", ");
  });
  expect(messages.length).toBeLessThanOrEqual(1);
  return messages[0] ?? "";
}

it("everybody is told what the docs say", async () => {
  await at.rules.call("POST", "/api/v1/rules", {
    ...hotRule("probe"),
    ...{ selector: { ids: ["probe-*"] }, actions: [{ webhook: { url: `${at.receiver.url}/probe` } }] },
  });
  await at.rules.call("POST", "/api/v1/rules/probe/enable");
  await untilLive(at.rules, "probe");
  const names = Object.keys(stories);
  const alone = await Promise.all(names.map((name, index) => played(name, `r${index}`)));
  at.advance(3_600_000);
  const found = await eventually(async () => {
    const { items } = (await at.rules.call("GET", "/api/v1/alerts?limit=1000")).body;
    for (const { id } of items) {
      const actions = (await at.rules.call("GET", `/api/v1/alerts/${id}/actions`)).body.items;
      expect(actions.filter(({ state }: { state: string }) => state === "waiting")).toEqual([]);
    }
    return names.map((name, index) => [name, alone[index]!, groupOf(`r${index}/all`), groupOf(`r${index}/raises`)]);
  });
  const shown = found.map((row) => row.map((cell) => (cell === "" ? "–" : cell)));
  const docs = readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");
  const table = docs.slice(docs.indexOf("| An alert that "), docs.length).split("\n\n")[0]!.split("\n").slice(2);
  const rows = table.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(shown).toEqual(rows);
});
