import type { EventLog } from "@headwater/event-log";
import { QueueClosedError, sleep, type Logger } from "@headwater/core";
import { holds, type Range } from "../lanes/lane.ts";
import type { LanesState } from "../lanes/lanes.ts";
import type { Frame } from "../frame/frame.ts";
import type { PositionFile, SpoolPlace, SpoolPosition } from "../spool/position-file.ts";
import { comparePlaces } from "../spool/read-segment-range.ts";
import type { LostRange } from "../spool/recovery.ts";
import type { SpoolReader, SpoolStep } from "../spool/spool-reader.ts";
import type { Spool } from "../spool/spool.ts";
import type { FrameRecords } from "../frame/frame-records.ts";
import type { LogHealth } from "./log-health.ts";
import { verifyLog } from "./verify-log.ts";
import { ParkedSenders } from "./parked-senders.ts";
import { PartitionSenders } from "./partition-senders.ts";
import type { PartitionSender } from "./partition-sender.ts";
import { Progress } from "./progress.ts";

export interface ForwarderOptions {
  readonly log: EventLog;
  readonly spool: Spool;
  readonly reader: SpoolReader;
  readonly positions: PositionFile;
  readonly from: SpoolPosition | undefined;
  readonly records: FrameRecords;
  readonly partitions: number;
  readonly health: LogHealth;
  readonly logger: Logger;
  /** After an append of many records, more are waited for so long (milliseconds). */
  readonly lingerMs: number;
  /** How long records stay in the spool once they have landed (milliseconds); undefined: by the topic's replicas. */
  readonly keepMs: number | undefined;
  readonly gapsOf: (partition: number) => readonly Range[];
  /** What the receive clock says (microseconds). */
  readonly receiveTime: () => number;
  /** Told how many records the log took. */
  readonly onAppended: (records: number) => void;
  readonly onMarkAppended: (partition: number, n: number) => void;
  readonly onRefused: (frame: Frame) => void;
  /** Resolves once the gap record is durable. */
  readonly onLost: (lost: LostRange) => Promise<void>;
  /** Everything up to these n of an epoch will not be read again. */
  readonly onPassed: (lanes: readonly number[], epoch: number) => void;
  /** The lanes at the end, if all of them is durable. */
  readonly finalState: () => LanesState | undefined;
}

const manyRecords = 64;
/** Other senders go ahead of an append that is under way for longer (milliseconds), within bounds. */
const patienceMs = 250;
const aheadBytes = 8 * 1024 * 1024;
/** The bound as long as nothing lands: enough to see whether the log takes records of other partitions (bytes). */
const blindBytes = 256 * 1024;

