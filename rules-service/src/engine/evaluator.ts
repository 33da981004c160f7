import type { TelemetryRecord } from "@headwater/proto";
import { SeenDerivations } from "@headwater/proto/telemetry";
import { gatewayOf } from "../readings/gateway-stand-in.ts";
import type { Anchor, Reading, Sample } from "../readings/reading.ts";
import { Again } from "./again.ts";
import { AsleepInstances } from "./asleep.ts";
import { Changes } from "./changes.ts";
import { LogClock } from "./clock.ts";
import type { RecordPosition } from "./engine.ts";
import type { Derivations } from "./derivations.ts";
import { GatewayWatch } from "./gateway-watch.ts";
import { SampleIntake } from "./sample-intake.ts";
import { SeenIdentities } from "./seen-identities.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { Steps } from "./steps.ts";
import type { Instance } from "./instance.ts";
import type { RuleIndex } from "./rule-index.ts";
import type { Series } from "./series.ts";
import type { AlertWriter } from "./alert-writer.ts";
import { Timers } from "./timers.ts";

const noSamples: readonly Sample[] = [];
/**
 * Instances that take something in, or that the clock wakes, in one slice of a record. By number, never by time: a
 * replay comes to the same slices.
 */
const instancesASlice = 64;
/** What a timer takes of the room of an instance. */
const timerRoom = 1 / 8;
/** What it takes to find an instance that a reading concerns. */
const touchRoom = 1 / 4;

/** Takes the records of a partition to the rules that they concern, and the clock's word to the instances that wait. */
export class Evaluator {
  readonly index: RuleIndex;
  readonly alerts: AlertWriter;
  readonly clock = new LogClock();
  readonly identities = new SeenIdentities();
  readonly timers = new Timers();
  readonly gateways: GatewayWatch;
  readonly asleep = new AsleepInstances();
  readonly steps: Steps;
  /** What has changed since states were last taken. */
  readonly changedInstances = new Changes<Instance>();
  readonly changedSeries = new Changes<Series>();
  readonly changedRules = new Set<string>();
  /** The next offset to apply. */
  next = 0;
  readonly counts = { evaluations: 0, tooLate: 0, notNumeric: 0, otherDevice: 0 };
  readonly #intake: SampleIntake;
  readonly #silence = new SilenceWatch(this);
  /** What derived readings of now stand in the place of. */
  readonly corrected = new Map<Reading, Reading>();
  readonly #derivations: Derivations | undefined;
  readonly #seenDerived = new SeenDerivations();
  #appendTime = 0;
  /** Instances that the present slice still has room for. */
  #room = Infinity;
  /** All timers that are due with the present record have come up. */
  #hasFired = false;
  /** Failed at an instant. */
  readonly #again = new Again();
  readonly #slice: number;

  /**
   * `derivations`: what rules derive is judged by others at once; undefined: as it comes to lie in the log.
   * `ownsGateway`: whether a gateway's id belongs to the partition. `slice`: how many instances it has room for.
   */
  constructor(
    index: RuleIndex,
    alerts: AlertWriter,
    derivations?: Derivations,
    ownsGateway: (gateway: string) => boolean = () => false,
    slice = instancesASlice,
  ) {
    this.#slice = slice;
    this.index = index;
    this.alerts = alerts;
    this.steps = new Steps(alerts, this.changedInstances);
    this.#intake = new SampleIntake(this);
    this.#derivations = derivations;
    this.gateways = new GatewayWatch(index, this.clock, ownsGateway);
    alerts.reasonOf = this.gateways.reasonOf;
  }

  /**
   * Answers what is left to do where the record concerns more instances than a slice has room for. One that fails is
   * past as well.
   */
  apply(record: TelemetryRecord, at: RecordPosition): Iterable<void> | undefined {
    try {
      return this.#apply(record, at);
    } catch (error) {
      this.next = at.offset + 1;
      throw error;
    }
  }

