import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";

const version5 = { protocolVersion: 5 } as const;
const noMatchingSubscribers = 0x10;

describe("acknowledgements of MQTT 5", () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
  });
  afterAll(() => gateway.stop());

  it("say so if a message is for nobody: it becomes no record, and nobody has subscribed", async () => {
    const client = await gateway.connect(undefined, undefined, version5);
    const codes: (number | undefined)[] = [];
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "puback") codes.push(packet.reasonCode);
    });
    const reasonOf = async (topic: string, retain = false): Promise<number | undefined> => {
      await client.publishAsync(topic, "1", { qos: 1, retain });
      return codes.at(-1);
    };
    expect(await reasonOf("somewhere/else")).toBe(noMatchingSubscribers);
    // What is retained is for whoever comes.
    expect(await reasonOf("somewhere/kept", true)).toBe(0);
    expect(await reasonOf("devices/x/telemetry/value/a")).toBe(0);
    const other = await gateway.connect(undefined, undefined, version5);
    await other.subscribeAsync("somewhere/#", { qos: 1 });
    expect(await reasonOf("somewhere/else")).toBe(0);
  });

  it("set the pace of a client that does not count what is unacknowledged", async () => {
    // mqtt.js sends all at once, whatever the receive maximum of CONNACK.
    const client = await gateway.connectDevice("bursts", version5);
    let closed = 0;
    client.on("close", () => (closed += 1));
    const payloads = Array.from({ length: 3000 }, (_, index) => `{"n": ${index}}`);
    await Promise.all(payloads.map((payload) => client.publishAsync("devices/bursts/telemetry", payload, { qos: 1 })));
    expect(closed).toBe(0);
  });
});
