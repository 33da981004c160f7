import { sleep } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeviceLog, tokenCredential } from "./device-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const acl = JSON.stringify([
  { types: ["sensor"], publish: ["sites/{tag.site}/{device}/#"] },
  { types: ["panel"], tags: { site: ["north", "south"] }, subscribe: ["sites/{tag.site}/#"] },
]);

describe("topics beyond a device's own", () => {
  let gateway: GatewayUnderTest;
  let devices: DeviceLog;
  let sensor: string;
  let panel: string;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_ACL: acl });
    devices = new DeviceLog(gateway.log, topics);
    sensor = await devices.registerWithToken("sensor-1", { type: "sensor", tags: { site: "north" } });
    panel = await devices.registerWithToken("panel-1", { type: "panel", tags: { site: "north" } });
  });
  afterEach(() => gateway.stop());

  const connect = (username: string, password: string, clientId = "c", clean = false) =>
    RawDevice.connect(gateway.app.mqttPort, { username, password, clientId, clean });
  const subscribe = async (device: RawDevice, ...filters: string[]): Promise<readonly unknown[]> => {
    const before = device.count("suback");
    device.send({
      cmd: "subscribe",
      messageId: 7,
      subscriptions: filters.map((topic) => ({ topic, qos: 1 })),
    } as never);
    return ((await device.until("suback", before + 1)) as { granted: unknown[] }).granted;
  };
  const say = async (topic: string): Promise<void> => {
    const speaker = await connect("sensor-1", sensor, "speaker", true);
    speaker.publish(topic, "1");
    await speaker.until("puback");
    speaker.cut();
  };
  const heard = (device: RawDevice): string[] =>
    device.heard.flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : []));
  /** The next connection of a session, once all that waited for it has come: what comes last is its own. */
  const heardByNext = async (clientId = "c"): Promise<string[]> => {
    const next = await connect("panel-1", panel, clientId);
    await subscribe(next, "devices/panel-1/marker");
    next.publish("devices/panel-1/marker", "1", { messageId: 9 });
    await eventually(
      () => heard(next),
      (all) => all.includes("devices/panel-1/marker"),
    );
    next.cut();
    return heard(next).filter((topic) => topic !== "devices/panel-1/marker");
  };

  it("are what its type and tags give it, and what one says the other hears", async () => {
    const listener = await connect("panel-1", panel);
    expect(
      await subscribe(listener, "sites/north/+/alarm", "sites/#", "sites/south/#", "$share/g/sites/north/#"),
    ).toEqual([1, 128, 128, 128]);
    await say("sites/north/sensor-1/alarm");
    expect(await listener.until("publish")).toMatchObject({ topic: "sites/north/sensor-1/alarm" });
    const stranger = await connect("sensor-1", sensor, "x");
    stranger.publish("sites/south/sensor-1/alarm", "1");
    await stranger.closed;
  });

  it("a refused filter beside a granted one leaves nothing behind for the session", async () => {
    await devices.register("secret", { type: "sensor", tags: { site: "south" }, credentials: [] });
    const { token, credential } = tokenCredential();
    await devices.add("secret", credential);
    const first = await connect("panel-1", panel);
    expect(await subscribe(first, "sites/north/#", "sites/south/#")).toEqual([1, 128]);
    first.cut();
    await first.closed;
    const speaker = await connect("secret", token, "speaker", true);
    speaker.publish("sites/south/secret/alarm", "1");
    await speaker.until("puback");
    speaker.cut();
    await say("sites/north/sensor-1/alarm");
    expect(await heardByNext()).toEqual(["sites/north/sensor-1/alarm"]);
  });

  it("what waits for a session is there when it comes back", async () => {
    const first = await connect("panel-1", panel);
    await subscribe(first, "sites/north/#");
    first.cut();
    await say("sites/north/sensor-1/alarm");
    expect(await heardByNext()).toEqual(["sites/north/sensor-1/alarm"]);
  });

  it("tags that change end a connection whose subscription they no longer cover, and leave another alone", async () => {
    const listener = await connect("panel-1", panel, "listener");
    await subscribe(listener, "sites/north/#");
    const other = await connect("panel-1", panel, "other");
    await subscribe(other, "devices/panel-1/#");
    await devices.patch("panel-1", { tags: { site: "south" } });
    await listener.closed;
    expect(other.isClosed).toBe(false);
    expect(await subscribe(other, "sites/north/#", "sites/south/#")).toEqual([128, 1]);
    await say("sites/north/sensor-1/alarm");
    expect(await heardByNext("listener")).toEqual([]);
  });

  it("what waits for a session that is away goes with the right to hear it, and does not come back with it", async () => {
    const first = await connect("panel-1", panel);
    await subscribe(first, "sites/north/#");
    first.cut();
    await first.closed;
    await say("sites/north/sensor-1/before");
    await devices.patch("panel-1", { tags: { site: "south" } });
    await eventually(
      () => gateway.metric("headwater_gateway_sessions_restricted_total"),
      (count) => count > 0,
    );
    await say("sites/north/sensor-1/between");
    await devices.patch("panel-1", { tags: { site: "north" } });
    await sleep(50);
    await say("sites/north/sensor-1/after");
    expect(await heardByNext()).toEqual([]);
  });

  it("a device that was deleted and registered again finds nothing of the one before", async () => {
    const first = await connect("panel-1", panel);
    await subscribe(first, "sites/north/#", "devices/panel-1/#");
    first.cut();
    await first.closed;
    await say("sites/north/sensor-1/alarm");
    await devices.delete("panel-1");
    await eventually(
      () => gateway.metric("headwater_gateway_sessions_restricted_total"),
      (count) => count > 0,
    );
    panel = await devices.registerWithToken("panel-1", { type: "panel", tags: { site: "north" } });
    const again = await connect("panel-1", panel);
    expect(again.heard[0]).toMatchObject({ cmd: "connack", sessionPresent: false });
    again.cut();
    expect(await heardByNext()).toEqual([]);
  });

  it("publishing ends with the right to do so, on a connection that stays", async () => {
    const speaker = await connect("sensor-1", sensor, "s", true);
    speaker.publish("sites/north/sensor-1/a", "1", { messageId: 1 });
    await speaker.until("puback");
    await devices.patch("sensor-1", { tags: { site: "south" } });
    const south = await eventually(
      async () => {
        const trial = await connect("sensor-1", sensor, "trial", true);
        trial.publish("sites/south/sensor-1/a", "1");
        const acked = await trial.until("puback").then(
          () => true,
          () => false,
        );
        trial.cut();
        return acked;
      },
      (acked) => acked,
    );
    expect(south).toBe(true);
    expect(speaker.isClosed).toBe(false);
    speaker.publish("sites/north/sensor-1/a", "1", { messageId: 2 });
    await speaker.closed;
  });

  it("what was allowed when the gateway stopped is looked at again when it starts", async () => {
    const first = await connect("panel-1", panel);
    await subscribe(first, "sites/north/#");
    await gateway.downGateway();
    await devices.patch("panel-1", { tags: { site: "south" } });
    await gateway.upGateway();
    await say("sites/north/sensor-1/alarm").catch(() => {});
    expect(await heardByNext()).toEqual([]);
  });
});

