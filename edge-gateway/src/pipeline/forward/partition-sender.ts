import {
  LogShortenedError,
  SomeRecordsRefusedError,
  type AppendedRange,
  type EventLog,
  type OutgoingRecord,
  LogUnavailableError,
  RecordRefusedError,
} from "@headwater/event-log";
import { events } from "@headwater/proto";
import { HeadwaterError, type Logger } from "@headwater/core";
import { frameKinds, type Frame } from "../frame/frame.ts";
import type { SpoolPlace } from "../spool/position-file.ts";
import { recordOf, stampMarks } from "../frame/frame-records.ts";
import { LandingTrail } from "./landing-trail.ts";
import type { LogHealth } from "./log-health.ts";

export interface PartitionSenderContext {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly health: LogHealth;
  /** What the receive clock says, which marks carry (microseconds). */
  readonly receiveTime: () => number;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Told how many records the log took. */
  readonly onAppended: (records: number) => void;
  readonly onMarkAppended: (partition: number, n: number) => void;
  readonly onRefused: (frame: Frame) => void;
  /**
   * An append has ended: its records are in the log (`ok`), or the log has lost earlier ones, which have to be sent
   * again.
   */
  readonly onAppendEnded: (sender: PartitionSender, ok: boolean) => void;
  /** Neither repeating nor waiting would heal it. */
  readonly onFault: (error: unknown) => void;
}

const firstWaitMs = 50;
const longestWaitMs = 1000;
/** Missing rights need a person, so attempts are rarer (milliseconds). */
const fatalWaitMs = 5000;
const leastRetryMs = 200;
/** A line of the same trouble at most this often. */
const quietMs = 5000;

/** Frames that go to the log together, where in the spool they are at the earliest, and their last segment. */
interface Portion {
  frames: Frame[];
  readonly place: SpoolPlace;
  lastSegment: number;
}

/**
 * One partition of one topic: one append under way at a time, the same batch again for as long as it takes, so
 * that what goes through it lands in its order. What comes meanwhile waits.
 */
export class PartitionSender {
  readonly topic: string;
  readonly partition: number;
  /** Whether identities go through it. */
  readonly isLane: boolean;
  readonly #context: PartitionSenderContext;
  readonly #name: string;
  #outstanding: Portion | undefined;
  #waiting: Portion | undefined;
  #openBytes = 0;
  #endPause: (() => void) | undefined;
  #retriedAt = Number.NEGATIVE_INFINITY;
  readonly #trail = new LandingTrail();
  /** Whether an attempt of the append under way may have landed. */
  #inDoubt = false;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #began = 0;
  /** When another sender first landed something that was begun after this one's append. */
  overtakenAt: number | undefined;
  /** From where on its records are still to be read from the spool; others go on without it. */
  parkedAt: SpoolPlace | undefined;
  /** The last n that landed. */
  landedN = 0;
  /** The end of the log's partition behind the records that landed last. */
  end = 0;

  constructor(topic: string, partition: number, isLane: boolean, context: PartitionSenderContext) {
    this.topic = topic;
    this.partition = partition;
    this.isLane = isLane;
    this.#context = context;
    this.#name = `${topic}/${partition}`;
  }

  get isBusy(): boolean {
    return this.#outstanding !== undefined;
  }

  /** Where the oldest record that has not landed begins; undefined if all have. */
  get since(): SpoolPlace | undefined {
    return this.#outstanding?.place ?? this.#waiting?.place ?? this.parkedAt;
  }

  /** Bytes of the records in memory that have not landed. */
  get openBytes(): number {
    return this.#openBytes;
  }

  /** The last n that was handed over; landed, if nothing is under way. */
  get takenN(): number {
    return this.#waiting?.frames.at(-1)?.n ?? this.#outstanding?.frames.at(-1)?.n ?? this.landedN;
  }

  /**
   * When the oldest of what is under way was received (microseconds); undefined if that is nothing with an identity.
   */
  get oldestReceivedAt(): number | undefined {
    const frame = this.isLane ? this.#outstanding?.frames[0] : undefined;
    return frame === undefined ? undefined : events.telemetry.decode(frame.value).receivedAt;
  }

  /** When the append under way was first tried. */
  get began(): number {
    return this.#began;
  }

  /** A new epoch: no record that is sent from now on has landed before. */
  beginEpoch(): void {
    this.landedN = 0;
    this.#trail.clear();
  }