  #apply(record: TelemetryRecord, at: RecordPosition): Iterable<void> | undefined {
    this.next = at.offset;
    this.#appendTime = at.appendTime;
    this.#room = this.#slice;
    this.#hasFired = false;
    this.timers.begin();
    if (!this.#again.isEmpty) this.#armAgain();
    this.#intake.begin();
    this.#derivations?.beginRecord(at.offset);
    this.asleep.wake(at.offset, this.#wake);
    if (record.gateway === "" || this.identities.accept(record.gateway, record.epoch, record.n, at.appendTime)) {
      // Its time is known to its readings, and what that lets happen comes after them.
      const hadTime = this.clock.now > 0;
      this.clock.observe(record, at);
      if (!hadTime && this.clock.now > 0) {
        const work = this.#begins(record, at);
        return work.next().done === true ? undefined : work;
      }
      if (!this.#hears(record, at)) return this.#goOn(at);
    }
    this.next = at.offset + 1;
    return undefined;
  }

  /** False: the slice is full. */
  #hears(record: TelemetryRecord, at: RecordPosition): boolean {
    if (record.mark !== null) this.#silence.marked(record.gateway);
    if (record.incarnation !== this.index.incarnationOf(record.device)) this.counts.otherDevice++;
    else if (record.readings.length > 0 && this.#isToBeJudged(record, at) && this.#intake.take(record, at)) {
      if (!this.#evaluate()) return false;
    }
    return this.#fireDue();
  }

  /** The first record that shows a time. */
  *#begins(record: TelemetryRecord, at: RecordPosition): Generator<void> {
    try {
      for (const room of this.#silence.beginAll()) {
        this.#room -= room;
        if (this.#room > 0) continue;
        yield;
        this.#room = this.#slice;
      }
      this.#room = this.#slice;
      if (!this.#hears(record, at)) yield* this.#goOn(at);
    } finally {
      this.next = at.offset + 1;
    }
  }

  *#goOn({ offset }: RecordPosition): Generator<void> {
    try {
      do {
        yield;
        this.#room = this.#slice;
      } while (!(this.#evaluate() && this.#fireDue()));
    } finally {
      this.next = offset + 1;
    }
  }

  /** False: the slice is full. */
  #fireDue(): boolean {
    // What is judged after the last timer may set others, which are the next record's, however many slices it takes.
    this.#hasFired ||= this.timers.fire(this.clock, this.#fire, this.#repeat, this.#hasRoom);
    return this.#hasFired && this.#judge();
  }

  /** A timer that comes up costs room, too: most are too early, and are set anew. */
  readonly #hasRoom = (): boolean => {
    if (this.#room <= 0) return false;
    this.#room -= timerRoom;
    return true;
  };

  /** The same for a rule that a reading is taken to, which begins on the device then, if it has not. */
  readonly hasRoomToLook = (): boolean => {
    if (this.#room <= 0) return false;
    this.#room -= touchRoom;
    return true;
  };

  /** Lets the clock alone have a record. */
  applyClock(record: TelemetryRecord, at: RecordPosition): void {
    if (record.gateway === "" || this.identities.accept(record.gateway, record.epoch, record.n, at.appendTime)) {
      this.clock.observe(record, at);
    }
  }

  /** The present instant on the log's clock. */
  get now(): Anchor {
    return { time: this.clock.now, logTime: this.clock.now, gateway: "" };
  }

  /** Call after every change of an instance. */
  changed(instance: Instance): void {
    if (instance.rule.program.isFlapping !== undefined) this.alerts.mark(instance);
    for (const series of instance.inputs) series.refresh(instance.rule.id);
    this.arm(instance);
    this.changedInstances.add(instance);
  }

  /** An instance that has inputs still to come waits for nothing before they are past. */
  arm(instance: Instance): void {
    if (instance.covers <= this.next) {
      this.timers.arm(instance);
      return;
    }
    this.timers.disarm(instance);
    this.asleep.add(instance);
  }

  /** The rule has begun on a device, and may hold already. */
  begun(instance: Instance): void {
    this.steps.does(instance, () => {
      instance.begin(this.now, this.alerts);
      this.changed(instance);
    });
  }

  readonly #wake = (instance: Instance, isStandIn: boolean): void => {
    if (isStandIn) {
      this.timers.disarm(instance);
      this.changedInstances.delete(instance);
      this.index.remove(instance);
    } else if (this.index.instance(instance.rule, instance.device) === instance) this.timers.arm(instance);
  };

  /** Lets rules judge what others have derived since the last record. */
  judgeDerived(): void {
    this.#intake.begin();
    this.#room = Infinity;
    this.#judge();
    this.steps.tellFailure();
  }

  /** False: the slice is full. */
  #judge(): boolean {
    if (this.#derivations === undefined || this.#derivations.waiting.length === 0) return true;
    this.#passOn();
    return this.#evaluate();
  }

  /** What is derived here was judged when it was derived, and elsewhere each counts once. */
  #isToBeJudged({ derived }: TelemetryRecord, { offset }: RecordPosition): boolean {
    if (derived === null || derived.ordinal === 0) return true;
    if (this.#derivations !== undefined) return false;
    if (this.#seenDerived.accept(derived, offset)) return true;
    this.identities.duplicates++;
    return false;
  }

  /**
   * Sees to it that all samples of the record lie in their series, and hands them to the instances that they concern.
   * False: the slice is full.
   */
  #evaluate(): boolean {
    if (!this.#intake.goOn()) return false;
    for (;;) {
      if (this.#room <= 0) return false;
      const instance = this.#intake.next();
      if (instance === undefined) break;
      this.#room -= 1;
      const { samples } = instance;
      instance.samples = noSamples;
      try {
        this.steps.begin(instance);
        this.#take(instance, samples);
        this.steps.done();
      } catch (error) {
        // The readings lie in the series by now, where the other rules look back to them.
        this.steps.failed(instance, error);
      }
      this.#passOn();
    }
    this.#intake.prune();
    if (this.corrected.size > 0) this.corrected.clear();
    return true;
  }

  /** It failed at an instant. What the failed step has armed would come up at once, and again and again. */
  #postpone(instance: Instance): void {
    this.timers.disarm(instance);
    this.#again.add(instance);
  }

  /** As one that is restored, an instance that failed at an instant waits for it anew. */
  #armAgain(): void {
    for (const instance of this.#again.take()) {
      if (this.index.instance(instance.rule, instance.device) === instance) this.arm(instance);
    }
  }

  #take(instance: Instance, samples: readonly Sample[]): void {
    this.counts.tooLate += instance.take(samples, this.#intake.isInOrder, this);
    this.changed(instance);
    instance.foresee();
  }

  /** Puts what was derived where the rules that take it find it, one reading a sample. */
  #passOn(): void {
    const waiting = this.#derivations?.waiting;
    if (waiting === undefined || waiting.length === 0) return;
    for (const { device, reading } of waiting) this.#intake.takeDerived(device, reading, this.#appendTime);
    waiting.length = 0;
  }

  readonly #repeat = (instance: Instance): void => {
    this.#room -= 1;
    const isDone = this.steps.does(instance, () => {
      const { open } = instance;
      if (open !== undefined) this.alerts.repeat(instance, open, this.clock.now);
      this.changed(instance);
    });
    if (!isDone) this.#postpone(instance);
  };

  /** False: the slice is full before all is judged that the instance has derived. */
  readonly #fire = (instance: Instance, upTo: number): boolean => {
    this.#room -= 1;
    const isDone = this.steps.does(instance, () => {
      if (gatewayOf(instance.device) !== undefined) this.#silence.hear(instance);
      instance.fire(upTo, this);
      this.changed(instance);
    });
    if (!isDone) this.#postpone(instance);
    return this.#judge();
  };
}
