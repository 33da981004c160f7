import { ConfigError, silentLogger } from "@headwater/core";
import { brokerRoutes, templateNames, type RouteConfig } from "@headwater/decode";
import { bridgeSpecs } from "./bridge/bridge-spec.ts";
import type { GatewayConfig } from "./config.ts";
import { AccessRules } from "./devices/access/access-rules.ts";
import { JwtLogin } from "./devices/identity/jwt/jwt-login.ts";
import { whatIsWrongWith } from "./pipeline/commit/message-target.ts";

/** Throws ConfigError for a route, a bridge, an issuer or a rule that cannot be, with its place in the list. */
export function checkSettings({
  routes,
  bridges,
  acl,
  identity,
}: Pick<GatewayConfig, "routes" | "bridges" | "acl" | "identity">): void {
  void brokerRoutes(routes);
  checkDevices("", routes);
  void bridgeSpecs(bridges, "gateway", routes);
  bridges.forEach((bridge, index) => checkDevices(`bridges[${index}] (${bridge.name}): `, bridge.routes ?? []));
  void new AccessRules(acl);
  void new JwtLogin(identity.jwtIssuers, "", silentLogger);
}

/** Throws ConfigError for a template that no device's id can come of, whatever the topic says. */
function checkDevices(where: string, routes: readonly RouteConfig[]): void {
  for (const [index, route] of routes.entries()) {
    for (const member of ["device", "sender"] as const) {
      const template = route[member];
      if (template === undefined) continue;
      const names = templateNames(template);
      const shortest = names.reduce((text, name) => text.replace(`{${name}}`, "x"), template);
      const wrong = whatIsWrongWith(shortest);
      if (wrong === undefined) continue;
      throw new ConfigError(`${where}routes[${index}]: ${member} ${JSON.stringify(template)} makes no id: ${wrong}`);
    }
  }
}
