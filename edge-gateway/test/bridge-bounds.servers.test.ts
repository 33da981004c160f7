import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { BridgeConfig } from "../src/config/bridge-settings.ts";
import { bridged, bridges, BridgeScene, patienceMs } from "./bridge-under-test.ts";

const plant = {
  name: "plant",
  protocol: "5",
  subscriptions: [{ filter: "#" }],
  commands: {},
} satisfies Partial<BridgeConfig>;

let scene: BridgeScene;
beforeEach(() => {
  scene = new BridgeScene();
});
afterEach(() => scene.close());

it("a command that is larger than Mosquitto takes is rejected, and those behind it are sent", async () => {
  const broker = await scene.broker({ config: ["max_packet_size 400"] });
  const gateway = await scene.gateway(bridges({ ...plant, url: broker.url }));
  const pump = await scene.device(broker.url, { protocolVersion: 5 });
  const got: string[] = [];
  pump.on("message", (topic) => got.push(topic));
  await pump.subscribeAsync("devices/pump/commands/+", { qos: 1 });
  await bridged(gateway, pump);
  await pump.publishAsync("devices/pump/telemetry", '{"a":1}', { qos: 1 });
  const params = JSON.stringify({ text: "y".repeat(400) });
  await gateway.requestCommand("pump", "large", { name: "show", params, ttlMs: 600_000 });
  await gateway.requestCommand("pump", "small", { name: "show", ttlMs: 600_000 });
  const all = await eventually(
    () => gateway.commands(),
    (events) => events.some(({ delivered }) => delivered != null) && events.some(({ rejected }) => rejected != null),
    patienceMs,
  );
  expect(all.filter(({ rejected }) => rejected != null)).toMatchObject([{ commandId: "large" }]);
  expect(JSON.stringify(all)).toContain("larger than the broker of the bridge takes");
  expect(all.filter(({ delivered }) => delivered != null)).toMatchObject([{ commandId: "small" }]);
  expect(got).toEqual(["devices/pump/commands/small"]);
  expect(await gateway.metric("headwater_gateway_bridge_ended_total")).toBe(0);
});

it("a Mosquitto that takes one message at a time gets all commands of many devices", async () => {
  const broker = await scene.broker({ config: ["max_inflight_messages 1"] });
  const gateway = await scene.gateway(bridges({ ...plant, url: broker.url }));
  const fleet = await scene.device(broker.url, { protocolVersion: 5 });
  const got: string[] = [];
  fleet.on("message", (topic) => got.push(topic));
  await fleet.subscribeAsync("devices/+/commands/+", { qos: 1 });
  await bridged(gateway, fleet);
  const devices = Array.from({ length: 30 }, (_, index) => `d-${index}`);
  for (const device of devices) await fleet.publishAsync(`devices/${device}/telemetry`, '{"a":1}', { qos: 1 });
  await Promise.all(
    devices.map((device) => gateway.requestCommand(device, `c-${device}`, { name: "shut", ttlMs: 600_000 })),
  );
  await eventually(
    async () => (await gateway.commands()).filter(({ delivered }) => delivered != null).length,
    (count) => count === devices.length,
    patienceMs,
  );
  expect(got.toSorted()).toEqual(devices.map((device) => `devices/${device}/commands/c-${device}`).toSorted());
  expect(await gateway.metric("headwater_gateway_bridge_ended_total")).toBe(0);
});
