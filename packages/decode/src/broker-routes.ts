import { profiles } from "./profiles/profiles.ts";
import { routesOf, type RouteConfig } from "./route-config.ts";
import { builtInRoutes, Routes } from "./routes.ts";

/**
 * The routes of one broker: the topics of devices themselves, then what is configured, then Sparkplug. Made anew for
 * each connection to a broker, since some routes remember what they heard there. Throws ConfigError that says which
 * entry is wrong.
 *
 * @param userProperties those of MQTT 5 that are kept of messages on the topics of devices themselves
 */
export function brokerRoutes(configs: readonly RouteConfig[], userProperties?: readonly string[]): Routes {
  const own = userProperties?.length ? builtInRoutes.map((route) => ({ ...route, userProperties })) : builtInRoutes;
  return new Routes([...own, ...routesOf(configs), ...profiles.sparkplug()]);
}
