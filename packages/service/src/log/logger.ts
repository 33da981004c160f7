import type { Logger } from "@headwater/core";
import { pino } from "pino";
import { loggable, redactText } from "./redact.ts";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface CreateLoggerOptions {
  readonly service: string;
  /** Default: info. */
  readonly level?: LogLevel;
  /** Where lines go. Default: standard output. */
  readonly destination?: { write(line: string): void };
}

/**
 * A logger of JSON lines (`level`, `time` in ISO 8601, `service`, `msg`, facts). Values under keys named like a secret,
 * at any depth, bearer tokens and passwords in URLs are replaced before anything is written.
 */
export function createLogger(options: CreateLoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({ fd: 1, sync: true });
  const logger = pino(
    {
      level: options.level ?? "info",
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (facts) => loggable(facts) as Record<string, unknown>,
      },
      // Errors are made into objects by `loggable`, causes and details included.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: redactText },
    },
    destination,
  );
  // oxlint-disable-next-line typescript/unbound-method -- called below with the logger it is asked of
  const pinoChild = logger.child;
  // The facts of a child bypass the formatters. Children inherit from their parent, so this holds for theirs as well.
  const child = function (this: typeof logger, facts: Readonly<Record<string, unknown>>) {
    return pinoChild.call(this, loggable(facts) as Record<string, unknown>);
  };
  return Object.assign(logger, { child });
}
