export * as events from "./codec.ts";
export { maxEventBytes, maxReadings, type Codec } from "./codec.ts";
export { isMadeByRule } from "./alert-transition.ts";
export * from "./event-types.ts";
export * from "./cloud-events.ts";
export { eventSchemaVersion } from "./generated/schema-version.ts";
