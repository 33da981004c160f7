export * from "./errors.ts";
export type { ServiceApp } from "./service-app.ts";
export * from "./ids/index.ts";
export * from "./queue/index.ts";
export * from "./time/index.ts";
export * from "./trace/index.ts";
export * from "./config/index.ts";
export * from "./schema/index.ts";
