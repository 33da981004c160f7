import { profiles } from "./profiles/profiles.ts";
import { routesOf, type RouteConfig } from "./route-config.ts";
import { builtInRoutes, Routes } from "./routes.ts";

/**
 * The routes of one broker: the topics of devices themselves, then what is configured, then Sparkplug. Made anew for
 * each connection to a broker, since some routes remember what they heard there. Throws ConfigError that says which
 * entry is wrong.
 */
export function brokerRoutes(configs: readonly RouteConfig[]): Routes {
  return new Routes([...builtInRoutes, ...routesOf(configs), ...profiles.sparkplug()]);
}
