import { brokerRoutes, type DecodedMessage, defaultDecodeLimits } from "@headwater/decode";
import { describe, expect, it } from "vitest";
import { formatNames } from "./format-names.ts";
import { formats, storedName } from "./formats.ts";
import type { Readings } from "./payload.ts";

/** As `HEADWATER_ROUTES` has them. */
const routes = brokerRoutes([
  { profile: "tasmota" },
  { profile: "zigbee2mqtt" },
  { profile: "home-assistant", device: "{entity}" },
  { profile: "the-things-stack" },
  { profile: "chirpstack" },
  { profile: "shelly" },
]);
const time = 1_700_000_000_123;
const readings: Readings = [
  ["temperature", -21.57],
  ["isOpen", true],
  ["mode", 'id"le, 1 = ü'],
  ["seq", 4_711],
];

function decoded(
  topic: string,
  payload: Buffer,
): { readonly device: string | undefined; readonly message: DecodedMessage } {
  const { decoder, device } = routes.find(topic)!;
  return { device, message: decoder(payload, defaultDecodeLimits) };
}

const alone = formatNames.filter((name) => formats[name].write !== undefined);

describe.each(alone)("%s, as a device of a fleet writes it", (name) => {
  const { write, topic, isUntimed = false, isNumberAlone = false } = formats[name];
  const own = topic.replaceAll("{id}", "meter-1").replaceAll("{identity}", "seq");
  const sent = isNumberAlone ? readings.slice(-1) : readings;

  it.each([0, 400])("is read by Headwater as what was sent, filled to %i bytes", (least) => {
    const { device, message } = decoded(own, write!(time, readings, least));
    // A topic without the device is that of whoever is logged in.
    expect(device).toBe(topic.includes("{id}") ? "meter-1" : undefined);
    expect(message.effects?.quarantine).toBeUndefined();
    const values = message.samples.flatMap((sample) => sample.readings.map(({ metric, value }) => [metric, value]));
    const wanted = new Map(sent.map(([metric, value]) => [storedName(name, metric), value]));
    // A network says more of an uplink than its values.
    const found = new Map(values.filter(([metric]) => !String(metric).startsWith("lora.")) as [string, unknown][]);
    expect([...found].toSorted()).toEqual([...wanted].toSorted());
    const times = new Set(message.samples.map((sample) => sample.time));
    expect([...times].filter((each) => each !== undefined)).toEqual(isUntimed ? [] : [time * 1_000]);
  });
});
