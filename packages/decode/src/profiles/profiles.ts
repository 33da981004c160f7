import type { JsonForm } from "../json-form.ts";
import type { RouteFormOption } from "../route-form.ts";
import type { RouteSpec } from "../routes.ts";
import { Sparkplug } from "../sparkplug/sparkplug.ts";
import { chirpStackRoutes } from "./chirpstack.ts";
import { homeAssistantRoutes } from "./home-assistant.ts";
import { shellyRoutes } from "./shelly.ts";
import { tasmotaRoutes } from "./tasmota.ts";
import { theThingsStackRoutes } from "./the-things-stack.ts";
import { zigbee2mqttRoutes } from "./zigbee2mqtt.ts";

/**
 * Routes for what others publish, made anew for each connection to a broker; `device` is a template for the device's
 * id. None is on unless it is configured: their topics are not a device's own. A new profile is a file of its own and a
 * line here.
 */
export const profiles = {
  sparkplug: () => new Sparkplug().routes(),
  tasmota: tasmotaRoutes,
  shelly: shellyRoutes,
  zigbee2mqtt: zigbee2mqttRoutes,
  "home-assistant": homeAssistantRoutes,
  "the-things-stack": theThingsStackRoutes,
  chirpstack: chirpStackRoutes,
} as const satisfies Readonly<Record<string, (device?: string, form?: JsonForm) => readonly RouteSpec[]>>;

/** Options of a route that a profile honours. */
export const optionsOfProfile: Readonly<Partial<Record<ProfileName, readonly RouteFormOption[]>>> = {
  tasmota: ["timeZone"],
  zigbee2mqtt: ["timeZone"],
};

/** Their topics name whoever sends them. */
export const profilesWithSender: ReadonlySet<ProfileName> = new Set(["sparkplug", "zigbee2mqtt", "home-assistant"]);

export type ProfileName = keyof typeof profiles;
