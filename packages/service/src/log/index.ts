export { createLogger, logLevels } from "./logger.ts";
export type { CreateLoggerOptions, LogLevel } from "./logger.ts";
