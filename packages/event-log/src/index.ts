export type * from "./event-log.ts";
export * from "./topics.ts";
export { partitionFor } from "./partitioner.ts";
export type { Logger } from "./logger.ts";
export { openEmbeddedLog, type EmbeddedEventLog, type EmbeddedLogOptions } from "./embedded/open-embedded-log.ts";
export { openKafkaLog, type KafkaLogOptions } from "./kafka/open-kafka-log.ts";
export { SomeRecordsRefusedError } from "./records-refused.ts";
export { LogShortenedError } from "./log-shortened.ts";
export { logTroubles, troubleOf, type LogTrouble } from "./log-trouble.ts";
export {
  configuredPartitions,
  eventLogSettings,
  openEventLog,
  type EventLogSettings,
  type OpenEventLogContext,
} from "./config.ts";
