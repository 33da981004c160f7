export { Lifecycle } from "./lifecycle.ts";
export type { LifecycleOptions, Part, StopFailure } from "./lifecycle.ts";
export { exitCodes } from "./exit-codes.ts";
export { reportFailure, runMain } from "./run-main.ts";
export type { MainContext } from "./run-main.ts";
export { runService } from "./run-service.ts";
export type { RunServiceOptions } from "./run-service.ts";
