export * from "./device.ts";
export * from "./device-decisions.ts";
export { deviceLimits, checkDeviceId } from "./device-limits.ts";
export * from "./command.ts";
export * from "./command-decisions.ts";
export * from "./alert.ts";
export * from "./rule.ts";
