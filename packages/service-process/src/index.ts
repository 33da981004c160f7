export { prepareDataDir } from "./data-dir.ts";
export {
  runServiceProcess,
  type MainOptions,
  type OpenedLog,
  type ServiceContext,
  type ServiceProcess,
} from "./run-service-process.ts";
