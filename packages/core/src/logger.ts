/** Writes one line: facts first, then what happened; or what happened alone. An error goes under `err`. */
export interface LogMethod {
  (facts: object, message?: string): void;
  (message: string): void;
}

/** Tells an operator. Packages know this interface alone; the process decides where its lines go. */
export interface Logger {
  readonly fatal: LogMethod;
  readonly error: LogMethod;
  readonly warn: LogMethod;
  readonly info: LogMethod;
  readonly debug: LogMethod;
  /** A logger that adds these facts to every line. */
  child(facts: Readonly<Record<string, unknown>>): Logger;
}

/** A logger that writes nothing, for tests and tools. */
export const silentLogger: Logger = {
  fatal() {},
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLogger,
};
