export type * from "./event-log.ts";
export * from "./topics.ts";
export { partitionFor } from "./partitioner.ts";
export type { Logger } from "./logger.ts";
export { openEmbeddedLog, type EmbeddedLogOptions } from "./embedded/open-embedded-log.ts";
