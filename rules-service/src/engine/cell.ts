import { isOpen, Outcomes } from "./episode.ts";
import type { Episode } from "./episode.ts";
import type { LogClock } from "./clock.ts";
import { dueBy, elapse, idle, judge, nextChange } from "./fold.ts";
import type { FoldState } from "./fold.ts";
import { beginning, isAfter } from "./reading.ts";
import type { Position, Reading } from "./reading.ts";
import type { ReadingBuffer } from "./reading-buffer.ts";
import type { Rule } from "./rule.ts";
import type { Teller } from "./teller.ts";
import { reconcile, telling } from "./telling.ts";
import type { Timer } from "./timer-heap.ts";

/** Above the index of every reading in its record. */
const maxIndex = 2 ** 31;

/** A state of the fold, from a position on. */
export interface Footing {
  readonly state: FoldState;
  readonly position: Position;
}

/** The series that a cell judges, as far as cells need it. */
export interface CellSeries {
  readonly device: string;
  readonly metric: string;
  readonly readings: ReadingBuffer;
  readonly cells: Map<string, Cell>;
  refresh(cell: Cell): void;
}

/** What a cell finds around it. */
export interface World {
  readonly teller: Teller;
  readonly clock: LogClock;
}

/**
 * One rule on one device, as long as there is more to know than that the condition is clear. Its state is a pure
 * function of `base` and the retained readings after it, up to `firedTo`; the rest says what of it has been told.
 */
export class Cell {
  rule: Rule;
  readonly series: CellSeries;
  /** Where it stands in the series' list of rules; -1: the rule does not judge the series (yet, or any more). */
  slot = -1;
  state: FoldState = idle;
  /** A late reading at or before it comes too late. */
  base: Footing = { state: idle, position: beginning };
  /** States after the readings that changed something, oldest first, so that the base can follow. */
  history: Footing[] = [];
  /** Readings before this offset are none of the rule's. */
  from = 0;
  /** Event time of the last timer that the clock fired. */
  firedTo = -Infinity;
  episodes: Episode[] = [];
  /** Inputs before this offset are in it. */
  covers = 0;
  /** Of the writing that `covers` comes from. */
  generation = 0;
  /** What it waits for from the clock, by level. */
  readonly timers: (Timer<Cell> | undefined)[] = [];
  /** The log holds a state of it. */
  stored = false;

  constructor(rule: Rule, series: CellSeries) {
    this.rule = rule;
    this.series = series;
  }

  get open(): Episode | undefined {
    return this.episodes.find(isOpen);
  }

  /** The next reading in order; it is the newest of the series. `previous` is the one before it. */
  read(reading: Reading, previous: Reading | undefined, world: World): void {
    if (reading.time <= this.firedTo) {
      // The clock fired at or after this instant, and readings count before timers.
      this.settle(this.lastOwn().previous, reading);
      this.#refold(world);
      return;
    }
    const held = previous !== undefined && this.#owns(previous) ? previous : undefined;
    this.state = judge(this.rule, this.state, reading, held, telling(this, world.teller));
    if (this.state === this.#footed) return;
    this.history.push({ state: this.state, position: reading });
    if (this.history.length > 8) this.settle(held, reading);
  }

  /** A reading that is not the newest of the series; it has been put where it belongs. False: too late for the rule. */
  readLate(reading: Reading, world: World): boolean {
    const { newest, previous } = this.lastOwn();
    const isNewest = newest === undefined || newest === reading;
    this.settle(isNewest ? previous : newest, reading);
    const horizon = isNewest ? -Infinity : newest.time - this.rule.lateness;
    if (reading.time <= Math.max(horizon, this.base.position.time)) return false;
    if (isNewest) this.read(reading, previous, world);
    else this.#refold(world);
    return true;
  }

  /** The log's clock says that everything up to this event time is known. */
  fire(upTo: number, teller: Teller): void {
    this.firedTo = Math.max(this.firedTo, upTo);
    const held = this.lastOwn().newest;
    this.state = elapse(this.rule, this.state, upTo, true, held, undefined, telling(this, teller));
  }

  /**
   * Lets the base follow. At or before the horizon of the newest reading nothing can change any more; of what lies
   * there only what came before `next` counts, because a later reading of the very same time is still in order.
   */
  settle(newest: Reading | undefined, next: Pick<Position, "offset" | "index">): void {
    const { pruned } = this.series.readings;
    const time = newest === undefined ? -Infinity : newest.time - this.rule.lateness;
    const horizon = { time, offset: next.offset, index: next.index - 1 };
    const reached = isAfter(horizon, pruned) ? horizon : pruned;
    if (!isAfter(reached, this.base.position)) return;
    let passed = 0;
    while (passed < this.history.length && !isAfter(this.history[passed]!.position, reached)) passed++;
    const state = passed === 0 ? this.base.state : this.history[passed - 1]!.state;
    this.history.splice(0, passed);
    this.base = { state, position: reached };
    this.#forget();
  }

  /** From here on nothing before can be amended, and the state is this one. */
  ground(state: FoldState, next: number): void {
    const time = this.lastOwn().newest?.time ?? this.base.position.time;
    this.base = { state, position: { time, offset: next - 1, index: maxIndex } };
    this.firedTo = -Infinity;
    this.history = [];
    this.state = state;
    this.episodes = this.episodes.filter(isOpen);
  }

  /** What a person cleared stays so until the condition has been clear. */
  mute(next: number): void {
    for (const episode of this.episodes) if (isOpen(episode)) episode.clearedAt = episode.raisedAt;
    this.ground({ ...this.state, level: 0, raisedAt: 0, armed: undefined, muted: true }, next);
  }

  /** Clears the open episode for a reason that no reading gave. */
  close(cause: string, at: number, teller: Teller): void {
    const episode = this.open;
    if (episode === undefined) return;
    episode.clearedAt = Math.max(at, episode.raisedAt);
    teller.tell(this.rule, this.series.device, episode, { kind: "cleared", at: episode.clearedAt, cause });
  }

  /** Settles. Nothing is left to know: the same as if there had never been a cell. */
  isBlank(next: number): boolean {
    // Its readings are still on their way.
    if (this.covers > next) return false;
    this.settle(this.lastOwn().newest, { offset: next, index: 0 });
    const { grade, level, muted } = this.state;
    if (grade !== -1 || level !== 0 || muted) return false;
    return this.history.length === 0 && this.episodes.length === 0 && this.#isGrounded();
  }

  /** Whether where it begins makes no difference to any reading that may still come. */
  #isGrounded(): boolean {
    const { readings } = this.series;
    const horizon = (this.lastOwn().newest?.time ?? -Infinity) - this.rule.lateness;
    if (this.base.position.time > Math.max(horizon, readings.pruned.time)) return false;
    if (readings.size > 0 && this.firedTo > readings.newest!.time) return false;
    for (let i = 0; i < readings.size; i++) if (readings.at(i).offset < this.from) return false;
    return true;
  }

