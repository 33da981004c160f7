import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "@headwater/core";
import { events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { actionEvents, createService, enableRule, hotRule, platform, quickConfig } from "../support/harness.ts";
import type { Platform, Service } from "../support/harness.ts";
import { startReceiver, type Receiver } from "../support/receiver.ts";

const key = Buffer.alloc(32, 7);
/** No attempt is given up because the machine is busy: only a receiver that hangs is told apart by its time. */
const quick = { networks: ["127.0.0.0/8"], retryMs: 20, maxRetryMs: 40, breakerMs: 50, attemptMs: 60_000 };

let on: Platform;
let rules: Service;
let receiver: Receiver;

beforeEach(async () => {
  on = await platform();
  receiver = await startReceiver();
  writeFileSync(join(on.folder, "secrets.yaml"), `ops: whsec_${key.toString("base64")}\nchat: ${receiver.url}/chat\n`);
  await start();
});

afterEach(async () => {
  await rules.stop();
  await receiver.close();
  await on.close();
});

async function start(more = {}): Promise<void> {
  const secretsFile = join(on.folder, "secrets.yaml");
  rules = await createService(on, quickConfig, silentLogger, { ...quick, secretsFile, ...more });
  await rules.app.start();
}

async function restart(more = {}): Promise<void> {
  await rules.stop();
  await start(more);
}

function hooked(id: string, webhook: object, more: object = {}) {
  return hotRule(id, { actions: [{ webhook: { url: `${receiver.url}/${id}`, ...webhook }, ...more }] });
}

async function actions(): Promise<Record<string, unknown>[]> {
  const { body } = await rules.call("GET", "/api/v1/alerts");
  const found = [];
  for (const { id } of body.items as { id: string }[]) {
    found.push(...(await rules.call("GET", `/api/v1/alerts/${id}/actions`)).body.items);
  }
  return found;
}

/** Resolves with the actions once all have ended. */
async function ended(count: number): Promise<Record<string, unknown>[]> {
  return eventually(actions, (all) => all.length === count && all.every(({ endedAt }) => endedAt !== undefined));
}

/** As a proxy may answer that takes the request for the beginning of a WebSocket. */
const switching: Receiver["answer"] = (_request, response) => {
  response.socket!.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
};

describe("a webhook", () => {
  it("is signed as Standard Webhooks has it, and says what happened", async () => {
    await enableRule(rules, hooked("hot", { secret: "ops" }));
    await on.fleet.send("boiler-1", [70, 95]);
    const [action] = await ended(1);
    expect(receiver.received).toHaveLength(1);
    const [{ headers, text, body, id }] = receiver.received as [Receiver["received"][number]];
    const mac = createHmac("sha256", key).update(`${id}.${String(headers["webhook-timestamp"])}.${text}`);
    expect(headers["webhook-signature"]).toBe(`v1,${mac.digest("base64")}`);
    expect(headers["content-type"]).toBe("application/json");
    expect(body).toMatchObject({
      type: "alert.raised",
      data: { alert: { device: "boiler-1", severity: "critical", value: 95 }, transition: 1, rule: { id: "hot" } },
    });
    expect(action).toMatchObject({ id, state: "succeeded", status: 204, attempts: 1, on: "raised", kind: "webhook" });
  });

  it("answers what `on` names: each end once, by whoever ended it", async () => {
    await enableRule(rules, hooked("hot", {}, { on: ["raised", "acknowledged", "cleared"] }));
    await on.fleet.send("boiler-1", [95]);
    await ended(1);
    const [alert] = (await rules.call("GET", "/api/v1/alerts")).body.items;
    await rules.call("POST", `/api/v1/alerts/${alert.id}/acknowledge`, { comment: "on my way" });
    await ended(2);
    await rules.call("POST", `/api/v1/alerts/${alert.id}/clear`);
    await ended(3);
    await on.fleet.send("boiler-1", [70, 96]);
    await ended(4);
    expect(receiver.received.map(({ body }) => body.type)).toEqual([
      ...["alert.raised", "alert.acknowledged", "alert.cleared", "alert.raised"],
    ]);
    expect(receiver.received[1]!.body.data).toMatchObject({ by: expect.any(String), comment: "on my way" });
  });

  it("has the rule's labels and annotations, with what they name filled in", async () => {
    const annotations = { summary: "{{device.id}} at {{value}} ({{labels.team}})", runbook: "https://ops.example/hot" };
    const actions = [{ webhook: { url: `${receiver.url}/hot` } }];
    const rule = hotRule("hot", { labels: { team: "heating" }, annotations, actions });
    const odd = { ...rule, annotations: { summary: "{{devise}}" } };
    const refused = await rules.call("POST", "/api/v1/rules", odd);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: "/annotations/summary" }] } });
    await enableRule(rules, rule);
    expect(await rules.call("PUT", "/api/v1/rules/hot", odd)).toMatchObject({ status: 400 });
    await on.fleet.send("boiler-1", [95]);
    await ended(1);
    expect(receiver.received[0]!.body.data).toMatchObject({
      labels: { team: "heating" },
      annotations: { summary: "boiler-1 at 95 (heating)", runbook: "https://ops.example/hot" },
    });
  });

  it("of a rule that asks for too many is held back, on record with the reason; its ends are not", async () => {
    await restart({ rulePerMinute: 2, attemptMs: 20_000 });
    await enableRule(rules, hooked("hot", {}, { on: ["raised", "cleared"] }));
    const devices = ["boiler-1", "boiler-2", "boiler-3", "boiler-4", "boiler-5", "boiler-6"];
    // All of one partition: the limit is one of each.
    const together = devices.filter((device) => on.fleet.partitionOf(device) === on.fleet.partitionOf("boiler-1"));
    expect(together.length).toBeGreaterThan(2);
    await on.fleet.append(together.map((device) => on.fleet.record(device, "temperature", 95).record));
    const raised = await ended(together.length);
    const held = raised.filter(({ state }) => state === "gave-up");
    expect(held.length).toBeGreaterThan(0);
    expect(receiver.received).toHaveLength(together.length - held.length);
    for (const { error, attempts } of held) {
      expect({ error, attempts }).toEqual({
        error: "rule hot has asked for more than 2 actions within a minute",
        attempts: 0,
      });
    }
    await on.fleet.append(together.map((device) => on.fleet.record(device, "temperature", 70).record));
    const all = await ended(2 * together.length);
    expect(all.filter(({ on: trigger, state }) => trigger === "cleared" && state !== "succeeded")).toEqual([]);
    await restart();
    expect((await actions()).filter(({ state }) => state === "waiting")).toEqual([]);
  });

  it("of a rule in shadow is not sent", async () => {
    await rules.call("POST", "/api/v1/rules", hooked("hot", {}));
    await rules.call("POST", "/api/v1/rules/hot/shadow");
    await enableRule(rules, hooked("control", {}));
    await on.fleet.send("boiler-1", [95]);
    await eventually(async () => expect((await rules.call("GET", "/api/v1/alerts")).body.items).toHaveLength(2));
    await ended(1);
    expect(receiver.of("/hot")).toEqual([]);
  });

  it("goes to a URL that is a secret, which no event and no answer shows", async () => {
    const rule = { actions: [{ webhook: { urlSecret: "chat", format: "slack" } }] };
    await enableRule(rules, hotRule("hot", rule));
    await on.fleet.send("boiler-1", [95]);
    const [action] = await ended(1);
    expect(receiver.of("/chat")).toHaveLength(1);
    expect(action).toMatchObject({ endpoint: "chat", state: "succeeded" });
    expect(JSON.stringify(await actionEvents(on))).not.toContain("/chat");
  });

  it.each([
    ["a status 500", (_: unknown, response) => response.writeHead(500).end(), 500],
    ["a connection that is reset", (_: unknown, response) => response.destroy(), undefined],
    ["a receiver that hangs", () => {}, undefined],
    ["a redirect", (_: unknown, response) => response.writeHead(307, { location: "/elsewhere" }).end(), 307],
    ["a change to another protocol", switching, 101],
    ["a status 429", (_: unknown, response) => response.writeHead(429, { "retry-after": "0" }).end(), 429],
  ] as [string, Receiver["answer"], number | undefined][])(
    "is sent again under its id after %s",
    async (name, answer) => {
      if (name === "a receiver that hangs") await restart({ attemptMs: 1500 });
      const fine = receiver.answer;
      receiver.answer = (request, response) => {
        (receiver.received.length < 3 ? answer : fine)(request, response);
      };
      await enableRule(rules, hooked("hot", {}));
      await on.fleet.send("boiler-1", [95]);
      const [action] = await ended(1);
      expect(action).toMatchObject({ state: "succeeded", attempts: 3 });
      expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
      expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
      expect(receiver.of("/elsewhere")).toEqual([]);
    },
  );

  it("to an endpoint that is gone is given up at once, and health names the endpoint", async () => {
    receiver.answer = (_request, response) => response.writeHead(410).end();
    await enableRule(rules, hooked("hot", {}));
    await on.fleet.send("boiler-1", [95]);
    const [action] = await ended(1);
    expect(action).toMatchObject({ state: "gave-up", status: 410, attempts: 1, error: "it is gone" });
    expect(rules.app.warnings!().join()).toContain(`${receiver.url}/hot fails`);
  });

  it("is given up at its deadline", async () => {
    receiver.answer = (_request, response) => response.writeHead(500).end();
    await enableRule(rules, hooked("hot", { deadline: "1s" }));
    // Ten minutes ago: the deadline counts from what the alert tells of.
    const old = on.fleet.record("boiler-1", "temperature", 95, Date.now() * 1000 - 600_000_000);
    await on.fleet.append([old.record]);
    const [action] = await ended(1);
    expect(action).toMatchObject({ state: "gave-up", attempts: 0 });
    expect(receiver.received).toEqual([]);
  });

  it("goes on after a restart, under the same id, and nothing is told twice", async () => {
    receiver.answer = (_request, response) => response.writeHead(500).end();
    await enableRule(rules, hooked("hot", {}));
    await on.fleet.send("boiler-1", [95]);
    await on.fleet.send("boiler-2", [95]);
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(3));
    await restart();
    receiver.answer = (_request, response) => response.writeHead(204).end();
    await ended(2);
    const before = receiver.received.length;
    await restart();
    await on.fleet.send("boiler-3", [95]);
    await ended(3);
    expect(receiver.received).toHaveLength(before + 1);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3);
  });

  it("is not sent again by a replay of all alerts", async () => {
    await enableRule(rules, hooked("hot", {}));
    await on.fleet.send("boiler-1", [95]);
    await ended(1);
    await rules.stop();
    // Another group without offsets reads everything again; the actions that are in the log are done.
    const group = await on.log.consume({
      group: "rules-actions",
      topics: [on.topics.alerts],
      onBatch: async (batch) => void (await batch.commit(0)),
      onAssigned: (all) => Promise.resolve(all.map((each) => ({ ...each, offset: 0 }))),
    });
    await eventually(async () => {
      const committed = await on.log.committed("rules-actions", [on.topics.alerts]);
      expect(committed.some(({ offset }) => offset === 0)).toBe(true);
    });
    await group.close();
    await start();
    await on.fleet.send("boiler-1", [70, 95]);
    await ended(2);
    expect(receiver.received).toHaveLength(2);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2);
  });

  it("to a slow endpoint stalls no other, and those of one alert stay in order", async () => {
    // It is slower than anything: its answers come when the other one has had all of its own.
    const { promise: fastIsDone, resolve: endFast } = Promise.withResolvers<void>();
    receiver.answer = ({ path }, response) => {
      if (path === "/fast") response.writeHead(204).end();
      else void fastIsDone.then(() => response.writeHead(204).end());
    };
    await enableRule(rules, hooked("slow", {}, { on: ["raised", "cleared"] }));
    await enableRule(rules, hooked("fast", {}));
    for (let device = 0; device < 20; device += 1) await on.fleet.send(`boiler-${device}`, [95, 70]);
    await eventually(() => expect(receiver.of("/fast")).toHaveLength(20));
    expect(receiver.of("/slow").length).toBeLessThan(40);
    endFast();
    await ended(60);
    const types = new Map<string, string[]>();
    for (const { body } of receiver.of("/slow")) {
      const { id } = body.data.alert;
      types.set(id, [...(types.get(id) ?? []), body.type]);
    }
    expect(new Set([...types.values()].map((each) => each.join()))).toEqual(new Set(["alert.raised,alert.cleared"]));
  });
});

