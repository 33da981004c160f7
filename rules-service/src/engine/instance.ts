import { isDeepStrictEqual } from "node:util";
import type { Device } from "@headwater/aggregates";
import { nextWake, type Interval } from "../conditions/program.ts";
import { isAfter, maxIndex, type Position } from "../readings/position.ts";
import type { Anchor, Reading, Sample } from "../readings/reading.ts";
import { mutedEpisode, type EpisodeState, type FoldState } from "./episode-machine.ts";
import { nextRepetition } from "./episode-actions.ts";
import { isOpen } from "./episode.ts";
import type { Episode } from "./episode.ts";
import { footingAfter, none } from "./footings.ts";
import { DeferringState } from "./deferring-state.ts";
import { elapse, excused, firstDue, judged, take } from "./fold.ts";
import { isGrounded, moveOn, settle } from "./horizon.ts";
import { isCorrected, takeLate, type World } from "./late-samples.ts";
import type { Rule } from "./rule.ts";
import { lastBeside, lastOwn, latestOwn, type InputSeries } from "./own-readings.ts";
import type { AlertWriter } from "./alert-writer.ts";
import { telling } from "./reconciliation.ts";
import type { Timer } from "./timer-heap.ts";

/** What of an instance is written. */
export type InstanceFields = Pick<
  Instance,
  "state" | "base" | "history" | "refused" | "from" | "firedTo" | "episodes" | "generation" | "grounding"
> & {
  /** Of the rule whose state it is. */
  readonly likeness: string;
};

/**
 * One rule on one device, as long as there is more to know than that the condition is clear. Its state is a pure
 * function of `base` and the retained samples after it, up to `firedTo`; the rest says what of it has been told.
 */
export class Instance extends DeferringState {
  readonly device: string;
  /** Of each input of the rule's condition. */
  inputs: readonly InputSeries<Instance>[];
  /** What the control event that began or ended the rule here is called; part of every alert's id. */
  grounding: string;
  /** Samples after the base that came too late; folding again passes over them, as they may lie in the series. */
  refused: readonly Position[] = none;
  /** Judged time of the last instant that the clock passed. */
  firedTo = -Infinity;
  episodes: readonly Episode[] = none;
  /** Inputs before this offset are in it. */
  covers = 0;
  /** Of the writing that `covers` comes from. */
  generation = 0;
  /** One for each gateway that it waits for, in no order. */
  timers: readonly Timer[] = none;
  /** The log holds a state of it. */
  stored = false;
  /** Among what has changed. */
  place = -1;
  /** Of the present record, as they come to be known. */
  samples: readonly Sample[] = none;
  #from = 0;

  constructor(
    rule: Rule,
    device: string,
    inputs: readonly InputSeries<Instance>[],
    state: FoldState,
    grounding: string,
  ) {
    super(rule, state);
    this.device = device;
    this.inputs = inputs;
    this.grounding = grounding;
  }

  /** Goes on as it was written. */
  resume(fields: InstanceFields): void {
    this.grounding = fields.grounding;
    this.state = fields.state;
    this.base = fields.base;
    this.history = fields.history;
    this.refused = fields.refused;
    this.from = fields.from;
    this.firedTo = fields.firedTo;
    this.episodes = fields.episodes;
    this.generation = fields.generation;
    this.stored = true;
  }

  /** Another engine goes on with it, which knows nothing of its timers yet. */
  belongTo(rule: Rule, inputs: readonly InputSeries<Instance>[], grounding: string): void {
    this.rule = rule;
    this.inputs = inputs;
    this.grounding = grounding;
    this.timers = none;
    this.samples = none;
    this.place = -1;
  }

  /** Readings before this offset are none of the rule's. */
  get from(): number {
    return this.#from;
  }

  set from(offset: number) {
    this.#from = offset;
    for (const series of this.inputs) if (offset > series.begun) series.begun = offset;
  }

  get likeness(): string {
    return this.rule.likeness;
  }

  /** How far its readings lie behind the log at least (microseconds). */
  get lag(): number {
    let least = Infinity;
    for (const { lag } of this.inputs) if (lag.isKnown) least = Math.min(least, lag.micros);
    return least === Infinity ? 0 : least;
  }

  get open(): Episode | undefined {
    return this.episodes.find(isOpen);
  }

  /** When an action is to be done again, on the log's clock; infinite: never. */
  get nextRepetition(): number {
    if (!this.rule.repeats) return Infinity;
    const { open } = this;
    return open === undefined ? Infinity : nextRepetition(open.actions, this.rule);
  }

  /**
   * Takes the samples of a record in, oldest first, which lie in the series already. Answers how many of their readings
   * are too late for the rule. They may hold readings that are none of the rule's. `isInOrder`: each was the newest of
   * its series.
   */
  take(samples: readonly Sample[], isInOrder: boolean, world: World): number {
    const first = samples[0]!;
    const isOne = isInOrder && this.inputs.length === 1 && this.firedTo < first.time;
    if (isOne && !(this.rule.program.watchesSilence && this.firedTo > -Infinity)) {
      for (const sample of samples) this.#takeNext(sample, world);
      return 0;
    }
    const last = lastBeside(this, samples);
    const isCorrection = world.corrected.size > 0 && samples.some((sample) => isCorrected(sample, world));
    const isNext = (last === undefined || isAfter(first, last)) && first.time > this.firedTo;
    if (isNext && !isCorrection && !this.#wasExcused(first, world)) {
      for (const sample of samples) this.#takeNext(sample, world);
      return 0;
    }
    return takeLate(this, samples, last, world);
  }

