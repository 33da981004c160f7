import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const quotaExceeded = 0x97;
const notAuthorized = 0x87;

describe.each([4, 5] as const)("SUBACK of version %i", (version) => {
  let gateway: GatewayUnderTest;
  let token: string;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true", HEADWATER_MQTT_MAX_SUBSCRIPTIONS: "3" });
    token = await gateway.register("d");
  });
  afterAll(() => gateway.stop());

  const failure = version === 5 ? notAuthorized : 0x80;
  const connect = (login: object = {}) => RawDevice.connect(gateway.app.mqttPort, { clientId: "c", version, ...login });
  const subscribe = async (device: RawDevice, ...topics: string[]): Promise<unknown[]> => {
    const before = device.count("suback");
    device.send({ cmd: "subscribe", messageId: 7, subscriptions: topics.map((topic) => ({ topic, qos: 1 })) } as never);
    return ((await device.until("suback", before + 1)) as { granted: unknown[] }).granted;
  };

  it("says of a subscription more than a session may have that it is too many", async () => {
    const tooMany = version === 5 ? quotaExceeded : 0x80;
    for (const clean of [true, false]) {
      const device = await connect({ clean });
      expect(await subscribe(device, "a", "b")).toEqual([1, 1]);
      expect(await subscribe(device, "$SYS/#", "c", "d", "a", "e")).toEqual([failure, 1, tooMany, 1, tooMany]);
      device.cut();
    }
  });

  it.runIf(version === 5)(
    "says in words why, to whoever wants to be told, in no larger packet than it takes",
    async () => {
      const told = async (properties: object): Promise<string | undefined> => {
        const device = await connect({ properties });
        await subscribe(device, "a", "$SYS/#", "b", "c", "d", "e");
        const { properties: answered } = (await device.until("suback")) as { properties?: { reasonString: string } };
        device.cut();
        return answered?.reasonString;
      };
      expect(await told({})).toMatch(/no rule allows it.*; A session has no more subscriptions/);
      expect(await told({ requestProblemInformation: false })).toBeUndefined();
      expect(await told({ maximumPacketSize: 100 })).toBeUndefined();
    },
  );

  it("has a code for each filter, in their order, also of filters that come twice", async () => {
    const device = await connect();
    expect(await subscribe(device, "b", "$SYS/1", "1", "b", "$SYS/1")).toEqual([1, failure, 1, 1, failure]);
    expect(await subscribe(device, "b", "$SYS/1", "1")).toEqual([1, failure, 1]);
    device.cut();
  });

  it("a message has no higher QoS than was granted, by a wildcard too, connected or not", async () => {
    const say = async (payload: string): Promise<void> => {
      const speaker = await RawDevice.connect(gateway.app.mqttPort, { clientId: "speaker" });
      speaker.publish("q/1", payload, { qos: 2 });
      await speaker.until("pubrec");
      speaker.cut();
    };
    const first = await connect({ clientId: "granted", clean: false });
    expect(await subscribe(first, "q/+")).toEqual([1]);
    await say("1");
    expect(await first.until("publish")).toMatchObject({ qos: 1 });
    first.cut();
    await first.closed;
    await say("2");
    const second = await connect({ clientId: "granted", clean: false });
    expect(await second.until("publish", 2)).toMatchObject({ qos: 1 });
    second.cut();
    const teller = await RawDevice.connect(gateway.app.mqttPort, { clientId: "teller" });
    teller.send({ cmd: "publish", topic: "kept/1", payload: "x", qos: 1, messageId: 1, dup: false, retain: true });
    await teller.until("puback");
    const third = await connect({ clientId: "third" });
    third.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "kept/+", qos: 0 }] } as never);
    expect(await third.until("publish")).toMatchObject({ qos: 0, retain: true });
    third.cut();
    teller.cut();
  });

  it("names that every object has are filters like others, or refused; the gateway goes on", async () => {
    for (const filters of [["__proto__"], ["__proto__", "__proto__"], ["constructor", "toString"]]) {
      const device = await connect();
      expect(await subscribe(device, ...filters)).toEqual(filters.map(() => 1));
      device.send({ cmd: "publish", topic: filters[0]!, payload: "x", qos: 0, dup: false, retain: false });
      expect(await device.until("publish")).toMatchObject({ topic: filters[0] });
      device.cut();
    }
    const device = await connect();
    expect(await subscribe(device, "a", "__proto__")).toEqual([1, 0x80]);
    device.cut();
    const own = await connect({ username: "d", password: token });
    expect(await subscribe(own, "__proto__", "devices/d/a")).toEqual([0x80, 1]);
    own.cut();
  });
});
