import { eventually } from "@headwater/testkit/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeviceLog } from "./device-log.ts";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const acl = JSON.stringify([
  {
    types: ["backend"],
    subscribe: ["$share/workers/sites/{tag.site}/#", "$share/+/devices/+/commands/+/reply", "seen/#"],
  },
  { types: ["sensor"], publish: ["sites/#"] },
  { deny: true, subscribe: ["sites/+/secret/#"] },
]);
const shared = "$share/workers/sites/north/#";
const notAuthorized = 0x87;

type Heard = { topic: string; payload: Buffer; qos: number; messageId: number; dup: boolean };

describe("shared subscriptions", () => {
  let gateway: GatewayUnderTest;
  let backend: string;
  let token: string;
  let sensor: RawDevice;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_ACL: acl, HEADWATER_MQTT_MAX_QUEUED_MESSAGES: "20" });
    const devices = new DeviceLog(gateway.log, topics);
    backend = await devices.registerWithToken("backend", { type: "backend", tags: { site: "north" } });
    token = await devices.registerWithToken("sensor", { type: "sensor", tags: { site: "north" } });
    sensor = await RawDevice.connect(gateway.app.mqttPort, { clientId: "s", username: "sensor", password: token });
  });
  afterAll(() => gateway.stop());

  const connect = (clientId: string, login: object = {}) =>
    RawDevice.connect(gateway.app.mqttPort, {
      ...{ clientId, username: "backend", password: backend, version: 5 as const },
      ...login,
    });
  const subscribe = async (device: RawDevice, ...filters: readonly (string | object)[]): Promise<unknown[]> => {
    const before = device.count("suback");
    const subscriptions = filters.map((one) => (typeof one === "string" ? { topic: one, qos: 1 } : one));
    device.send({ cmd: "subscribe", messageId: 9, subscriptions } as never);
    return ((await device.until("suback", before + 1)) as { granted: unknown[] }).granted;
  };
  const member = async (clientId: string, filter: string | object = shared, login: object = {}): Promise<RawDevice> => {
    const device = await connect(clientId, login);
    expect((await subscribe(device, filter))[0]).toBeLessThan(3);
    return device;
  };
  const heardBy = (device: RawDevice): Heard[] =>
    device.heard.filter(({ cmd }) => cmd === "publish") as unknown as Heard[];
  const texts = (...devices: RawDevice[]): string[] =>
    devices.flatMap((device) => heardBy(device).map(({ payload }) => payload.toString()));
  /** Says each of them, and waits until it is acknowledged. */
  const say = async (payloads: readonly string[], qos: 0 | 1 | 2 = 1, topic = "sites/north/a"): Promise<void> => {
    const ack = qos === 2 ? "pubrec" : "puback";
    const before = sensor.count(ack);
    payloads.forEach((payload, index) => sensor.publish(topic, payload, { qos, messageId: index + 1 }));
    if (qos > 0) await sensor.until(ack, before + payloads.length);
    if (qos === 2) payloads.forEach((_, index) => sensor.send({ cmd: "pubrel", messageId: index + 1 }));
  };
  const acknowledge = (device: RawDevice, cmd: "puback" | "pubrec" | "pubcomp" = "puback"): void =>
    heardBy(device).forEach(({ messageId }) => device.send({ cmd, messageId }));
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));
  const away = async (...devices: RawDevice[]): Promise<void> => {
    for (const device of devices) {
      device.send({ cmd: "disconnect" });
      device.cut();
      await device.closed;
    }
    await eventually(async () => expect(await gateway.metric("headwater_gateway_connections")).toBe(1));
  };

  it("are told of in CONNACK to those who may, and granted by a rule of their own", async () => {
    const worker = await connect("w");
    const [connack] = worker.heard as { properties?: object }[];
    expect(connack!.properties).toMatchObject({ sharedSubscriptionAvailable: true });
    expect(
      await subscribe(
        worker,
        shared,
        "$share/others/sites/north/#",
        "$share/workers/sites/#",
        "sites/north/#",
        "seen/#",
      ),
    ).toEqual([1, notAuthorized, notAuthorized, notAuthorized, 1]);
    expect(await subscribe(worker, "$share/workers/sites/north/secret/#", "$share/workers/$SYS/#")).toEqual([
      notAuthorized,
      notAuthorized,
    ]);
    worker.send({ cmd: "unsubscribe", messageId: 3, unsubscriptions: [shared, "$share/workers/x"] });
    expect(await worker.until("unsuback")).toMatchObject({ granted: [0, 0x11] });
    const older = await connect("older", { version: 4 });
    expect(await subscribe(older, shared, "$share/workers", "$share//sites/north/#", "sites/north/#")).toEqual([
      1, 0x80, 0x80, 0x80,
    ]);
    await away(worker, older);
  });

  it.each([
    ["$share//a", 0, 0x81],
    ["$share/workers/", 0, 0x81],
    ["$share/work+/sites/north/#", 0, 0x81],
    [shared, 1, 0x82],
  ])("%s with No Local %i ends the connection with its reason", async (topic, nl, reasonCode) => {
    const worker = await connect("w");
    worker.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 1, nl: nl === 1 }] } as never);
    expect(await worker.until("disconnect")).toMatchObject({ reasonCode });
    await away(worker);
  });

  it.each([0, 1, 2] as const)("each message of QoS %i goes to one member, in turn", async (qos) => {
    const workers = [
      await member("a", { topic: shared, qos: 2 }),
      await member("b"),
      await member("c", shared, { version: 4 }),
    ];
    await say(numbers(12), qos);
    await eventually(() => expect(texts(...workers).toSorted()).toEqual(numbers(12).toSorted()));
    for (const worker of workers) {
      expect(heardBy(worker)).toHaveLength(4);
      expect(heardBy(worker).every((one) => one.qos === Math.min(qos, worker === workers[0] ? 2 : 1))).toBe(true);
    }
    await away(...workers);
  });

  it("who has subscribed by itself hears what its group hears too, and the denied nobody", async () => {
    const [worker, other] = [await member("a"), await member("b")];
    await say(["x"], 1, "sites/north/secret/1");
    await say(["y"]);
    await eventually(() => expect(texts(worker, other)).toEqual(["y"]));
    await away(worker, other);
  });

  it.each([0, 1] as const)(
    "what a member of QoS 1 that leaves (abruptly: %i) has not acknowledged goes to another",
    async (abruptly) => {
      const [first, second] = [await member("a"), await member("b")];
      await say(numbers(10));
      await eventually(() => expect(texts(first, second)).toHaveLength(10));
      acknowledge(second);
      if (abruptly === 0) first.send({ cmd: "disconnect" });
      first.cut();
      await eventually(() => expect(texts(second).toSorted()).toEqual(numbers(10)));
      expect(heardBy(second).every(({ dup }) => !dup)).toBe(true);
      await away(second);
    },
  );

  it("what a member refuses, or has acknowledged, no other gets", async () => {
    const [first, second] = [await member("a"), await member("b")];
    await say(["1", "2"]);
    await eventually(() => expect(texts(first, second)).toHaveLength(2));
    for (const { messageId } of heardBy(first)) first.send({ cmd: "puback", messageId, reasonCode: 0x83 } as never);
    acknowledge(second);
    first.send({ cmd: "pingreq" });
    await first.until("pingresp");
    first.cut();
    await first.closed;
    await say(["3"]);
    await eventually(() => expect(texts(second)).toContain("3"));
    expect(texts(second)).toHaveLength(2);
    await away(second);
  });

  it("a message of QoS 2 that a member was sent goes to no other", async () => {
    const subscription = { topic: shared, qos: 2 };
    const [first, second] = [await member("a", subscription), await member("b", subscription)];
    await say(["1", "2"], 2);
    await eventually(() => expect(texts(first, second)).toHaveLength(2));
    first.cut();
    await first.closed;
    await say(["3"], 2);
    await eventually(() => expect(texts(second)).toContain("3"));
    expect(texts(second)).toHaveLength(2);
    await away(second);
  });

  it("a session that waits keeps what it was given, and hears more only while nobody else is there", async () => {
    const kept = { clean: false };
    const sleeper = await member("sleeper", shared, kept);
    await say(["1"]);
    await sleeper.until("publish");
    sleeper.cut();
    await sleeper.closed;
    await say(["2", "3"]);
    const worker = await member("w");
    await say(["4"]);
    await eventually(() => expect(texts(worker)).toEqual(["4"]));
    const back = await connect("sleeper", kept);
    await eventually(() => expect(texts(back)).toEqual(["1", "2", "3"]));
    expect(heardBy(back).map(({ dup }) => dup)).toEqual([true, false, false]);
    // It ends: what it has not acknowledged is the worker's.
    const anew = await connect("sleeper");
    await eventually(() => expect(texts(worker).toSorted()).toEqual(["1", "2", "3", "4"]));
    await away(worker, anew);
  });

  it("a session keeps its place in its group across a restart and a change of version", async () => {
    const sleeper = await member("sleeper", shared, { clean: false, version: 4 });
    sleeper.cut();
    await sleeper.closed;
    await gateway.restart();
    sensor = await RawDevice.connect(gateway.app.mqttPort, { clientId: "s", username: "sensor", password: token });
    await say(["1"]);
    const back = await connect("sleeper", { clean: false });
    await eventually(() => expect(texts(back)).toEqual(["1"]));
    acknowledge(back);
    await say(["2"]);
    await eventually(() => expect(texts(back)).toEqual(["1", "2"]));
    const over = await connect("sleeper");
    await away(over);
  });

  it("no member has more than may wait for a session; what nobody has room for is counted", async () => {
    const [first, second] = [await member("a"), await member("b")];
    await say(numbers(50));
    await eventually(async () =>
      expect(await gateway.metric("headwater_gateway_refused_total", 'reason="shared-messages"')).toBe(10),
    );
    await eventually(() => expect(texts(first, second)).toHaveLength(40));
    await away(first, second);
  });
});