  /**
   * @param segment Where all the frames are.
   * @param from The place from which on it was read; may be in the segment before.
   */
  send(frames: Frame[], segment: number, from: SpoolPlace): void {
    this.#openBytes += bytesOf(frames);
    const place = from.segment === segment ? from : { segment, offset: 0 };
    if (this.#outstanding === undefined) this.#deliver({ frames, place, lastSegment: segment });
    else if (this.#waiting === undefined) this.#waiting = { frames, place, lastSegment: segment };
    else {
      this.#waiting.frames.push(...frames);
      this.#waiting.lastSegment = segment;
    }
  }

  /**
   * Lets go of what waits behind the append that is under way; it is read again from the spool, from `next` on if
   * nothing waits.
   */
  park(next: SpoolPlace): void {
    this.parkedAt = this.#waiting?.place ?? next;
    if (this.#waiting !== undefined) this.#openBytes -= bytesOf(this.#waiting.frames);
    this.#waiting = undefined;
  }

  /**
   * Lets go of all that has certainly not landed; it is read again from the spool. What was under way when its segment
   * was given up is in no gap record, and goes on until it has landed: the segment is removed after that.
   */
  cancelPending(givenUp: ReadonlySet<number>): void {
    if (this.#waiting !== undefined) this.park(this.#waiting.place);
    if (this.#outstanding === undefined || this.#endPause === undefined || this.#inDoubt) return;
    if (givenUp.has(this.#outstanding.place.segment)) return;
    this.parkedAt = this.#outstanding.place;
    this.#openBytes -= bytesOf(this.#outstanding.frames);
    this.#outstanding = undefined;
    this.#context.health.ended(this.#name);
    this.#endPause();
  }

  /** Whether the append under way has records of this segment, or may have. */
  isInFlight(segment: number): boolean {
    const append = this.#outstanding;
    return append !== undefined && segment >= append.place.segment && segment <= append.lastSegment;
  }

  /** Tries again at once: the log has just taken something of another, or all ends. */
  retryNow(): void {
    const now = performance.now();
    if (now - this.#retriedAt < leastRetryMs && !this.#context.signal.aborted) return;
    this.#retriedAt = now;
    this.#endPause?.();
  }

  /** The last n that is known to have landed before that end of the log; 0 if none is. */
  intactBefore(end: number): number {
    return this.#trail.intactBefore(end);
  }

  #deliver(portion: Portion): void {
    this.#outstanding = portion;
    this.#began = performance.now();
    this.overtakenAt = undefined;
    this.#inDoubt = false;
    this.#append(portion).catch((error: unknown) => {
      if (!this.#context.signal.aborted) this.#context.onFault(error);
    });
  }

  async #append(portion: Portion): Promise<void> {
    const { log, health, signal, receiveTime } = this.#context;
    const { frames } = portion;
    health.begun(this.#name);
    for (let attempt = 0; this.#outstanding === portion; attempt += 1) {
      signal.throwIfAborted();
      try {
        this.#landed(await log.append(this.topic, recordsOf(frames, receiveTime)), []);
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof RecordRefusedError) {
          this.#landed(error instanceof SomeRecordsRefusedError ? error.landed : [], error.indexes);
          return;
        }
        if (error instanceof LogShortenedError) {
          this.#shortened(error);
          return;
        }
        if (!(error instanceof HeadwaterError)) throw error;
        this.#inDoubt ||= !(error instanceof LogUnavailableError);
        this.#failed(error, frames.length, attempt);
        await this.#pause(error, attempt);
      }
    }
  }

  #landed(ranges: readonly AppendedRange[], refused: readonly number[]): void {
    const { health, onAppended, onMarkAppended, onRefused, onAppendEnded } = this.#context;
    const { frames } = this.#outstanding!;
    health.landed(this.#name);
    for (const { baseOffset, count } of ranges) this.end = Math.max(this.end, baseOffset + count);
    this.landedN = Math.max(this.landedN, frames.at(-1)!.n);
    this.#openBytes -= bytesOf(frames);
    this.#outstanding = undefined;
    if (this.isLane) this.#trail.note(this.end, this.landedN);
    for (const index of refused) onRefused(frames[index]!);
    const landed = refused.length === 0 ? frames : frames.filter((_, index) => !refused.includes(index));
    onAppended(landed.length);
    for (let i = 0; i < landed.length; i += 1) {
      const { kind, partition, n } = landed[i]!;
      if (kind === frameKinds.mark) onMarkAppended(partition, n);
    }
    this.#next();
    onAppendEnded(this, true);
  }

  /** The log has lost records that it took. Nothing newer may land before they are sent again. */
  #shortened(error: LogShortenedError): void {
    const { logger, onAppendEnded, health } = this.#context;
    logger.error({ topic: this.topic, partition: this.partition, end: error.end, was: error.was }, error.message);
    health.ended(this.#name);
    this.park(this.#outstanding!.place);
    this.parkedAt = this.#outstanding!.place;
    this.#openBytes -= bytesOf(this.#outstanding!.frames);
    this.#outstanding = undefined;
    this.end = error.end;
    onAppendEnded(this, false);
  }

  #next(): void {
    const next = this.#waiting;
    this.#waiting = undefined;
    if (next !== undefined) this.#deliver(next);
  }

  #failed(error: HeadwaterError, records: number, attempt: number): void {
    const { health, logger } = this.#context;
    health.failed(this.#name, error);
    const now = performance.now();
    if (now - this.#loggedAt < quietMs) return;
    this.#loggedAt = now;
    logger.warn(
      { err: error, topic: this.topic, partition: this.partition, records, attempt },
      "the log did not take records; repeating",
    );
  }

  async #pause(error: HeadwaterError, attempt: number): Promise<void> {
    const passing = error.advice === "retry" || error.advice === "wait";
    const bound = passing ? Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt, 10)) : fatalWaitMs;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, (error.retryAfterMs ?? 0) + (0.5 + Math.random() / 2) * bound);
    this.#endPause = resolve;
    await promise;
    this.#endPause = undefined;
    clearTimeout(timer);
  }
}

/** Made for each attempt: nothing of them is held here while the log answers. */
function recordsOf(frames: readonly Frame[], receiveTime: () => number): OutgoingRecord[] {
  const records: OutgoingRecord[] = [];
  let marks: number[] | undefined;
  for (let i = 0; i < frames.length; i += 1) {
    const frame = frames[i]!;
    records.push(recordOf(frame));
    if (frame.kind === frameKinds.mark) (marks ??= []).push(i);
  }
  if (marks !== undefined) stampMarks(records, marks, receiveTime());
  return records;
}

function bytesOf(frames: readonly Frame[]): number {
  let bytes = 0;
  for (let i = 0; i < frames.length; i += 1) bytes += frames[i]!.size;
  return bytes;
}
