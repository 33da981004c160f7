import { ConfigError } from "@headwater/core";
import { loadConfig } from "@headwater/service";
import { describe, expect, it } from "vitest";
import { gatewayConfig } from "../config.ts";
import type { BridgeConfig } from "../config/bridge-settings.ts";
import { bridgeSpecs } from "./bridge-spec.ts";

const least: BridgeConfig = { name: "plant", url: "mqtt://broker", subscriptions: [{ filter: "devices/#" }] };
const specOf = (config: Partial<BridgeConfig>) => bridgeSpecs([{ ...least, ...config }], "gw-1", [])[0]!;

it("what is left out has a default", () => {
  expect(specOf({})).toMatchObject({
    version: 5,
    clientId: "headwater-gw-1-plant",
    subscriptions: [{ filter: "devices/#", qos: 1, shared: false }],
    ignoresUnrouted: false,
    takesRetained: false,
    receiveMaximum: 1000,
    commands: undefined,
  });
});

it("the gateway's routes count unless the bridge has its own", () => {
  const route = { profile: "tasmota" } as const;
  expect(bridgeSpecs([least], "g", [route])[0]!.routes).toEqual([route]);
  expect(bridgeSpecs([{ ...least, routes: [] }], "g", [route])[0]!.routes).toEqual([]);
});

it("one that is off is not there, but has to be right", () => {
  expect(bridgeSpecs([{ ...least, enabled: false }], "g", [])).toEqual([]);
  expect(() => bridgeSpecs([{ ...least, enabled: false, url: "x" }], "g", [])).toThrow(ConfigError);
});

describe("subscriptions", () => {
  it("are shared by group", () => {
    const [first] = specOf({ subscriptions: [{ filter: "a/+", share: "group", qos: 2 }] }).subscriptions;
    expect(first).toEqual({ filter: "$share/group/a/+", qos: 2, shared: true });
  });

  it.each<[string, BridgeConfig["subscriptions"], string[]]>([
    ["are joined by that for replies", [{ filter: "a/#" }], ["a/#", "devices/+/commands/+/reply"]],
    ["which is left out where another covers it", [{ filter: "devices/#" }], ["devices/#"]],
    ["also one that is shared", [{ filter: "#", share: "g" }], ["$share/g/#"]],
    ["but not one that covers a part", [{ filter: "devices/a/#" }], ["devices/a/#", "devices/+/commands/+/reply"]],
  ])("%s", (_name, subscriptions, filters) => {
    expect(specOf({ subscriptions, commands: {} }).subscriptions.map(({ filter }) => filter)).toEqual(filters);
  });
});

it.each<[string, Partial<BridgeConfig>]>([
  ["url is no URL", { url: "broker" }],
  ["url has to begin with", { url: "http://broker" }],
  ["may not hold a login", { url: "mqtt://me:secret@broker" }],
  ["a password needs a username", { passwordFile: "/p" }],
  ["both certFile and keyFile", { url: "mqtts://broker", tls: { certFile: "/c" } }],
  ["tls is for", { tls: { caFile: "/c" } }],
  ["is no topic filter", { subscriptions: [{ filter: "a/#/b" }] }],
  ["is no topic filter", { subscriptions: [{ filter: "a+/b" }] }],
  ["as share", { subscriptions: [{ filter: "$share/g/a" }] }],
  ["there twice", { subscriptions: [{ filter: "a" }, { filter: "a" }] }],
  ["commands.topic has to hold", { commands: { topic: "cmd/{device}" } }],
  ["commands.reply has to hold", { commands: { reply: "r/{device}/{commandId}/+" } }],
  ["may not be the same", { commands: { topic: "a/{device}/{commandId}", reply: "a/{device}/{commandId}" } }],
  ["routes[0]: needs a profile", { routes: [{}] }],
])("refused: %s", (why, config) => {
  expect(() => specOf(config)).toThrow(ConfigError);
  expect(() => specOf(config)).toThrow(why);
  expect(() => specOf(config)).toThrow("bridges[0] (plant)");
  // A secret that was put where none belongs is not repeated.
  expect(() => specOf(config)).not.toThrow("secret");
});

it("two of one name are refused", () => {
  expect(() => bridgeSpecs([least, least], "g", [])).toThrow("bridges[1]: there is another bridge plant");
});

it("come from the environment as JSON, checked", () => {
  const load = (text: string) => loadConfig(gatewayConfig, { env: { HEADWATER_BRIDGES: text } }).bridges;
  expect(load(JSON.stringify([least]))).toEqual([least]);
  expect(() => load('[{"name":"Plant","url":"x","subscriptions":[]}]')).toThrow(ConfigError);
  expect(() => load(JSON.stringify([{ ...least, pasword: "x" }]))).toThrow(/pasword.*is not known here/s);
});
