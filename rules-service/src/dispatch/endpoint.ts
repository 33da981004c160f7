import type { Attempt } from "../action-kinds/delivery.ts";
import { Rate } from "./rate.ts";

export interface EndpointLimits {
  /** Attempts at a time. */
  readonly concurrency: number;
  /** Attempts a minute; 0: no limit. */
  readonly endpointPerMinute: number;
  /** Actions that may wait; beyond that the oldest is given up. */
  readonly maxWaiting: number;
  /** The first repetition comes about so long after its attempt, each further one after twice as long… */
  readonly retryMs: number;
  /** …up to this. */
  readonly maxRetryMs: number;
  /** The circuit opens after so many attempts in a row that found the other side unwell, … */
  readonly breakerFailures: number;
  /** …for so long, and for twice as long after each probe that fails, up to ten times this. */
  readonly breakerMs: number;
}

type Failure = Attempt & { readonly outcome: "failed" };

/** An action on its way. Its methods resolve when what they tell of is durable. */
export interface Job {
  readonly id: string;
  /** Jobs of one lane go one after another. */
  readonly lane: string;
  /** Whether it takes the place of those of the same lane and action that wait before it. */
  readonly replaces: boolean;
  /** What is done, and to whom. */
  readonly action: string;
  /** Aborted when somebody else takes over. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly notBefore: number;
  attempts: number;
  attempt(): Promise<Attempt>;
  failed(attempt: Failure, retryAt: number): Promise<void>;
  succeeded(status: number): Promise<void>;
  /** `last`: the attempt that ended it. */
  gaveUp(reason: string, last?: Failure): Promise<void>;
}

/** Receives what one endpoint is to be told: bounded, in order per alert, with a circuit breaker. */
export class Endpoint {
  readonly name: string;
  readonly #limits: EndpointLimits;
  readonly #onError: (error: unknown) => void;
  readonly #rate: Rate;
  readonly #lanes = new Map<string, Job[]>();
  /** Lanes whose first job may be attempted. */
  readonly #ready = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #waiting = 0;
  #pausedUntil = 0;
  #pause: NodeJS.Timeout | undefined;
  #failures = 0;
  #opened = 0;
  #lastError = "";
  #stopped = false;

