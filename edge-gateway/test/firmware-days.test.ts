import { readingValue } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FirmwareDay, Told } from "./firmware/firmware-day.ts";
import { homeAssistantDay, zigbee2mqttDay } from "./firmware/hub-days.ts";
import { milesightDay, ownTracksDay, ruuviDay, teltonikaDay, thingsBoardDay } from "./firmware/route-days.ts";
import { shellyGen1Day, shellyGen2Day } from "./firmware/shelly-days.ts";
import { tasmotaDay } from "./firmware/tasmota-day.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const days = [
  ...[tasmotaDay, shellyGen1Day, shellyGen2Day, zigbee2mqttDay, homeAssistantDay],
  ...[thingsBoardDay, ownTracksDay, ruuviDay, milesightDay, teltonikaDay],
];
const asCases = days.map((day) => [day.name, day] as const);

let gateway: GatewayUnderTest;

async function startFor(...started: readonly FirmwareDay[]): Promise<void> {
  gateway = await GatewayUnderTest.start({
    HEADWATER_MQTT_ANONYMOUS: "true",
    HEADWATER_ROUTES: JSON.stringify(started.flatMap(({ routes }) => routes)),
    HEADWATER_ACL: JSON.stringify(started.flatMap(({ acl = [] }) => acl)),
  });
}

