export { Access } from "./access.ts";
export { AccessModel } from "./access-model.ts";
export { sessionRoutes } from "./session-routes.ts";
