import { eventually } from "@headwater/testkit/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

describe("a keep alive that the gateway sets (MQTT 5, 3.2.2.3.14)", () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_MAX_KEEP_ALIVE_MS: "1000" });
  });
  afterAll(() => gateway.stop());

  const connect = async (id: string, version: 4 | 5, keepalive: number) =>
    RawDevice.connect(gateway.app.mqttPort, {
      ...{ username: id, password: await gateway.register(id), clientId: "c", version, keepalive },
    });
  const reasonsOf = async (id: string) =>
    (await gateway.presence()).flatMap(({ device, disconnected }) =>
      device === id && disconnected != null ? [disconnected.reason] : [],
    );

  it.each([0, 3600])("one that asks for %i s is told, and ended with its reason if it is silent", async (keepalive) => {
    const id = `silent-${keepalive}`;
    const device = await connect(id, 5, keepalive);
    expect(device.heard[0]).toMatchObject({ properties: { serverKeepAlive: 1 } });
    await device.closed;
    expect(await device.until("disconnect")).toMatchObject({
      reasonCode: 0x8d,
      properties: { reasonString: "Nothing came for one and a half times the keep alive" },
    });
    await eventually(async () => expect(await reasonsOf(id)).toEqual(["keep-alive"]));
  });

  it("one of 3.1.1, which nobody can tell, stays by what it asked for, and one that asks for less by that", async () => {
    const older = await connect("older", 4, 0);
    const shorter = await connect("shorter", 5, 1);
    expect(shorter.heard[0]).not.toHaveProperty("properties.serverKeepAlive");
    await shorter.closed;
    // As silent for as long as the other one.
    older.send({ cmd: "pingreq" });
    await older.until("pingresp");
    expect(older.isClosed).toBe(false);
    older.cut();
  });
});