it("an endpoint that is down is left alone but for probes, and takes everything when it is back", async () => {
  await restart({ breakerFailures: 3, breakerMs: 300 });
  receiver.answer = (_request, response) => response.destroy();
  await enableRule(rules, hooked("hot", {}));
  for (let device = 0; device < 50; device += 1) await on.fleet.send(`boiler-${device}`, [95]);
  await eventually(() => expect(rules.app.warnings!().join()).toContain("circuit is open"));
  expect(receiver.received.length).toBeLessThan(20);
  receiver.answer = (_request, response) => response.writeHead(204).end();
  const all = await ended(50);
  expect(all.every(({ state }) => state === "succeeded")).toBe(true);
  expect(rules.app.warnings!()).toEqual([]);
});

it("a group that begins tells nothing of alerts that were there before", async () => {
  const other = await platform(1);
  const alert = { alertId: "a1", transition: 1, rule: "hot", revision: 1, device: "boiler-1", kind: 1, at: 1 };
  await other.log.append(other.topics.alerts, [{ key: "boiler-1", value: events.alert.encode(alert) }]);
  const service = await createService(other, quickConfig, silentLogger, quick);
  await service.app.start();
  const [begun] = await eventually(
    () => actionEvents(other),
    ({ length }) => length === 1,
  );
  expect(begun!.begun).toMatchObject({ fromOffset: 1 });
  await service.stop();
  await other.close();
});
