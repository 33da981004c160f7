import type { IPublishPacket } from "mqtt-packet";
import { sleep } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bridged, bridges, BridgeScene, patienceMs } from "./bridge-under-test.ts";
import { eventually } from "@headwater/testkit/eventually";

let scene: BridgeScene;

beforeEach(() => {
  scene = new BridgeScene();
});

afterEach(() => scene.close());

describe("commands through a bridge", () => {
  const plant = { name: "plant", subscriptions: [{ filter: "#" }], commands: {} };

  it("carry what MQTT 5 has for requests; a reply is for the command that its correlation data names", async () => {
    const broker = await scene.broker();
    const gateway = await scene.gateway(bridges({ ...plant, protocol: "5", url: broker.url }));
    const pump = await scene.device(broker.url, { protocolVersion: 5 });
    const got: (IPublishPacket["properties"] & { id: string })[] = [];
    pump.on("message", (topic, _payload, { properties }) => {
      const { correlationData = Buffer.alloc(0) } = properties ?? {};
      got.push({ ...properties, id: topic.split("/").at(-1)! });
      // The response topic of the first command, for all.
      pump.publish(got[0]!.responseTopic ?? "none", `{"status":"succeeded","result":"${String(correlationData)}"}`, {
        ...{ qos: 1, properties: { correlationData } },
      });
    });
    await pump.subscribeAsync("devices/pump/commands/+", { qos: 1 });
    await bridged(gateway, pump);
    await pump.publishAsync("devices/pump/telemetry", '{"a":1}', { qos: 1 });
    for (const id of ["p-1", "p-2"]) {
      await gateway.requestCommand("pump", id, { name: "shut", ttlMs: 600_000 });
      await eventually(
        async () => (await gateway.commands()).filter((event) => event.commandId === id && event.succeeded != null),
        (events) => events.length > 0 && events[0]!.succeeded!.result === `"${id}"`,
        patienceMs,
      );
    }
    expect(got).toMatchObject([
      { id: "p-1", responseTopic: "devices/pump/commands/p-1/reply", contentType: "application/json" },
      { id: "p-2", responseTopic: "devices/pump/commands/p-2/reply", payloadFormatIndicator: true },
    ]);
    // Mosquitto takes off what the message spent there.
    expect(got[1]!.messageExpiryInterval).toBeGreaterThan(0);
    expect(got[1]!.messageExpiryInterval).toBeLessThanOrEqual(600);
  });

  it("wait for a device to be heard; delivered is what the broker has; none is sent again after a restart", async () => {
    const broker = await scene.broker();
    const gateway = await scene.gateway(bridges({ ...plant, url: broker.url }));
    const valve = await scene.device(broker.url);
    const got: string[] = [];
    valve.on("message", (topic) => got.push(topic));
    await valve.subscribeAsync("devices/valve/commands/+", { qos: 1 });
    await bridged(gateway, valve);
    await gateway.requestCommand("valve", "early", { name: "shut" });
    await sleep(300);
    expect(got).toEqual([]);
    await valve.publishAsync("devices/valve/telemetry", '{"a":1}', { qos: 1 });
    const all = await eventually(
      () => gateway.commands(),
      (events) => events.some(({ delivered }) => delivered != null),
      patienceMs,
    );
    expect(all.filter(({ delivered }) => delivered != null)).toMatchObject([{ commandId: "early" }]);
    await gateway.restart();
    await bridged(gateway, valve);
    // It was heard before the restart: that is known.
    await gateway.requestCommand("valve", "late", { name: "open" });
    await eventually(
      () => got.length,
      (count) => count > 1,
      patienceMs,
    );
    await sleep(300);
    expect(got).toEqual(["devices/valve/commands/early", "devices/valve/commands/late"]);
  });
});
