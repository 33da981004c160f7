import { events } from "@headwater/proto";
import type { Logger } from "@headwater/core";
import type { LanesState } from "../lanes/lanes.ts";
import { frameKinds, type Frame } from "../frame/frame.ts";
import type { SpoolPlace } from "./position-file.ts";
import { readPart } from "./read-part.ts";
import { readSegmentRange } from "./read-segment-range.ts";
import { decodeSegmentHeader, mostHeaderBytes } from "./segment.ts";
import type { Spool } from "./spool.ts";

/** The identities of a lane that are given up. */
export interface GivenUp {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** How many of the identities were events that nothing has counted as given up yet. */
  readonly events: number;
  readonly reason: string;
}

export interface TrimmerOptions {
  readonly spool: Spool;
  readonly logger: Logger;
  /** Whether the oldest records make room for the newest. */
  readonly dropsOldest: boolean;
  /** Records that have waited longer are given up (milliseconds). */
  readonly maxAgeMs: number | undefined;
  readonly forwarder: {
    cancelPending(): void;
    isInFlight(segment: number): boolean;
    isPending(frame: Frame, at: SpoolPlace): boolean;
  };
  /** Writes the gap records, and copies of the moved records; resolves once they are durable. */
  readonly giveUp: (epoch: number, ranges: readonly GivenUp[], moved: readonly Frame[]) => Promise<void>;
  /** A record without an identity is given up; only the count remains. */
  readonly onDiscarded: (kind: "presence" | "quarantine", count: number, reason: string) => void;
  /** Lets a commit happen, so that the newest segment is closed for its age. */
  readonly nudge: () => void;
  readonly now?: () => number;
}

const chunkBytes = 512 * 1024;

/**
 * Gives up the oldest segments, for want of room or for their age. First every identity that has not been handed to the
 * log is named in a gap record, and that is durable: from then on those frames are passed over, also after a crash.
 * Then the file goes. What has no identity is either moved to the end (what devices and this gateway said about
 * commands) or counted (presence, quarantine).
 */
export class Trimmer {
  readonly #options: TrimmerOptions;
  #timer: NodeJS.Timeout | undefined;
  #trimming: Promise<void> | undefined;
  #stopped = false;

  constructor(options: TrimmerOptions) {
    this.#options = options;
  }

  start(): void {
    const { spool, dropsOldest, maxAgeMs } = this.#options;
    if (dropsOldest) spool.onPressure = () => this.trim();
    if (dropsOldest || maxAgeMs !== undefined) {
      this.trim();
      this.#timer = setInterval(() => this.trim(), Math.min(1000, (maxAgeMs ?? 10_000) / 10));
    }
  }

