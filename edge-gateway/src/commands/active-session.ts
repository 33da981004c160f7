import type { CommandSession } from "./command-session.ts";

/** The commands that a session works on. */
interface Work {
  readonly ended: AbortController;
  /** Claims on their way through the log, and when each set out (milliseconds, monotonic). */
  readonly claims: Map<string, number>;
  /** Sent and not acknowledged, with their deadlines (µs). */
  readonly unacknowledged: Map<string, number>;
  /** Commands that this session has sent, or cannot claim, while they could still be claimed. */
  readonly finished: Set<string>;
  /** Claims of others on commands that ask to be sent again, and when each was seen first (milliseconds, monotonic). */
  readonly foreignClaims: Map<string, number>;
}

/** A session and its work on commands. Most sessions have none at most times, and cost next to nothing then. */
export class ActiveSession {
  readonly session: CommandSession;
  /** Until its first look: earlier claims are those of a session that has ended, or of another gateway. */
  fresh = true;
  #work: Work | undefined;

  constructor(session: CommandSession) {
    this.session = session;
  }

  /** Whether there is anything in `work`. */
  get hasWork(): boolean {
    return this.#work !== undefined;
  }

  get work(): Work {
    this.#work ??= {
      ended: new AbortController(),
      claims: new Map(),
      unacknowledged: new Map(),
      finished: new Set(),
      foreignClaims: new Map(),
    };
    return this.#work;
  }

  /** Commands that take a place of the device's: claimed, or sent and not acknowledged. */
  get inFlight(): number {
    return this.#work === undefined ? 0 : this.#work.claims.size + this.#work.unacknowledged.size;
  }

  end(): void {
    this.#work?.ended.abort();
  }
}
