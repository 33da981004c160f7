import { foldDevice, type DeviceState } from "@headwater/aggregates";
import { LogUnavailableError } from "@headwater/event-log";
import { nowMicros, randomToken, sleep } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeviceLog, tokenCredential } from "./device-log.ts";
import { startFaultyLog, type FaultyLog } from "./faulty-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";
import { NewDevice } from "./new-device.ts";
import { RawDevice } from "./raw-device.ts";

describe("a new device that registers itself", () => {
  let faulty: FaultyLog;
  let gateway: GatewayUnderTest;
  let devices: DeviceLog;
  let key: string;
  beforeEach(async () => {
    faulty = await startFaultyLog();
    gateway = await GatewayUnderTest.start({}, { log: faulty.log });
    devices = new DeviceLog(gateway.log, topics);
    key = await devices.provisioningKey({ id: "k1", devices: "line4-*", type: "meter", tags: { site: "north" } });
  });
  afterEach(async () => {
    await gateway.stop();
    await faulty.remove();
  });

  const connect = (secret = key) => NewDevice.connect(gateway.app.mqttPort, secret);

  it("logs in with its own token from then on, as what the key says", async () => {
    const token = randomToken();
    const answer = await (await connect()).ask({ device: "line4-7", token, attributes: { serial: "A-1" } });
    expect(answer).toEqual({ device: "line4-7", status: "registered" });
    const device = await gateway.connect("line4-7", token);
    await device.publishAsync("devices/line4-7/telemetry", '{"a":1}', { qos: 1 });
    const [event] = (await gateway.devices()).filter(({ id }) => id === "line4-7");
    expect(event).toMatchObject({ type: "meter", tags: { site: "north" }, updatedBy: "provisioning-key:k1" });
    expect(event!.attributes).toMatchObject({ serial: { text: "A-1" } });
    expect(JSON.stringify(event)).not.toContain(token);
  });

  it("asks again if the answer was lost, to the same effect and without a second device", async () => {
    const token = randomToken();
    for (let i = 0; i < 3; i += 1) {
      const asking = await connect();
      if (i === 0) asking.askWithoutListening({ device: "line4-7", token });
      else expect(await asking.ask({ device: "line4-7", token })).toMatchObject({ status: "registered" });
      asking.close();
    }
    // Those that asked at once may both be in the log; every reader takes the first.
    let state: DeviceState | undefined;
    for (const event of await gateway.devices()) ({ state } = foldDevice(state, event, 0));
    expect(state).toMatchObject({ revision: 1, device: { id: "line4-7" } });
    expect(state!.device!.credentials).toHaveLength(1);
  });

  it("never changes a device that is there, nor gets a credential of it", async () => {
    const { token, credential } = tokenCredential();
    await devices.register("line4-1", { credentials: [credential] });
    const answer = await (await connect()).ask({ device: "line4-1", token: randomToken() });
    expect(answer).toMatchObject({ device: "line4-1", status: "exists" });
    expect((await gateway.devices()).filter(({ id }) => id === "line4-1")).toHaveLength(1);
    expect((await gateway.connect("line4-1", token)).connected).toBe(true);
  });

  it("of two that ask for one id at once one gets it", async () => {
    const tokens = Array.from({ length: 6 }, () => randomToken());
    const asking = await Promise.all(tokens.map(() => connect()));
    const answers = await Promise.all(tokens.map((token, i) => asking[i]!.ask({ device: "line4-9", token })));
    const winner = answers.findIndex(({ status }) => status === "registered");
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      "exists",
      "exists",
      "exists",
      "exists",
      "exists",
      "registered",
    ]);
    expect((await gateway.connect("line4-9", tokens[winner])).connected).toBe(true);
  });

  it.each([
    [{ device: "line5-1" }, /devices called line4-\*/],
    [{ device: "line4-/x" }, /may not contain/],
    [{ device: "line4-1", token: "short" }, /32 to 256/],
    [{ device: "line4-1", token: "ab".repeat(20) }, /not random/],
    [{ device: "line4-1", type: "boiler" }, /"type" is not known/],
    [{ device: "line4-1", attributes: { a: { b: 1 } } }, /Attribute "a"/],
    [{ device: 7 }, /`device`/],
    ["no JSON", /has to be JSON/],
  ])("is refused as %j, with the reason", async (request, message) => {
    const body = typeof request === "string" ? request : { token: randomToken(), ...request };
    const answer = await (await connect()).ask(body);
    expect(answer.status).toBe("refused");
    expect(answer.reason).toMatch(message);
  });

  it("is told to come again while the log is away, and then gets in with the same request", async () => {
    const token = randomToken();
    const asking = await connect();
    faulty.failWith(() => new LogUnavailableError("away"), topics.devices);
    expect(await asking.ask({ device: "line4-7", token })).toMatchObject({ status: "later" });
    faulty.heal();
    expect(await asking.ask({ device: "line4-7", token })).toMatchObject({ status: "registered" });
    // A write to the log is repeated for five seconds before the device is told.
  });

  it("may do nothing else with the key", async () => {
    const elsewhere = await connect();
    expect(await elsewhere.granted("devices/line4-7/#", "#", "provision/#", "provision/request")).toEqual([
      128, 128, 128, 128,
    ]);
    elsewhere.publish("devices/line4-7/telemetry", '{"a":1}');
    await elsewhere.closed;
    expect(await gateway.events()).toEqual([]);
    expect(await gateway.quarantined()).toEqual([]);
  });

  it("is shut out when its key is revoked or expires, also one that is connected", async () => {
    const soon = await devices.provisioningKey({ id: "k2", expiresAt: nowMicros() + 9_000_000 });
    const [first, second] = [await connect(), await connect(soon)];
    await devices.deleteKey("k1");
    await first.closed;
    await second.closed;
    for (const secret of [key, soon, randomToken()]) await expect(connect(secret)).rejects.toThrow("refused with 4");
  });

  it("what it asks is passed on to nobody", async () => {
    await gateway.downGateway();
    await gateway.stop();
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
    devices = new DeviceLog(gateway.log, topics);
    key = await devices.provisioningKey({ id: "k1" });
    const listener = await gateway.connect();
    const overheard: string[] = [];
    listener.on("message", (topic) => overheard.push(topic));
    await listener.subscribeAsync("#");
    expect(await (await connect()).ask({ device: "d", token: randomToken() })).toMatchObject({ status: "registered" });
    await listener.publishAsync("trial", "1", { qos: 1 });
    await eventually(
      () => overheard,
      (all) => all.includes("trial"),
    );
    await sleep(20);
    expect(overheard).toEqual(["trial"]);
  });

  it.each([0, 1, 2] as const)(
    "what it asks at QoS %i to be retained is passed on to nobody, now or later",
    async (qos) => {
      await gateway.stop();
      gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
      devices = new DeviceLog(gateway.log, topics);
      key = await devices.provisioningKey({ id: "k1" });
      const port = gateway.app.mqttPort;
      const listener = await RawDevice.connect(port, { clientId: "listener" });
      await listener.subscribe([{ topic: "#", qos: 1 }]);
      const asking = await RawDevice.connect(port, { username: "provision", password: key, clientId: "" });
      await asking.subscribe([{ topic: "provision/response", qos: 0 }]);
      const request = JSON.stringify({ device: "d", token: randomToken() });
      asking.publish("provision/request", request, { qos, retain: true });
      await asking.until("publish");
      if (qos > 0) await asking.until(qos === 1 ? "puback" : "pubrec");
      // Whatever was kept or passed on is there before this.
      listener.publish("trial", "1", { retain: true });
      await listener.until("puback");
      const later = await RawDevice.connect(port, { clientId: "later" });
      await later.subscribe([{ topic: "#", qos: 1 }]);
      await Promise.all([listener.until("publish"), later.until("publish")]);
      await sleep(20);
      for (const { heard } of [listener, later]) {
        expect(heard.flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : []))).toEqual(["trial"]);
      }
    },
  );
});
