import { sleep } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bridged, bridges, BridgeScene, patienceMs, taken } from "./bridge-under-test.ts";
import { eventually } from "@headwater/testkit/eventually";
import { laneProblems } from "./gateway-under-test.ts";

let scene: BridgeScene;

beforeEach(() => {
  scene = new BridgeScene();
});

afterEach(() => scene.close());

describe.each(["3.1.1", "5"] as const)("a bridge to Mosquitto, MQTT %s", (protocol) => {
  const plant = { name: "plant", protocol, subscriptions: [{ filter: "#", qos: 2 as const }] };

  it("takes what is published there, each message once and in order", async () => {
    const broker = await scene.broker();
    const gateway = await scene.gateway(bridges({ ...plant, url: broker.url }));
    const client = await scene.device(broker.url);
    await bridged(gateway, client);
    // More than it holds in flight Mosquitto 2.0.11 acknowledges at QoS 2 and forgets.
    for (let from = 0; from < 3000; from += 300) {
      await Promise.all(
        Array.from({ length: 300 }, (_, i) =>
          client.publishAsync(`devices/d-${(from + i) % 7}/telemetry`, `{"i":${from + i}}`, {
            qos: i % 2 === 0 ? 1 : 2,
          }),
        ),
      );
    }
    const events = await eventually(
      () => taken(gateway),
      (all) => all.length >= 3000,
      patienceMs,
    );
    expect(events).toHaveLength(3000);
    for (let d = 0; d < 7; d += 1) {
      const seen = events.filter((event) => event.device === `d-${d}`).map(({ readings }) => readings[0]!.number!);
      for (const qos of [0, 1]) {
        const own = seen.filter((i) => i % 2 === qos);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }
    expect(await laneProblems(gateway.log)).toEqual([]);
    await eventually(() => expect(gateway.app.warnings?.()).toEqual([]), patienceMs);
  });

  it("sets aside what cannot be read, passes over old news and its own commands, and goes on", async () => {
    const broker = await scene.broker();
    const client = await scene.device(broker.url);
    await client.publishAsync("devices/a/telemetry", '{"old":1}', { qos: 1, retain: true });
    const gateway = await scene.gateway(bridges({ ...plant, url: broker.url, maxPacketBytes: 4096, commands: {} }));
    await bridged(gateway, client);
    await client.publishAsync("devices/a/telemetry", '{"broken":', { qos: 1 });
    await client.publishAsync("nobody/reads/this", "x", { qos: 1 });
    await client.publishAsync("devices/%00 /telemetry", "1", { qos: 1 });
    await client.publishAsync("devices/a/telemetry", `{"big":"${"x".repeat(100_000)}"}`, { qos: 1 });
    await client.publishAsync("devices/a/commands/c1", "{}", { qos: 1 });
    await client.publishAsync("devices/a/telemetry", '{"a":1}', { qos: 1 });
    const events = await eventually(
      () => taken(gateway),
      (all) => all.length > 0,
      patienceMs,
    );
    expect(events).toMatchObject([{ device: "a", readings: [{ metric: "a", number: 1 }] }]);
    const quarantined = await eventually(
      () => gateway.quarantined(),
      (all) => all.length >= 4,
      patienceMs,
    );
    const aside = quarantined.toSorted((a, b) => a.at - b.at);
    expect(aside.map(({ device, reason }) => [device, reason])).toEqual([
      ["a", expect.stringContaining("not JSON")],
      ["", "No route reads this topic"],
      ["", expect.stringContaining("names no device that can be")],
      ["a", expect.stringContaining("larger than 4096")],
    ]);
    expect(aside[3]!.payload.length).toBeGreaterThan(4000);
    if (protocol === "3.1.1") {
      expect(await gateway.metric("headwater_gateway_ignored_total", 'reason="retained"')).toBe(1);
    }
    expect(await gateway.metric("headwater_gateway_ignored_total", 'reason="command-of-a-gateway"')).toBe(1);
  });

  it("takes retained messages if told to, and ignores what no route reads if told to", async () => {
    const broker = await scene.broker();
    const client = await scene.device(broker.url);
    await client.publishAsync("devices/a/telemetry", '{"old":1}', { qos: 1, retain: true });
    await client.publishAsync("elsewhere", "x", { qos: 1, retain: true });
    const gateway = await scene.gateway(bridges({ ...plant, url: broker.url, retained: "take", unrouted: "ignore" }));
    await bridged(gateway, client);
    const events = await eventually(
      () => taken(gateway),
      (all) => all.length > 0,
      patienceMs,
    );
    expect(events).toMatchObject([{ device: "a" }]);
    const ignored = await eventually(
      () => gateway.metric("headwater_gateway_ignored_total", 'reason="no-route"'),
      (count) => count > 0,
      patienceMs,
    );
    expect(ignored).toBe(1);
    expect(await gateway.quarantined()).toEqual([]);
  });
});

it("what a broker passes on of MQTT 5 counts as it would directly: user properties and the content type", async () => {
  const broker = await scene.broker();
  const gateway = await scene.gateway({
    ...bridges({ name: "plant", protocol: "5", subscriptions: [{ filter: "#", qos: 2 as const }], url: broker.url }),
    HEADWATER_MQTT_USER_PROPERTIES: "site,shift",
  });
  const client = await scene.device(broker.url, { protocolVersion: 5 });
  await bridged(gateway, client);
  const properties = {
    contentType: "application/cbor",
    userProperties: { site: "north", shift: ["early", "late"], other: "x" },
  };
  await client.publishAsync("devices/c/telemetry", Buffer.from("a1617418 2a".replace(" ", ""), "hex"), {
    ...{ qos: 1, properties },
  });
  const events = await eventually(
    () => taken(gateway),
    (all) => all.length > 0,
    patienceMs,
  );
  expect(events).toMatchObject([{ device: "c", readings: [{ metric: "t", number: 42 }] }]);
  expect({ ...events[0]!.attributes }).toEqual({ "user.site": "north", "user.shift": "early,late" });
});

describe("two gateways", () => {
  const shared = {
    name: "plant",
    subscriptions: [{ filter: "devices/+/telemetry", share: "headwater" }],
    commands: {},
  };

  it("share a subscription: each message goes to one of them", async () => {
    const broker = await scene.broker();
    const first = await scene.gateway(bridges({ ...shared, url: broker.url }));
    const second = await scene.gateway(bridges({ ...shared, url: broker.url }), first);
    const client = await scene.device(broker.url);
    await bridged(first, client);
    await bridged(second, client);
    await Promise.all(
      Array.from({ length: 2000 }, (_, i) =>
        client.publishAsync(`devices/d-${i % 7}/telemetry`, `{"i":${i}}`, { qos: 1 }),
      ),
    );
    const events = await eventually(
      () => taken(first),
      (all) => all.length >= 2000,
      patienceMs,
    );
    const numbers = events.map(({ readings }) => readings[0]!.number!);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(new Set(events.map(({ gateway }) => gateway)).size).toBe(2);
  });

  it("that both heard a device send it a command once, and take its reply", async () => {
    const broker = await scene.broker();
    const first = await scene.gateway(bridges({ ...shared, url: broker.url }));
    const second = await scene.gateway(bridges({ ...shared, url: broker.url }), first);
    const valve = await scene.device(broker.url);
    const got: string[] = [];
    valve.on("message", (topic, payload) => {
      const { commandId } = JSON.parse(payload.toString()) as { commandId: string };
      got.push(topic);
      valve.publish(`devices/valve/commands/${commandId}/reply`, '{"status":"succeeded","result":{"ok":true}}', {
        qos: 1,
      });
    });
    await valve.subscribeAsync("devices/valve/commands/+", { qos: 1 });
    await bridged(first, valve);
    await bridged(second, valve);
    // Until both have heard it: the broker takes turns.
    await eventually(
      async () => {
        await valve.publishAsync("devices/valve/telemetry", '{"a":1}', { qos: 1 });
        const both = [first, second].map((gateway) =>
          gateway.metric("headwater_gateway_bridge_reachable_devices", 'bridge="plant"'),
        );
        return Math.min(...(await Promise.all(both)));
      },
      // The probe is the other device.
      (least) => least === 2,
      patienceMs,
    );
    for (let i = 0; i < 10; i += 1) await first.requestCommand("valve", `c-${i}`, { name: "shut" });
    const succeeded = await eventually(
      async () => (await first.commands()).filter((event) => event.succeeded != null),
      (all) => new Set(all.map(({ commandId }) => commandId)).size === 10,
      patienceMs,
    );
    expect(new Set(succeeded.map(({ commandId }) => commandId)).size).toBe(10);
    await sleep(500);
    expect(got.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => `devices/valve/commands/c-${i}`));
  });
});