  constructor(name: string, limits: EndpointLimits, onError: (error: unknown) => void) {
    this.name = name;
    this.#limits = limits;
    this.#rate = new Rate(limits.endpointPerMinute);
    this.#onError = onError;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** What is amiss; undefined while it takes what it is sent. */
  get trouble(): string | undefined {
    if (this.#lastError === "") return undefined;
    const state = this.#opened > 0 ? ", its circuit is open" : "";
    return `actions: ${this.name} fails (${this.#lastError})${state}; ${this.#waiting} waiting`;
  }

  add(job: Job): void {
    if (this.#stopped) return;
    const lane = this.#lanes.get(job.lane);
    this.#waiting += 1;
    if (lane !== undefined) lane.push(job);
    else {
      this.#lanes.set(job.lane, [job]);
      this.#wait(job.lane, job.notBefore);
    }
    if (this.#waiting > this.#limits.maxWaiting) this.#shed();
    this.#pump();
  }

  /** Lets go of the jobs whose partition is somebody else's now. */
  dropAborted(): void {
    for (const [name, lane] of this.#lanes) {
      if (this.#running.has(name)) continue;
      while (lane[0]?.signal.aborted === true) this.#shift(name, lane);
    }
  }

  /** Attempts nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#pause);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.allSettled(this.#running.values());
  }

  #wait(name: string, until: number): void {
    const ms = until - Date.now();
    if (ms <= 0) {
      this.#ready.add(name);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      this.#ready.add(name);
      this.#pump();
    }, ms);
    this.#timers.set(name, timer);
  }

  #pump(): void {
    // While the circuit is open one attempt at a time probes whether it may close.
    const most = this.#opened > 0 ? 1 : this.#limits.concurrency;
    while (!this.#stopped && this.#running.size < most) {
      const now = Date.now();
      const until = Math.max(this.#pausedUntil, this.#rate.freeAt(now));
      if (now < until && this.#ready.size > 0) {
        this.#pause ??= setTimeout(() => {
          this.#pause = undefined;
          this.#pump();
        }, until - now);
        return;
      }
      const [name] = this.#ready;
      if (name === undefined) return;
      this.#ready.delete(name);
      const running = this.#take(name).then((retryAt) => {
        this.#running.delete(name);
        const lane = this.#lanes.get(name)!;
        if (retryAt === undefined) this.#shift(name, lane);
        else this.#wait(name, retryAt);
        this.#pump();
      });
      this.#running.set(name, running);
      running.catch(this.#onError);
    }
  }

  async #take(name: string): Promise<number | undefined> {
    const job = this.#lanes.get(name)![0]!;
    try {
      return await this.#attempt(job);
    } catch (error) {
      // Whoever owns the partition now goes on with it.
      if (job.signal.aborted) return undefined;
      throw error;
    }
  }

  /** When to try again; undefined if there is nothing more to do. */
  async #attempt(job: Job): Promise<number | undefined> {
    if (job.signal.aborted) return undefined;
    if (this.#isReplaced(job)) {
      await job.gaveUp("a later repetition has taken its place");
      return undefined;
    }
    if (Date.now() >= job.deadline) {
      const limit = this.#limits.endpointPerMinute;
      const why = limit === 0 ? "" : `; ${this.name} is told at most ${limit} times a minute`;
      await job.gaveUp(
        job.attempts === 0 ? `its deadline passed before it could be sent${why}` : "its deadline passed",
      );
      return undefined;
    }
    // It was free when the job was taken, in this same turn of the event loop.
    this.#rate.take(Date.now());
    const attempt = await job.attempt();
    job.attempts += 1;
    if (attempt.outcome === "delivered") {
      [this.#failures, this.#opened, this.#lastError] = [0, 0, ""];
      await job.succeeded(attempt.status);
      return undefined;
    }
    const now = Date.now();
    this.#lastError = attempt.error;
    if (attempt.retryAfterMs !== undefined) this.#pauseUntil(now + attempt.retryAfterMs);
    if (attempt.unwell === true) this.#unwell(now);
    else [this.#failures, this.#opened] = [0, 0];
    const retryAt = Math.max(now + this.#backoff(job.attempts), this.#pausedUntil);
    if (attempt.forGood === true || retryAt >= job.deadline) {
      const late = attempt.forGood === true ? "" : "its deadline passes before it is tried again: ";
      await job.gaveUp(`${late}${attempt.error}`, attempt);
      return undefined;
    }
    await job.failed(attempt, retryAt);
    return retryAt;
  }

  /** Of what is overdue only the latest is worth a message. */
  #isReplaced(job: Job): boolean {
    const lane = this.#lanes.get(job.lane) ?? [];
    return lane.slice(lane.indexOf(job) + 1).some(({ action, replaces }) => replaces && action === job.action);
  }

  #unwell(now: number): void {
    const { breakerFailures, breakerMs } = this.#limits;
    this.#failures += 1;
    if (this.#failures < breakerFailures) return;
    this.#pauseUntil(now + Math.min(breakerMs * 2 ** this.#opened, breakerMs * 10));
    this.#opened = Math.min(this.#opened + 1, 10);
  }

  #pauseUntil(time: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, time);
  }

  /** Between a half and the whole of a time that doubles, so that those who failed together do not come back so. */
  #backoff(attempts: number): number {
    const { retryMs, maxRetryMs } = this.#limits;
    const most = Math.min(retryMs * 2 ** (attempts - 1), maxRetryMs);
    return most / 2 + (Math.random() * most) / 2;
  }

  #shift(name: string, lane: Job[]): void {
    lane.shift();
    this.#waiting -= 1;
    this.#ready.delete(name);
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
    if (lane.length === 0) this.#lanes.delete(name);
    else this.#wait(name, lane[0]!.notBefore);
  }

  #shed(): void {
    for (const [name, lane] of this.#lanes) {
      if (this.#running.has(name)) continue;
      const [oldest] = lane;
      this.#shift(name, lane);
      const reason = `more than ${this.#limits.maxWaiting} actions wait for ${this.name}`;
      oldest!.gaveUp(reason).catch((error: unknown) => {
        if (!oldest!.signal.aborted) this.#onError(error);
      });
      return;
    }
  }
}