  #takeNext(sample: Sample, { alerts, clock }: World): void {
    const before = excused(this.rule, this.state, clock, sample, sample.offset);
    this.state = take(this.rule, before, sample, telling(this, alerts));
    if (this.rule.derive !== undefined) {
      for (const each of this.rule.derive(this.state.program, sample)) alerts.deriveFrom(this, each);
    }
    if (this.state === this.footed) return;
    moveOn(this, footingAfter(sample, this.state));
  }

  /** Whether the log has told since of a time in which nobody could be heard whose silence an instant took in. */
  #wasExcused(sample: Sample, { clock }: World): boolean {
    if (!this.rule.program.watchesSilence || this.isFooted) return false;
    const footed = this.footed;
    const anew = excused(this.rule, footed, clock, sample, sample.offset);
    if (anew === footed) return false;
    const passed = elapse(this.rule, anew, this.firedTo, true, undefined, undefined, () => {});
    return !isDeepStrictEqual(passed, excused(this.rule, this.state, clock, sample, sample.offset));
  }

  /** The log's clock says that everything up to this judged time is known. */
  fire(upTo: number, { alerts, clock, next }: World): void {
    const before = this.state;
    this.state = excused(this.rule, before, clock, clock.instant, next);
    // What is excused is not due yet, and what else there is at that instant may not be so either.
    const sure = this.state === before ? upTo : firstDue(this.rule, this.state, clock);
    if (sure === Infinity) return;
    this.firedTo = Math.max(this.firedTo, sure);
    this.state = elapse(this.rule, this.state, sure, true, undefined, undefined, telling(this, alerts));
  }

  /** From here on nothing before can be amended, and the state is this one. */
  ground(state: FoldState, next: number): void {
    const time = this.lastOwn()?.time ?? this.base.time;
    this.base = { time: Math.max(time, this.base.time), offset: next - 1, index: maxIndex, state };
    this.firedTo = -Infinity;
    this.history = none;
    this.refused = none;
    this.state = state;
    const open = this.episodes.filter(isOpen);
    this.episodes = open.length === 0 ? none : open;
  }

  /** What a person cleared stays so until the condition has been clear. */
  mute(next: number): void {
    for (const episode of this.episodes) if (isOpen(episode)) episode.clearedAt = episode.raisedAt;
    this.ground({ ...this.state, episode: mutedEpisode() }, next);
    this.episodes = none;
  }

  /** The open episode has another severity, for a reason that no reading gave. */
  regrade(episode: EpisodeState): void {
    const { isFooted } = this;
    this.state = { ...this.state, episode };
    const last = this.history.at(-1);
    if (!isFooted) return;
    if (last === undefined) this.base = { ...this.base, state: this.state };
    else this.history = this.history.slice(0, -1).concat({ ...last, state: this.state });
  }

  /** The device's own fields are others now; `at` is the instant of that. */
  withDevice(device: Device | undefined, at: Anchor, next: number, alerts: AlertWriter): boolean {
    const program = this.rule.program.withDevice(this.state.program, device, at);
    if (program === this.state.program) return false;
    const state = judged(this.rule, { ...this.state, program }, at, undefined, undefined, telling(this, alerts));
    this.ground(state, next);
    return true;
  }

  /** Something was heard of what it watches that no series holds. */
  hear(sample: Sample, { alerts, next }: World): void {
    const program = this.rule.program.step(this.state.program, sample);
    if (program === this.state.program) return;
    const state = judged(this.rule, { ...this.state, program }, sample, undefined, undefined, telling(this, alerts));
    this.ground(state, next);
  }

  /** What holds from the beginning, without a reading, is told. */
  begin(at: Anchor, alerts: AlertWriter): void {
    this.state = judged(this.rule, this.state, at, undefined, undefined, telling(this, alerts));
    this.base = { ...this.base, state: this.state };
  }

  /** Clears the open episode for a reason that no reading gave. */
  close(cause: string, at: number, alerts: AlertWriter): void {
    const episode = this.open;
    if (episode === undefined) return;
    episode.clearedAt = Math.max(at, episode.raisedAt);
    alerts.tell(this, episode, { kind: "cleared", at: episode.clearedAt, cause });
  }

  /**
   * Settles. Nothing is left to know: the same as if there had never been an instance. `grounding`: what such a one
   * would be called by.
   */
  isBlank(next: number, grounding: string): boolean {
    // Its inputs are still on their way; or the alerts to come have other ids than those of a new one.
    if (this.covers > next || this.grounding !== grounding || !this.rule.isIdle(this.state)) return false;
    const newest = this.lastOwn();
    if (newest !== undefined) settle(this, newest.time);
    return this.history.length === 0 && this.episodes.length === 0 && isGrounded(this, newest?.time);
  }

  /** Numbers of an input that change nothing, as long as the state is footed. */
  quiet(metric: string): Interval {
    return this.rule.quiet(this.state, metric);
  }

  /** From which judged time on even such a number has to be taken in. */
  get until(): number {
    return nextWake(this.rule.program, this.state.program);
  }

  lastOwn(place?: Position): Reading | undefined {
    return lastOwn(this, place);
  }

  latest(metric: string, place: Position | undefined): Reading | undefined {
    return latestOwn(this, metric, place);
  }
}
