import type { Logger } from "@headwater/core";

/** A line of each reason at most this often (milliseconds). */
const everyMs = 10_000;

interface Tally {
  events: number;
  gaps: number;
  loggedAt: number;
  timer: NodeJS.Timeout | undefined;
}

/** Logs how many events were given up, by reason: a line now and then, however many gaps there are. */
export class DropLog {
  readonly #logger: Logger;
  readonly #tallies = new Map<string, Tally>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `example`: one of the gaps. */
  add(reason: string, events: number, example?: object): void {
    let tally = this.#tallies.get(reason);
    if (tally === undefined) {
      tally = { events: 0, gaps: 0, loggedAt: Number.NEGATIVE_INFINITY, timer: undefined };
      this.#tallies.set(reason, tally);
    }
    tally.events += events;
    tally.gaps += 1;
    const wait = tally.loggedAt + everyMs - performance.now();
    if (wait <= 0) this.#say(reason, tally, example);
    else tally.timer ??= setTimeout(() => this.#say(reason, tally, example), wait).unref();
  }

  #say(reason: string, tally: Tally, example?: object): void {
    const { events, gaps } = tally;
    Object.assign(tally, { events: 0, gaps: 0, loggedAt: performance.now(), timer: undefined });
    this.#logger.error({ reason, events, gaps, ...example }, "events are lost; gap records name them");
  }
}
