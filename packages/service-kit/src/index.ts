export * from "./errors.ts";
export * from "./service-app.ts";
