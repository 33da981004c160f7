export * from "./errors.ts";
export type { ServiceApp } from "./service-app.ts";