/**
 * Sends what is in the spool to the log. Each partition of each topic has a sender of its own with one append under
 * way, so every lane lands in the order of n. As a rule all of them go through the spool together; one that the log
 * does not take is left behind, to catch up later. Live records queue behind the backlog; the backlog goes out in large
 * batches.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #closing = new AbortController();
  readonly #table: PartitionSenders;
  readonly #senders: readonly PartitionSender[];
  readonly #fault = Promise.withResolvers<never>();
  readonly #parked: ParkedSenders;
  readonly #progress: Progress;
  #wakes: (() => void)[] = [];
  #running: Promise<void> | undefined;
  #idle = false;
  /** Whether something was committed since the reader was last asked. */
  #committed = false;
  /** Behind the records that were handed to the senders last. */
  #launched: SpoolPlace;
  /** The same, once gap records name all that was lost before it. */
  #head: SpoolPlace;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#launched = this.#head = options.reader.place;
    this.#fault.promise.catch(() => {});
    this.#table = new PartitionSenders(options, {
      ...options,
      signal: this.#closing.signal,
      onAppendEnded: (sender, ok) => this.#appendEnded(sender, ok),
      onFault: (error) => this.#fault.reject(error),
    });
    this.#senders = this.#table.all;
    this.#progress = new Progress(options, this.#senders);
    this.#parked = new ParkedSenders({
      senders: this.#table,
      files: options.spool.files,
      gapsOf: options.gapsOf,
      head: () => this.#launched,
      woken: () => this.#woken(),
      onSendAgain: () => this.#progress.again(),
      onEnded: () => this.#wake(),
      onFault: (error) => this.#fault.reject(error),
      signal: this.#closing.signal,
      logger: options.logger,
    });
    options.spool.onCommit = () => {
      this.#committed = true;
      this.#wake();
    };
  }

  /** Settles when the forwarder ends: rejects if it could not go on. */
  start(): Promise<void> {
    this.#running = Promise.race([this.#run(), this.#fault.promise]);
    return this.#running;
  }

  /** Resolves once all that is in the spool now has landed, or the signal is aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    while (!this.#idle && !signal.aborted) await sleep(20, signal).catch(() => {});
  }

  async close(): Promise<void> {
    this.#closing.abort(new QueueClosedError("The gateway is stopping"));
    for (const sender of this.#senders) sender.retryNow();
    this.#wake();
    await Promise.allSettled([this.#running, this.#parked.ended()]);
    await this.#progress.save(this.place, this.lanesDone, true);
  }

  /** How many partitions of topics the others go on without. */
  get parkedPartitions(): number {
    return this.#parked.count;
  }

  /** By lane, the last n that is done with. */
  get lanesDone(): readonly number[] {
    return this.#table.lanesDone(this.#options.reader.lanes);
  }

  /** When the oldest record that has not landed was received (microseconds); undefined if all have. */
  get oldestReceivedAt(): number | undefined {
    return this.#table.oldestReceivedAt;
  }

  /** Everything before this place is done with. */
  get place(): SpoolPlace {
    let place = this.#head;
    for (const { since } of this.#senders) if (since !== undefined && comparePlaces(since, place) < 0) place = since;
    return place;
  }

  /** Takes back from the senders the records that have certainly not landed, so that they can be given up. */
  cancelPending(): void {
    for (const sender of this.#senders) sender.cancelPending(this.#options.spool.files.givenUp);
    this.#wake();
  }

  /** Whether records of this segment are on their way to the log. */
  isInFlight(segment: number): boolean {
    return this.#senders.some((sender) => sender.isInFlight(segment));
  }

  /** Whether a frame at that place has not been handed to its sender yet. */
  isPending(frame: Frame, at: SpoolPlace): boolean {
    return comparePlaces(at, this.#table.of(frame).parkedAt ?? this.#launched) >= 0;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { reader, spool, onLost } = this.#options;
    await verifyLog({
      ...this.#options,
      senders: this.#senders,
      signal,
      onShortened: (sender) => this.#parked.sendAgain(sender),
    });
    while (!signal.aborted) {
      this.#committed = false;
      const step = await reader.next();
      if (step === undefined) {
        await this.#rest();
        continue;
      }
      this.#idle = false;
      if (step.lanes.epoch !== reader.epoch) await this.#beginEpoch();
      this.#launch(step);
      // A gap record names lost identities before their place is passed.
      await Promise.all(step.lost.map((range) => onLost(range)));
      const free = await this.#through();
      if (signal.aborted) return;
      reader.advance(step, free);
      this.#head = step.end;
      await this.#note(step.lost.length > 0);
      if (step.frames.length >= manyRecords && free && this.#options.lingerMs > 0) await sleep(this.#options.lingerMs);
      if (spool.files.keepMs > 0) await this.#progress.expire();
    }
  }

  /** The n of another epoch say nothing about this one's: all that is under way lands first. */
  async #beginEpoch(): Promise<void> {
    while (this.#senders.some(({ since }) => since !== undefined) && !this.#closing.signal.aborted) {
      await this.#woken();
      this.#parked.parkStuck();
    }
    for (const sender of this.#senders) sender.beginEpoch();
  }

  /** Hands the frames of a step to their senders. */
  #launch(step: SpoolStep): void {
    const { gapsOf, spool } = this.#options;
    const isGivenUp = spool.files.isGivenUp(step.end.segment);
    const portions = new Map<PartitionSender, Frame[]>();
    for (const frame of step.frames) {
      const sender = this.#table.of(frame);
      if (sender === undefined || sender.parkedAt !== undefined) continue;
      // It may have been given up since it was read.
      if (sender.isLane ? holds(gapsOf(frame.partition), frame.n) : isGivenUp) continue;
      const portion = portions.get(sender);
      if (portion === undefined) portions.set(sender, [frame]);
      else portion.push(frame);
    }
    this.#launched = step.end;
    for (const [sender, frames] of portions) sender.send(frames, step.end.segment, step.start);
  }

  /** Waits until all launched records have landed, or it is time to go ahead without some. Answers whether all have. */
  async #through(): Promise<boolean> {
    const { signal } = this.#closing;
    for (let waited = false; !signal.aborted; waited = true) {
      let bytes = 0;
      let overtaken = false;
      for (const sender of this.#senders) {
        if (sender.parkedAt !== undefined) continue;
        bytes += sender.openBytes;
        overtaken ||= sender.isBusy && sender.overtakenAt !== undefined;
      }
      if (bytes === 0) return true;
      const ahead = overtaken ? aheadBytes : blindBytes;
      if (waited && bytes < ahead && performance.now() - this.#oldestBegan > patienceMs) return false;
      await this.#woken();
      this.#parked.parkStuck();
      // Those that catch up move on too.
      if (this.#parked.isCatchingUp) await this.#note(false);
    }
    return false;
  }

  get #oldestBegan(): number {
    let oldest = performance.now();
    for (const { isBusy, parkedAt, began } of this.#senders)
      if (isBusy && parkedAt === undefined) oldest = Math.min(oldest, began);
    return oldest;
  }

  /** The next commit, settlement or end; or some time. */
  async #woken(ms = patienceMs): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wakes.push(resolve);
    await promise;
    clearTimeout(timer);
  }

  #wake(): void {
    if (this.#wakes.length === 0) return;
    for (const wake of this.#wakes.splice(0)) wake();
  }

  #appendEnded(sender: PartitionSender, ok: boolean): void {
    if (ok) {
      const now = performance.now();
      for (const other of this.#senders) {
        if (!other.isBusy || other === sender) continue;
        other.overtakenAt ??= now;
        other.retryNow();
      }
    } else this.#parked.sendAgain(sender);
    this.#parked.catchUp();
    this.#wake();
  }

  async #rest(): Promise<void> {
    if (this.#committed || this.#closing.signal.aborted) return;
    const open = this.#senders.some(({ since }) => since !== undefined);
    this.#idle = !open;
    await this.#note(false);
    // Nobody was woken by what was committed meanwhile.
    if (!this.#committed) await this.#woken(open ? patienceMs : 1000);
    this.#parked.parkStuck();
    this.#idle = false;
    await this.#progress.expire();
  }

  async #note(now: boolean): Promise<void> {
    await this.#progress.note(this.place, this.lanesDone, now);
  }
}
