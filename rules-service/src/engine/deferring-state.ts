import type { Outlook } from "../conditions/outlook.ts";
import type { Wake } from "../conditions/program.ts";
import { beginning, type Position } from "../readings/position.ts";
import type { Deferring, Run } from "./deferred.ts";
import type { Episode } from "./episode.ts";
import type { FoldState } from "./episode-machine.ts";
import { dueAfter, stateAfter } from "./fold.ts";
import { footingAfter, footingAt, none, type Footing } from "./footings.ts";
import { moveOn, type FoldedInstance } from "./horizon.ts";
import type { InputSeries } from "./own-readings.ts";
import type { Rule } from "./rule.ts";
import type { Timer } from "./timer-heap.ts";

/**
 * The state of a rule on a device. Readings of its only input may wait until somebody asks for it, as long as they
 * change nothing but the state; whoever asks finds them taken in.
 */
export abstract class DeferringState implements FoldedInstance, Deferring {
  abstract readonly inputs: readonly InputSeries[];
  abstract readonly timers: readonly Timer[];
  abstract readonly from: number;
  abstract refused: readonly Position[];
  abstract firedTo: number;
  abstract episodes: readonly Episode[];
  #rule: Rule;
  #state: FoldState;
  #base: Footing;
  #history: readonly Footing[] = none;
  /** Newest readings of its only input that are still to be taken in, as they change nothing but the state. */
  deferred = 0;
  /** What may be left for later; undefined: nothing. */
  #outlook: Outlook | undefined;

  constructor(rule: Rule, state: FoldState) {
    this.#rule = rule;
    this.#state = state;
    this.#base = footingAt(beginning, state);
  }

  get rule(): Rule {
    return this.#rule;
  }

  set rule(rule: Rule) {
    this.catchUp();
    this.takeAll();
    this.#rule = rule;
  }

  get state(): FoldState {
    this.catchUp();
    return this.#state;
  }

  set state(state: FoldState) {
    this.takeAll();
    this.#state = state;
  }

  /** A late reading at or before it comes too late. */
  get base(): Footing {
    this.catchUp();
    return this.#base;
  }

  set base(base: Footing) {
    this.#base = base;
  }

  /** States after samples that changed something, oldest first, thinned; the base follows them. */
  get history(): readonly Footing[] {
    this.catchUp();
    return this.#history;
  }

  set history(history: readonly Footing[]) {
    this.#history = history;
  }

  protected catchUp(): void {
    if (this.deferred > 0) this.inputs[0]!.catchUp();
  }

  /** Nothing more may be left for later before `foresee`. */
  takeAll(): void {
    this.#outlook = undefined;
  }

  /** What of the readings to come may be left for later; the timers are armed by the state. */
  foresee(): void {
    const { program } = this.#rule;
    if (program.foresee === undefined || this.inputs.length > 1) return;
    if (this.isFooted) this.#outlook = this.#rule.foresee(this.state);
  }

  /** Whether a number after all others may be left for later; no timer is too late then. */
  mayDefer(value: number, time: number, logTime: number, gateway: string): boolean {
    const outlook = this.#outlook;
    if (outlook === undefined || !outlook.passes(value, time)) return false;
    const due = dueAfter(this.#rule, outlook.wake, time, logTime);
    for (const timer of this.timers) if (timer.gateway === gateway) return timer.due <= due;
    return false;
  }

  takeDeferred(runs: readonly Run[]): void {
    this.deferred = 0;
    this.takeAll();
    const { program } = this.#rule;
    for (const { readings, last } of runs) {
      const { program: before, episode } = this.#state;
      const after = program.stepAll!(before, readings);
      if (after === before) continue;
      this.#state = stateAfter(last, after, episode);
      moveOn(this, footingAfter(last, this.#state));
    }
  }

  /** The first instant that it waits for after what it has left for later; undefined: it has left nothing. */
  get wakeAhead(): Wake | undefined {
    if (this.deferred === 0 || this.#outlook === undefined) return undefined;
    return { time: this.#outlook.wake, anchor: this.inputs[0]!.retained.newestAnchor };
  }

  /** Whether the clock has not gone ahead of the readings; else even what changes nothing has to be taken in. */
  get isFooted(): boolean {
    return this.state === this.footed;
  }

  /** The state after the last sample, without what the clock has done since. */
  protected get footed(): FoldState {
    return this.history[this.history.length - 1]?.state ?? this.base.state;
  }
}
