import type { HttpServer } from "../http/index.ts";
import type { Access } from "./access.ts";
import type { OidcProvider } from "./oidc-provider.ts";
import { oidcRoutes } from "./oidc-routes.ts";
import { openSessionRoutes } from "./open-session-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { tokenRoutes } from "./token-routes.ts";

/** Who may use the API, over REST: sessions of pages, and tokens. */
export function accessRoutes(http: HttpServer, access: Access, timeoutMs: number, provider?: OidcProvider): void {
  sessionRoutes(http, access);
  if (provider !== undefined) oidcRoutes(http, access, provider);
  openSessionRoutes(http, access, timeoutMs);
  tokenRoutes(http, access, timeoutMs);
}