async function logIn(id: string, will?: FirmwareDay["will"]): Promise<RawDevice> {
  const login = { clientId: `c-${id}`, username: id, password: await gateway.register(id) };
  return RawDevice.connect(gateway.app.mqttPort, {
    ...login,
    ...(will !== undefined && { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
  });
}

/** Whether each is granted. */
async function subscribe(device: RawDevice, filters: readonly string[]): Promise<boolean[]> {
  const before = device.count("suback");
  for (const [index, topic] of filters.entries())
    device.send({ cmd: "subscribe", messageId: 9000 + index, subscriptions: [{ topic, qos: 1 }] } as never);
  if (filters.length > 0) await device.until("suback", before + filters.length);
  return device.heard
    .flatMap((packet) => (packet.cmd === "suback" ? [packet] : []))
    .slice(before)
    .toSorted((one, other) => one.messageId! - other.messageId!)
    .map(({ granted }) => granted[0] !== 128);
}

async function tellAll(device: RawDevice, tells: readonly Told[]): Promise<void> {
  for (const [index, { topic, payload, means }] of tells.entries()) {
    const retain = "ignored" in means && means.ignored === "retained-clear";
    device.send({ cmd: "publish", topic, payload, qos: 1, messageId: index + 1, dup: false, retain });
  }
  await device.until("puback", tells.length);
}

/** Without an order among devices, whose partitions may differ. */
const byDevice = <T extends { readonly device: string }>(all: readonly T[]) =>
  Object.fromEntries([...Map.groupBy(all, ({ device }) => device)].toSorted(([a], [b]) => (a < b ? -1 : 1)));

function meantReadings({ device: sender, tells }: FirmwareDay) {
  return tells.flatMap(({ means }) => {
    if (!("readings" in means)) return [];
    const { device = sender, readings, at } = means;
    return [{ device, readings, at: at === undefined ? undefined : at * 1000 }];
  });
}

async function heardReadings() {
  return (await gateway.events()).map(({ device, readings, eventTime, receivedAt }) => ({
    device,
    readings: Object.fromEntries(
      readings.map((reading) => {
        const value = readingValue(reading);
        return [reading.metric, reading.unit === "" ? value : [value, reading.unit]];
      }),
    ),
    at: eventTime === receivedAt ? undefined : eventTime,
  }));
}

/** By what devices say, not by the connections themselves. */
async function toldPresence() {
  const byContent = new Set(["tasmota", "shelly", "zigbee2mqtt"]);
  return (await gateway.presence())
    .filter(({ session }) => byContent.has(session))
    .map(({ device, connected }) => ({ device, online: connected !== null && connected !== undefined }));
}

describe.each(asCases)("a whole day of %s", (_name, day) => {
  let listener: RawDevice;
  beforeAll(async () => {
    await startFor(day);
    listener = await RawDevice.connect(gateway.app.mqttPort, { clientId: "listener" });
    await subscribe(listener, ["#"]);
  });
  afterAll(async () => {
    listener.cut();
    await gateway.stop();
  });

  it("means what its documentation says, is acknowledged, and does not cost it its connection", async () => {
    const device = await logIn(day.device, day.will);
    expect(await subscribe(device, Object.keys(day.subscribes))).toEqual(Object.values(day.subscribes));
    await tellAll(device, day.tells);
    expect(device.isClosed).toBe(false);

    expect(byDevice(await heardReadings())).toEqual(byDevice(meantReadings(day)));
    const online = day.tells.flatMap(({ means }) =>
      "online" in means ? [{ device: means.device ?? day.device, online: means.online }] : [],
    );
    expect(byDevice(await toldPresence())).toEqual(byDevice(online));
    const reasons = day.tells.flatMap(({ means }) => ("ignored" in means ? [means.ignored] : []));
    for (const reason of new Set(reasons))
      expect(await gateway.metric("headwater_gateway_ignored_total", `reason="${reason}"`), reason).toBe(
        reasons.filter((other) => other === reason).length,
      );
    expect(await gateway.quarantined()).toEqual([]);

    // What it says goes to whoever may hear it, but for what names no device; `me` is nobody's to hear.
    const passedOn = day.tells.filter(({ means }) => !("nobody" in means) && day.isPersonal !== true);
    await eventually(
      () => listener.count("publish"),
      (count) => count >= passedOn.length,
    );
    const topics = listener.heard.flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : []));
    expect(topics.toSorted()).toEqual(passedOn.map(({ topic }) => topic).toSorted());

    const events = (await gateway.events()).length;
    device.cut();
    if (day.will !== undefined) await listener.until("publish", passedOn.length + 1);
    // Nobody acknowledges a will: it may be heard before it is in the log.
    const withWill = await eventually(
      () => gateway.events(),
      (all) => all.length > events || day.willIsReading !== true,
    );
    expect(withWill).toHaveLength(events + (day.willIsReading === true ? 1 : 0));
    expect(await gateway.quarantined()).toEqual([]);
  });

  if (day.isPersonal === true) return;
  it("is no other device's to tell or to hear", async () => {
    const [events, heard] = [(await gateway.events()).length, listener.count("publish")];
    const granted = Object.keys(day.subscribes).filter((filter) => day.subscribes[filter] === true);
    const shared = new Set(day.tells.flatMap(({ topic, means }) => ("nobody" in means ? [topic] : [])));
    const token = await gateway.register("intruder");
    for (const topic of new Set(day.tells.map((told) => told.topic))) {
      const login = { clientId: "i", username: "intruder", password: token };
      const intruder = await RawDevice.connect(gateway.app.mqttPort, login);
      expect(await subscribe(intruder, granted)).toEqual(granted.map(() => false));
      intruder.publish(topic, '{"a":1}');
      // A caller's topic for answers is open to everyone who answers, and nobody hears it.
      if (shared.has(topic) || /^[^/]+\/rpc$/.test(topic)) await intruder.until("puback");
      else {
        await intruder.closed;
        expect(intruder.count("puback"), topic).toBe(0);
      }
      intruder.cut();
    }
    expect(await gateway.events()).toHaveLength(events);
    expect(await gateway.quarantined()).toEqual([]);
    expect(listener.count("publish")).toBe(heard);
  });
});

describe("all profiles at once", () => {
  afterAll(() => gateway.stop());

  it("take nothing from each other", async () => {
    const profiles = [zigbee2mqttDay, homeAssistantDay, tasmotaDay, shellyGen1Day, shellyGen2Day];
    await startFor(...profiles.filter((day) => day !== shellyGen2Day));
    for (const day of profiles) {
      const device = await logIn(day.device, day.will);
      expect(await subscribe(device, Object.keys(day.subscribes))).toEqual(Object.values(day.subscribes));
      await tellAll(device, day.tells);
      expect(device.isClosed, day.name).toBe(false);
      device.cut();
    }
    expect(byDevice(await heardReadings())).toEqual(byDevice(profiles.flatMap((day) => meantReadings(day))));
    expect(await gateway.quarantined()).toEqual([]);
  });
});
