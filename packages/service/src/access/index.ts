export { Access } from "./access.ts";
export { AccessModel } from "./access-model.ts";
export { accessRoutes } from "./access-routes.ts";
export type { OidcProvider } from "./oidc-provider.ts";
