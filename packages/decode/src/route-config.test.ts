import { ConfigError } from "@headwater/core";
import { expect, it } from "vitest";
import { defaultDecodeLimits } from "./decoder.ts";
import { namedDecoders } from "./named-decoders.ts";
import { profiles } from "./profiles/profiles.ts";
import { routesOf, type RouteConfig } from "./route-config.ts";
import { builtInRoutes, Routes } from "./routes.ts";

const routesFor = (...configs: RouteConfig[]) => new Routes(routesOf(configs));

it("a pattern with a format, the device by a template", () => {
  const route = routesFor({ topic: "{site}/{name}/telemetry", decoder: "json", device: "{site}:{name}" }).find(
    "north/boiler/telemetry",
  )!;
  expect(route.device).toBe("north:boiler");
  expect(route.decoder(Buffer.from('{"a":1}'), defaultDecodeLimits).samples).toEqual([
    { readings: [{ metric: "a", value: 1 }] },
  ]);
});

it("plain values, the metric from the topic or from the configuration", () => {
  const routes = routesFor(
    { topic: "old/{device}/t", decoder: "value", metric: "temperature" },
    { topic: "old/{device}/{metric}", decoder: "value" },
    { topic: "deep/{device}/{metric...}", decoder: "value" },
  );
  const metricOf = (topic: string) =>
    routes.find(topic)!.decoder(Buffer.from("1"), defaultDecodeLimits).samples[0]!.readings[0]!.metric;
  expect(metricOf("old/d/t")).toBe("temperature");
  expect(metricOf("old/d/humidity")).toBe("humidity");
  expect(metricOf("deep/d/a/b")).toBe("a/b");
});

it("one device for all of a topic", () => {
  expect(routesFor({ topic: "weather/#", decoder: "json", device: "station-1" }).find("weather/x/y")!.device).toBe(
    "station-1",
  );
});

it("who sends a topic, where one speaks for several devices: by the topic or always the same", () => {
  const routes = routesFor(
    { topic: "ruuvi/{gateway}/{device}", sender: "{gateway}", decoder: "json" },
    { topic: "z2m/{device...}", sender: "attic", decoder: "zigbee2mqtt" },
    { topic: "own/{device}", decoder: "none" },
  );
  expect(routes.find("ruuvi/C8:25/F4:1F")).toMatchObject({ device: "F4:1F", senders: ["F4:1F", "C8:25"] });
  expect(routes.find("z2m/a/lamp")).toMatchObject({ device: "a%2Flamp", senders: ["a%2Flamp", "attic"] });
  const network = routesFor({ profile: "chirpstack", sender: "chirpstack" });
  expect(network.find("application/a/device/70b3/event/up")!.senders).toEqual(["70b3", "chirpstack"]);
  const own = routes.find("own/x")!;
  expect(own.senders).toEqual(["x"]);
  expect(own.decoder(Buffer.from("\u0000"), defaultDecodeLimits)).toEqual({
    samples: [],
    effects: { ignored: "by-route" },
  });
});

it("a profile below a prefix; the first route that fits counts", () => {
  const routes = routesFor(
    { profile: "tasmota", prefix: "home/", device: "home:{device}" },
    { profile: "zigbee2mqtt" },
  );
  expect(routes.find("home/tele/plug/SENSOR")!.device).toBe("home:plug");
  expect(routes.find("tele/plug/SENSOR")).toBeUndefined();
  expect(routes.find("zigbee2mqtt/bulb")!.device).toBe("bulb");
});

it("every profile and every decoder can be configured, and a profile that remembers is made anew each time", () => {
  for (const profile of Object.keys(profiles) as (keyof typeof profiles)[])
    expect(routesOf([{ profile }]).length).toBeGreaterThan(0);
  for (const decoder of Object.keys(namedDecoders) as (keyof typeof namedDecoders)[]) {
    const topic = namedDecoders[decoder].takesMetric ? "x/{device}/{metric}" : "x/{device}";
    expect(routesOf([{ topic, decoder }])).toHaveLength(1);
  }
  expect(routesOf([{ profile: "sparkplug" }])[1]!.decoderOf).not.toBe(
    routesOf([{ profile: "sparkplug" }])[1]!.decoderOf,
  );
});