  /**
   * From which event time on an unchanged grade has to be judged all the same: at once where the clock has gone ahead
   * of the readings.
   */
  get nextChange(): number {
    return this.state === this.#footed ? nextChange(this.rule, this.state) : -Infinity;
  }

  /** The state after the last reading, without what the clock has done since. */
  get #footed(): FoldState {
    return this.history[this.history.length - 1]?.state ?? this.base.state;
  }

  /** The newest of the rule's own readings that are retained, and the one before it. */
  lastOwn(): { readonly newest?: Reading; readonly previous?: Reading } {
    const { readings } = this.series;
    let newest: Reading | undefined;
    for (let i = readings.size - 1; i >= 0; i--) {
      const reading = readings.at(i);
      if (!this.#owns(reading)) continue;
      if (newest !== undefined) return { newest, previous: reading };
      newest = reading;
    }
    return { newest };
  }

  #owns(reading: Reading): boolean {
    return reading.offset >= this.from && this.rule.judges(reading);
  }

  /** Lets go of episodes that no late reading can bring back or change. */
  #forget(): void {
    const { position, state } = this.base;
    const isRunning = ({ offset, index }: Position): boolean =>
      state.runs.some((run) => run.offset === offset && run.index === index);
    this.episodes = this.episodes.filter(({ end, retracted, armed }) => {
      if (retracted) return isAfter(armed, position) || isRunning(armed);
      return end === undefined || isAfter(end, position);
    });
  }

  /** Folds the retained readings again and tells what has become different. */
  #refold({ teller, clock }: World): void {
    const { rule, base, series } = this;
    const outcomes = new Outcomes();
    if (base.state.level > 0) {
      const { armed, raisedAt, level } = base.state;
      outcomes.list.push({ armed: armed!, raisedAt, level, clearedAt: undefined, end: undefined, last: undefined });
    }
    let { state } = base;
    let previous: Reading | undefined;
    this.history = [];
    for (let i = series.readings.indexAfter(base.position); i < series.readings.size; i++) {
      const reading = series.readings.at(i);
      if (!this.#owns(reading)) continue;
      const after = judge(rule, state, reading, previous, outcomes.on);
      if (after !== state) this.history.push({ state: after, position: reading });
      state = after;
      previous = reading;
    }
    // What the clock allows already is part of the difference; it would be another alert after it.
    for (let sure = this.firedTo; ;) {
      state = elapse(rule, state, sure, true, previous, undefined, outcomes.on);
      this.firedTo = Math.max(this.firedTo, sure);
      sure = sureTo(rule, state, clock);
      if (sure <= this.firedTo) break;
    }
    this.state = state;
    reconcile(this, outcomes.list, teller);
  }
}

/** The event time up to which the clock is sure of what the state waits for; -Infinity: of nothing. */
function sureTo(rule: Rule, state: FoldState, clock: LogClock): number {
  if (rule.holdFor === 0 || state.muted) return -Infinity;
  const sure = state.runs.slice(state.level).filter((run) => dueBy(rule, run) <= clock.reach(run.gateway));
  return sure.reduce((latest, { time }) => Math.max(latest, time + rule.holdFor), -Infinity);
}
