import { Type, type Static } from "@sinclair/typebox";
import { bridgesSettings } from "./config/bridge-settings.ts";
import { aclSettings } from "./config/acl-settings.ts";
import { gatewaySettings } from "./config/gateway-settings.ts";
import { limitsSettings } from "./config/limits-settings.ts";
import { identitySettings } from "./config/identity-settings.ts";
import { mqttSettings } from "./config/mqtt-settings.ts";
import { routesSettings } from "./config/routes-settings.ts";
import { sessionsSettings } from "./config/sessions-settings.ts";
import { timeSettings } from "./config/time-settings.ts";
import { spoolSettings } from "./config/spool-settings.ts";

/**
 * The settings of the gateway; merged with those of the log, and with those of the other services in the all-in-one.
 */
export const gatewayConfig = Type.Object({
  mqtt: mqttSettings,
  limits: limitsSettings,
  gateway: gatewaySettings,
  sessions: sessionsSettings,
  time: timeSettings,
  spool: spoolSettings,
  routes: routesSettings,
  bridges: bridgesSettings,
  identity: identitySettings,
  acl: aclSettings,
});

export type GatewayConfig = Static<typeof gatewayConfig>;
