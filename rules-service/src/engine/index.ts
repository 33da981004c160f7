export type * from "./engine.ts";
export { createPartitionEngine } from "./partition-engine.ts";
export type { EngineOptions } from "./partition-engine.ts";
export { snoozeMute } from "./muting.ts";
export { compiledRule } from "./rule.ts";
