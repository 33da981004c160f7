import { troubleOf, type LogTrouble } from "@headwater/event-log";
import type { HeadwaterError } from "@headwater/core";

/** States of a log: `slow` answers late, `away` fails for no reason that is known. */
export const logStates = ["well", "slow", "refusing", "hanging", "leaderless", "forbidden", "away"] as const;
export type LogState = (typeof logStates)[number];

/** An append that takes longer is late (milliseconds). */
const lateMs = 2000;

const meanings: Readonly<Record<LogState, string>> = {
  well: "takes records",
  slow: "answers late",
  refusing: "refuses connections or closes them",
  hanging: "does not answer",
  leaderless: "has partitions without a leader or with too few replicas",
  forbidden: "does not accept the gateway's credentials or rights",
  away: "does not take records",
};

interface Failure {
  readonly since: number;
  state: LogState;
  message: string;
}

/**
 * How the event log does, from what becomes of appends. Each of those who append has a name of its own here: some
 * partitions of a log may be well while others are not.
 */
export class LogHealth {
  readonly #failing = new Map<string, Failure>();
  /** When appends were begun that are not settled (milliseconds, monotonic). */
  readonly #open = new Map<string, number>();
  #lastLate = Number.NEGATIVE_INFINITY;

  begun(who: string, now = performance.now()): void {
    if (!this.#open.has(who)) this.#open.set(who, now);
  }

  failed(who: string, error: HeadwaterError, now = performance.now()): void {
    const trouble: LogTrouble | undefined = troubleOf(error);
    const known = this.#failing.get(who);
    const state = trouble ?? "away";
    if (known === undefined) this.#failing.set(who, { since: now, state, message: error.message });
    else Object.assign(known, { state, message: error.message });
  }

  landed(who: string, now = performance.now()): void {
    const begun = this.#open.get(who);
    if (begun !== undefined && now - begun > lateMs) this.#lastLate = now;
    this.#open.delete(who);
    this.#failing.delete(who);
  }

  /** It appends no more, whatever became of it. */
  ended(who: string): void {
    this.#open.delete(who);
    this.#failing.delete(who);
  }

  get state(): LogState {
    const states = new Set(Array.from(this.#failing.values(), ({ state }) => state));
    for (const state of ["forbidden", "hanging", "refusing", "leaderless", "away"] as const) {
      if (states.has(state)) return state;
    }
    return this.#isLate ? "slow" : "well";
  }

  /** For how long the oldest failure has lasted (milliseconds); 0 without one. */
  get failingForMs(): number {
    const since = Math.min(...Array.from(this.#failing.values(), (each) => each.since));
    return this.#failing.size === 0 ? 0 : performance.now() - since;
  }

  /** In words; undefined if it is well. */
  describe(): string | undefined {
    const { state } = this;
    if (state === "well") return undefined;
    const seconds = Math.round(this.failingForMs / 1000);
    const [failure] = [...this.#failing.values()].filter((each) => each.state === state);
    const since = failure === undefined ? "" : `, for ${seconds} s: ${failure.message}`;
    return `the event log ${meanings[state]} (${state}${since})`;
  }

  get #isLate(): boolean {
    const now = performance.now();
    if (now - this.#lastLate < 5 * lateMs) return true;
    for (const begun of this.#open.values()) if (now - begun > lateMs) return true;
    return false;
  }
}
