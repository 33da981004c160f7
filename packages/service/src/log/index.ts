export { createLogger, logFormats, logLevels } from "./logger.ts";
export type { CreateLoggerOptions, LogFormat, LogLevel } from "./logger.ts";
