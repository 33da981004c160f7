import { silentLogger } from "@headwater/core";
import { brokerRoutes } from "@headwater/decode";
import { bridgeSpecs } from "./bridge/bridge-spec.ts";
import type { GatewayConfig } from "./config.ts";
import { AccessRules } from "./devices/access/access-rules.ts";
import { JwtLogin } from "./devices/identity/jwt/jwt-login.ts";

/** Throws ConfigError for a route, a bridge, an issuer or a rule that cannot be, with its place in the list. */
export function checkSettings({
  routes,
  bridges,
  acl,
  identity,
}: Pick<GatewayConfig, "routes" | "bridges" | "acl" | "identity">): void {
  void brokerRoutes(routes);
  void bridgeSpecs(bridges, "gateway", routes);
  void new AccessRules(acl);
  void new JwtLogin(identity.jwtIssuers, "", silentLogger);
}