describe("a client id", () => {
  let gateway: GatewayUnderTest;
  let devices: DeviceLog;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
    devices = new DeviceLog(gateway.log, topics);
  });
  afterEach(() => gateway.stop());

  it.each(["same", "a/b", "/", "../x", "b/same", "漢字 €", "\u{1F600}", "#", "one/same"])(
    "%j is another session for every principal, anonymous or not",
    async (clientId) => {
      const tokens = await Promise.all(["a", "b", "one"].map((id) => devices.registerWithToken(id)));
      const logins = ["a", "b", "one"].map((username, i) => ({ username, password: tokens[i]!, clientId }));
      // Names that begin as another principal's sessions do.
      const twisted = [`a/${clientId}`, `/${clientId}`, `one/${clientId}`].map((id) => ({ clientId: id }));
      const port = gateway.app.mqttPort;
      const all = await Promise.all(
        [...logins, { clientId }, ...twisted].map((login) => RawDevice.connect(port, { ...login, clean: false })),
      );
      for (const [i, device] of all.entries()) {
        device.publish(i < 3 ? `devices/${logins[i]!.username}/telemetry` : "trial", '{"a":1}', { messageId: i + 1 });
        await device.until("puback");
      }
      expect(all.map(({ isClosed }) => isClosed)).toEqual(all.map(() => false));
      for (const device of all) device.cut();
    },
  );

  it("that is empty, with a clean session, is a session of its own each time", async () => {
    const token = await devices.registerWithToken("a");
    const login = { username: "a", password: token, clientId: "" };
    const [one, two] = [
      await RawDevice.connect(gateway.app.mqttPort, login),
      await RawDevice.connect(gateway.app.mqttPort, login),
    ];
    two.publish("devices/a/telemetry", '{"a":1}');
    await two.until("puback");
    expect(one.isClosed).toBe(false);
    one.cut();
    two.cut();
  });

  it("takes over the session of its own principal", async () => {
    const token = await devices.registerWithToken("a");
    const login = { username: "a", password: token, clientId: "same" };
    const one = await RawDevice.connect(gateway.app.mqttPort, login);
    const two = await RawDevice.connect(gateway.app.mqttPort, login);
    await one.closed;
    expect(two.isClosed).toBe(false);
    two.cut();
  });
});
