import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestAuthority, writeServerFiles } from "./certificates.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";

describe("a gateway with every listener", () => {
  let folder: string;
  let authority: TestAuthority;
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "listeners-"));
    authority = await TestAuthority.create();
    gateway = await GatewayUnderTest.start({
      ...(await writeServerFiles(folder, authority)),
      HEADWATER_MQTT_WS_PORT: "0",
    });
  });
  afterEach(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("names them", () => {
    const { mqttAddresses, mqttPort } = gateway.app;
    expect(mqttAddresses.map(({ url }) => url.replace(/\d{4,}/, "PORT"))).toEqual([
      "mqtt://127.0.0.1:PORT",
      "mqtts://127.0.0.1:PORT",
      "ws://127.0.0.1:PORT/mqtt",
      "wss://127.0.0.1:PORT/mqtt",
    ]);
    expect(mqttAddresses[0]!.port).toBe(mqttPort);
    expect(new Set(mqttAddresses.map(({ port }) => port)).size).toBe(4);
  });

  it("takes the same messages over each", async () => {
    const token = await gateway.register("d");
    for (const { transport, url } of gateway.app.mqttAddresses) {
      const device = await gateway.connectTo(url, { username: "d", password: token, ca: authority.cert });
      await device.publishAsync("devices/d/telemetry", `{"t":"${transport}"}`, { qos: 1 });
      expect(await gateway.metric("headwater_gateway_accepted_connections_total", `"${transport}"`)).toBe(1);
      expect(await gateway.metric("headwater_gateway_open_connections", `"${transport}"`)).toBe(1);
      await device.endAsync();
      await eventually(
        () => gateway.metric("headwater_gateway_open_connections", `"${transport}"`),
        (count) => count === 0,
      );
    }
    const events = await gateway.events();
    expect(events.flatMap(({ readings }) => readings.map(({ value }) => value))).toHaveLength(4);
  });
});