it("without configuration no topic is read but a device's own", () => {
  const own = new Routes(builtInRoutes);
  for (const topic of [
    "tele/a/SENSOR",
    "shellies/a/relay/0",
    "zigbee2mqtt/a",
    "homeassistant/a/b/state",
    "spBv1.0/g/NDATA/n",
    "v3/a/devices/b/up",
  ]) {
    expect(own.find(topic)).toBeUndefined();
  }
});

it.each<[string, RouteConfig]>([
  ["needs a profile", {}],
  ["needs a profile", { topic: "a/{device}" }],
  ["own topics", { profile: "shelly", topic: "a/{device}" }],
  ["nothing says the device", { topic: "a/b", decoder: "json" }],
  ["the decoder value needs", { topic: "a/{device}", decoder: "value" }],
  ["metric is for", { topic: "a/{device}", decoder: "json", metric: "m" }],
  ["prefix is for", { topic: "a/{device}", decoder: "json", prefix: "x" }],
  ["without a prefix", { profile: "sparkplug", prefix: "x" }],
  ["group and node", { profile: "sparkplug", device: "x" }],
  ["device is no id", { topic: "a/b", decoder: "json", device: "a/b" }],
  ["who sends", { profile: "zigbee2mqtt", sender: "x" }],
  ["sender is no id", { profile: "chirpstack", sender: "a/b" }],
  ["sender is no id", { topic: "a/{device}", decoder: "json", sender: "a/b" }],
  ["lacks", { topic: "a/{device}", decoder: "json", sender: "{gateway}" }],
  ["lacks", { topic: "a/{device}", decoder: "json", device: "{site}" }],
  ["no level", { topic: "a/#/{device}", decoder: "json" }],
])("refused: %s", (reason, config) => {
  expect(() => routesOf([config])).toThrow(reason);
  expect(() => routesOf([config])).toThrow(ConfigError);
});

it.each<[string, RouteConfig[], RegExp]>([
  [
    "the same topics once more",
    [
      { topic: "x/{device}", decoder: "json" },
      { topic: "x/{name}", device: "{name}", decoder: "cbor" },
    ],
    /^routes\[1\]: routes\[0\] \(x\/\{device\}\) come before it and read all of its topics; put the narrower/,
  ],
  [
    "what a broader route before it reads",
    [
      { topic: "site/{device...}", decoder: "json" },
      { topic: "site/{device}/state", decoder: "value", metric: "state" },
    ],
    /routes\[1\]/,
  ],
  [
    "a profile twice",
    [{ profile: "tasmota" }, { profile: "shelly" }, { profile: "tasmota" }],
    /routes\[2\]: routes\[0\]/,
  ],
  [
    "a topic of devices themselves",
    [{ topic: "devices/{device}/telemetry", decoder: "cbor" }],
    /routes\[0\]: the topics of devices themselves \(devices\/\{device\}\/telemetry\)/,
  ],
  ["a + inside of a level", [{ topic: "x/a+/{device}", decoder: "json" }], /no topic has the level "a\+"/],
  ["a control character", [{ topic: "x\u0000y/{device}", decoder: "json" }], /no topic has the level "x\\u0000y"/],
  ["a + in a prefix", [{ profile: "tasmota", prefix: "home+" }], /no topic has the level "home\+"/],
])("a route that would never read anything is refused: %s", (_what, configs, message) => {
  expect(() => routesOf(configs)).toThrow(message);
});

it("a narrower route first, a profile of which an earlier route reads a part, a topic that begins with $", () => {
  expect(() =>
    routesOf([
      { topic: "tele/{device}/SENSOR", decoder: "json" },
      { profile: "tasmota" },
      { profile: "tasmota", prefix: "attic" },
      { topic: "x/{device}/state", decoder: "json" },
      { topic: "x/{device...}", decoder: "json" },
      { topic: "$site/{device}", decoder: "json" },
    ]),
  ).not.toThrow();
});