  /** Looks whether something has to go. */
  trim(): void {
    if (this.#stopped) return;
    this.#trimming ??= this.#trim()
      .catch((error: unknown) => this.#options.logger.error({ err: error }, "no room could be made in the spool"))
      .finally(() => (this.#trimming = undefined));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#trimming;
  }

  async #trim(): Promise<void> {
    const { spool, dropsOldest, maxAgeMs, nudge, forwarder } = this.#options;
    for (const segment of spool.files.waiting) {
      if (this.#stopped || segment === spool.activeSegment) break;
      const reason = dropsOldest && spool.isFull ? "drop-oldest" : (await this.#isTooOld(segment)) ? "age" : undefined;
      if (reason === undefined) break;
      if (!spool.files.givenUp.has(segment)) await this.#drop(segment, reason);
      // An append that may have landed is repeated until it has.
      if (forwarder.isInFlight(segment)) continue;
      await spool.files.remove(segment);
      spool.onRoom?.();
    }
    if (!this.#stopped && maxAgeMs !== undefined && spool.isOld) nudge();
  }

  /** Whether everything in a segment is too old: the next one says which time its last record was received at. */
  async #isTooOld(segment: number): Promise<boolean> {
    const { spool, maxAgeMs, now = Date.now } = this.#options;
    if (maxAgeMs === undefined) return false;
    const following = spool.files.after(segment);
    if (following === undefined) return false;
    const clock = (await this.#headerOf(following))?.clock;
    return clock !== undefined && clock / 1000 < now() - maxAgeMs;
  }

  async #headerOf(segment: number): Promise<LanesState | undefined> {
    try {
      return decodeSegmentHeader(await readPart(this.#options.spool.files.fileOf(segment), 0, mostHeaderBytes)).state;
    } catch (error) {
      // Unreadable: it is left to the reader, which reports it.
      this.#options.logger.debug({ err: error, segment }, "a spool segment has no readable header");
      return undefined;
    }
  }

  async #drop(segment: number, reason: string): Promise<void> {
    const { spool, forwarder, giveUp, onDiscarded, logger } = this.#options;
    const found: { frame: Frame; at: SpoolPlace }[] = [];
    const moved: Frame[] = [];
    const epoch = (await this.#headerOf(segment))?.epoch ?? 0;
    const bytes = spool.files.sizeOf(segment);
    // The identity of a frame is kept, not its bytes.
    let place: SpoolPlace = { segment, offset: 0 };
    for (;;) {
      const range = await readSegmentRange(spool.files, place, chunkBytes, { segment: segment + 1, offset: 0 });
      if (range === undefined) break;
      range.frames.forEach((frame, index) => {
        const at = { segment, offset: range.offsets[index]! };
        const whole = frame.kind === frameKinds.command || frame.kind === frameKinds.gap;
        found.push({ frame: whole ? copyOf(frame) : nameOf(frame), at });
      });
      place = range.end;
      await new Promise((resolve) => setImmediate(resolve));
    }
    // From here to the call of `giveUp` the forwarder does not go on.
    forwarder.cancelPending();
    const lanes = new Map<number, Writable<GivenUp>>();
    /** Named by gap records that are given up themselves: they are named anew. */
    const named: GivenUp[] = [];
    const discarded = { presence: 0, quarantine: 0 };
    for (const { frame, at } of found) {
      if (!forwarder.isPending(frame, at)) continue;
      if (frame.n > 0) {
        const lane = lanes.get(frame.partition);
        const count = frame.kind === frameKinds.event ? 1 : 0;
        if (lane === undefined) {
          lanes.set(frame.partition, { partition: frame.partition, from: frame.n, to: frame.n, events: count, reason });
        } else {
          lane.to = frame.n;
          lane.events += count;
        }
        if (frame.kind === frameKinds.gap) named.push(...gapOf(frame));
      } else if (frame.kind === frameKinds.command) moved.push(frame);
      else discarded[frame.kind === frameKinds.presence ? "presence" : "quarantine"] += 1;
    }
    spool.files.givenUp.add(segment);
    await giveUp(epoch, [...joined(named, lanes), ...lanes.values()], moved);
    for (const kind of ["presence", "quarantine"] as const) {
      if (discarded[kind] > 0) onDiscarded(kind, discarded[kind], reason);
    }
    const dropped = [...lanes.values()].reduce((sum, lane) => sum + lane.events, 0);
    logger.error(
      { segment, bytes, reason, events: dropped, ...discarded, moved: moved.length },
      "a spool segment was given up",
    );
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function gapOf({ partition, value }: Frame): GivenUp[] {
  const { gap } = events.telemetry.decode(value);
  return gap === null ? [] : [{ partition, from: gap.fromN, to: gap.toN, events: 0, reason: gap.reason }];
}

/** The named ranges that cannot be joined to the range of their lane that is given up now. */
function joined(named: readonly GivenUp[], lanes: ReadonlyMap<number, Writable<GivenUp>>): GivenUp[] {
  return named.toReversed().filter((each) => {
    const lane = lanes.get(each.partition)!;
    if (each.reason !== lane.reason || each.to + 1 < lane.from) return true;
    lane.from = Math.min(lane.from, each.from);
    return false;
  });
}

const nothing = Buffer.alloc(0);

function nameOf({ kind, partition, n, end }: Frame): Frame {
  return { kind, partition, n, end, key: nothing, headers: undefined, value: nothing, size: 0 };
}

function copyOf({ kind, partition, n, end, key, headers, value, size }: Frame): Frame {
  return { kind, partition, n, end, key: Buffer.from(key), headers, value: Buffer.from(value), size };
}
