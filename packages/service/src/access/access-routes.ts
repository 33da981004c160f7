import type { HttpServer } from "../http/index.ts";
import type { Access } from "./access.ts";
import { sessionRoutes } from "./session-routes.ts";
import { tokenRoutes } from "./token-routes.ts";

/** Who may use the API, over REST: sessions of pages, and tokens. */
export function accessRoutes(http: HttpServer, access: Access, timeoutMs: number): void {
  sessionRoutes(http, access);
  tokenRoutes(http, access, timeoutMs);
}
