/**
 * A service as the host and tests run it. Creating one wires it and registers
 * its HTTP routes; nothing moves before `start`.
 */
export interface ServiceApp {
  readonly name: string;
  /** Resolves when it takes work. */
  start(): Promise<void>;
  /** Stops intake, drains, commits, disconnects. Safe to call twice, and after a failed start. */
  stop(): Promise<void>;
  /** Why it is not ready, by part; empty when ready. */
  notReady(): readonly string[];
  /** Faults that do not keep it from taking work, by part. */
  warnings?(): readonly string[];
  /** Settles only if the service died by itself: rejects with a typed error. */
  readonly died: Promise<never>;
}
