import { backoff, type HeadwaterError, type Logger } from "@headwater/core";
import type { EventLog, Following, FollowOptions } from "@headwater/event-log";
import { isTransient } from "./append-durably.ts";

export interface SteadyFollowingOptions {
  readonly log: EventLog;
  readonly logger: Logger;
  /** Names the topics in log lines. */
  readonly what: string;
  /** Gives the topics and the positions to start from; called before every attempt. */
  readonly follow: () => Promise<Omit<FollowOptions, "onCaughtUp">>;
  /** Called with an error that waiting does not mend. */
  readonly onFailure: (error: unknown) => void;
}

/** Follows topics until it is stopped, and starts again whenever the log was away. */
export class SteadyFollowing {
  readonly #options: SteadyFollowingOptions;
  readonly #stopping = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  #following: Following | undefined;
  #running: Promise<void> | undefined;

  constructor(options: SteadyFollowingOptions) {
    this.#options = options;
  }

  /** Resolves when every record that was in the log at the call is delivered, or when the following has ended. */
  async start(): Promise<void> {
    this.#running ??= this.#run();
    await Promise.race([this.#caughtUp.promise, this.#running]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { logger, onFailure, what } = this.#options;
    const pause = backoff({ maxMs: 5000, signal });
    while (!signal.aborted) {
      try {
        await this.#follow(() => {
          pause.reset();
          this.#caughtUp.resolve();
        });
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isTransient(error)) {
          onFailure(error);
          return;
        }
        logger.warn({ what, err: error }, "following again");
        try {
          await pause.wait((error as HeadwaterError).retryAfterMs);
        } catch {
          // `stop` was called during the pause.
          return;
        }
      }
    }
  }

  async #follow(onCaughtUp: () => void): Promise<void> {
    const { log, follow } = this.#options;
    const options = await follow();
    if (this.#stopping.signal.aborted) return;
    this.#following = await log.follow({ ...options, onCaughtUp });
    if (this.#stopping.signal.aborted) await this.#following.close();
    await this.#following.done;
  }
}
