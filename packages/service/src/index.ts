export type { ServiceApp } from "./service-app.ts";
export * from "./trace/index.ts";
export * from "./config/index.ts";
export * from "./schema/index.ts";
export * from "./lifecycle/index.ts";
export * from "./log/index.ts";
export * from "./metrics/index.ts";
export * from "./http/index.ts";
export * from "./write/index.ts";
export { prepareDataDir } from "./host/data-dir.ts";
export {
  runServiceProcess,
  type MainOptions,
  type OpenedLog,
  type ServiceContext,
  type ServiceProcess,
} from "./host/run-service-process.ts";
