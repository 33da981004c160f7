import { RetentionClock, type Logger } from "@headwater/core";
import type { SessionStore } from "./session-store.ts";
import type { StoredSessions } from "./stored-sessions.ts";

export interface SessionExpiryOptions {
  readonly store: SessionStore;
  readonly sessions: StoredSessions;
  /** A session whose client was away for longer is forgotten (milliseconds). */
  readonly expiryMs: number;
  readonly isConnected: (session: string) => boolean;
  /** Removes what else is kept of the session. */
  readonly forget: (session: string) => Promise<void>;
  readonly logger: Logger;
}

/** Forgets sessions whose clients do not come back, and the oldest where there are too many. */
export class SessionExpiry {
  readonly #options: SessionExpiryOptions;
  /** A wrong clock must not make every client forgotten that is away just now. */
  readonly #clock: RetentionClock;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(options: SessionExpiryOptions) {
    this.#clock = new RetentionClock(options.store.lastSeen);
    this.#options = options;
  }

  start(): void {
    const everyMs = Math.min(60_000, Math.max(200, this.#options.expiryMs / 4));
    this.#lookSoon();
    this.#timer = setInterval(() => this.#lookSoon(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #lookSoon(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#look()
      .catch((error: unknown) => this.#options.logger.error({ err: error }, "sessions could not be forgotten"))
      .finally(() => (this.#looking = false));
  }

  async #look(): Promise<void> {
    const { store, sessions, expiryMs, isConnected, forget, logger } = this.#options;
    const outdated = store.outdated(this.#clock.now() - expiryMs, isConnected, expiryMs);
    if (outdated.length === 0) return;
    await Promise.all(outdated.map((session) => Promise.all([sessions.drop(session), forget(session)])));
    logger.info({ sessions: outdated.length }, "sessions were forgotten whose clients did not come back");
  }
}
