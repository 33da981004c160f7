export { createLogger, logLevels, silentLogger } from "./logger.ts";
export type { CreateLoggerOptions, Logger, LogLevel, LogMethod } from "./logger.ts";
