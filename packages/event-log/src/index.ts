export type * from "./event-log.ts";
export {
  ForeignPositionError,
  LogRejectedCredentialsError,
  LogShortenedError,
  LogUnavailableError,
  LogUnusableError,
  RecordRefusedError,
  SomeRecordsRefusedError,
  TopicMismatchError,
  TopicRecreatedError,
  UnknownTopicError,
} from "./errors.ts";
export { logTroubles, troubleOf, type LogTrouble } from "./log-trouble.ts";
export { partitionFor } from "./partitioner.ts";
export * from "./topics.ts";
export {
  configuredPartitions,
  eventLogSettings,
  openEventLog,
  type EventLogSettings,
  type OpenEventLogContext,
} from "./config.ts";
