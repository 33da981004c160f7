import type { Logger } from "@headwater/core";
import { pino } from "pino";
import { loggable, redactText } from "./redact.ts";
import { StandardOutput } from "./standard-output.ts";
import { lineForPeople } from "./text-lines.ts";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** `auto`: text on a terminal, JSON otherwise. */
export const logFormats = ["auto", "json", "text"] as const;
export type LogFormat = (typeof logFormats)[number];

export interface CreateLoggerOptions {
  /** Which part of Headwater writes the lines; a child may name another. */
  readonly component: string;
  /** Default: info. */
  readonly level?: LogLevel;
  /** Default: JSON. */
  readonly format?: LogFormat;
  /** Where lines go. Default: standard output. */
  readonly destination?: { write(line: string): void; readonly isTTY?: boolean };
}

/**
 * A logger of lines with `time` (ISO 8601), `level`, `component`, `msg` and facts: JSON, or text for people. A line has
 * a key once: a child's facts stand for those of its parent, and a line's for those of its logger. Values under keys
 * named like a secret, at any depth, bearer tokens and passwords in URLs are replaced before anything is written.
 */
export function createLogger(options: CreateLoggerOptions): Logger {
  const output = options.destination ?? new StandardOutput();
  const isTerminal = options.destination === undefined ? process.stdout.isTTY : options.destination.isTTY === true;
  const asText = options.format === "text" || (options.format === "auto" && isTerminal);
  const colours = isTerminal && (options.destination !== undefined || process.stdout.hasColors());
  const destination = asText ? { write: (line: string) => output.write(lineForPeople(line, { colours })) } : output;
  // The facts of each logger. Pino writes those of a child as text of its own, beside a line's facts of the same name.
  const factsOf = new WeakMap<object, object>();
  const root = pino(
    {
      level: options.level ?? "info",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: (_facts, _level, logger) => ({ ...factsOf.get(logger) }),
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
  factsOf.set(root, { component: options.component });
  // oxlint-disable-next-line typescript/unbound-method -- called below with the logger it is asked of
  const pinoChild = root.child;
  // Children inherit from their parent, so this holds for theirs as well.
  const child = function (this: typeof root, facts: Readonly<Record<string, unknown>>) {
    const made = pinoChild.call(this, {});
    // A copy: later changes of the caller's object do not change the facts.
    factsOf.set(made, { ...factsOf.get(this), ...(loggable(facts) as object) });
    return made;
  };
  return Object.assign(root, { child });
}
