import type { Logger } from "@headwater/service-kit";
import { frameKinds, type Frame } from "./frame.ts";
import type { SpoolPlace } from "./position-file.ts";
import { readPart } from "./read-part.ts";
import { readStretch } from "./read-stretch.ts";
import { decodeSegmentHeader, mostHeaderBytes } from "./segment.ts";
import type { Spool } from "./spool.ts";

/** What is given up of a lane. */
export interface GivenUp {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** How many of the identities were events. */
  readonly events: number;
}

export interface TrimmerOptions {
  readonly spool: Spool;
  readonly logger: Logger;
  /** Whether the oldest records make room for the newest. */
  readonly dropsOldest: boolean;
  /** Records that have waited longer are given up (milliseconds). */
  readonly maxAgeMs: number | undefined;
  /** Whether the frame has not been handed to the log yet. */
  readonly isPending: (frame: Frame, at: SpoolPlace) => boolean;
  /** Writes the gap records, and copies of what is moved; resolves once they are durable. */
  readonly giveUp: (lanes: readonly GivenUp[], moved: readonly Frame[], reason: string) => Promise<void>;
  /** A record without an identity is given up; only the count remains. */
  readonly onDiscarded: (kind: "presence" | "quarantine", count: number, reason: string) => void;
  /** Lets a commit happen, so that the newest segment is closed for its age. */
  readonly nudge: () => void;
  readonly now?: () => number;
}

const chunkBytes = 512 * 1024;

/**
 * Gives up the oldest segments, for want of room or for their age. First every identity that has not been handed to the log is named in a gap record,
 * and that is durable: from then on those frames are passed over, also after a crash. Then the file goes. What has no identity is
 * either moved to the end (what devices and this gateway said about commands) or counted (presence, quarantine).
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
    const { spool, dropsOldest, maxAgeMs, nudge } = this.#options;
    while (!this.#stopped) {
      const oldest = spool.files.oldestWaiting;
      if (oldest === undefined) return;
      const reason = dropsOldest && spool.isFull ? "drop-oldest" : (await this.#isTooOld(oldest)) ? "age" : undefined;
      if (oldest === spool.activeSegment || reason === undefined) {
        if (maxAgeMs !== undefined && spool.isOld) nudge();
        return;
      }
      await this.#drop(oldest, reason);
    }
  }

  /** Whether everything in a segment is too old: the next one says which time its last record was received at. */
  async #isTooOld(segment: number): Promise<boolean> {
    const { spool, maxAgeMs, now = Date.now } = this.#options;
    if (maxAgeMs === undefined) return false;
    const following = spool.files.after(segment);
    if (following === undefined) return false;
    try {
      const bytes = await readPart(spool.files.fileOf(following), 0, mostHeaderBytes);
      return decodeSegmentHeader(bytes).state.clock / 1000 < now() - maxAgeMs;
    } catch {
      // Unreadable: it is left to the reader, which reports it.
      return false;
    }
  }

  async #drop(segment: number, reason: string): Promise<void> {
    const { spool, isPending, giveUp, onDiscarded, logger } = this.#options;
    const found: { frame: Frame; at: SpoolPlace }[] = [];
    const moved: Frame[] = [];
    const bytes = spool.files.sizeOf(segment);
    // Only what names a frame is kept, not its bytes.
    let place: SpoolPlace = { segment, offset: 0 };
    for (;;) {
      const stretch = await readStretch(spool.files, place, chunkBytes, { segment: segment + 1, offset: 0 });
      if (stretch === undefined) break;
      stretch.frames.forEach((frame, index) => {
        const at = { segment, offset: stretch.offsets[index]! };
        if (!isPending(frame, at)) return;
        found.push({ frame: frame.kind === frameKinds.command ? copyOf(frame) : nameOf(frame), at });
      });
      place = stretch.end;
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The forwarder went on meanwhile; from here to the call of `giveUp` it does not.
    const lanes = new Map<number, { partition: number; from: number; to: number; events: number }>();
    const discarded = { presence: 0, quarantine: 0 };
    for (const { frame, at } of found) {
      if (!isPending(frame, at)) continue;
      if (frame.n > 0) {
        const lane = lanes.get(frame.partition);
        const events = frame.kind === frameKinds.event ? 1 : 0;
        if (lane === undefined) lanes.set(frame.partition, { partition: frame.partition, from: frame.n, to: frame.n, events });
        else {
          lane.to = frame.n;
          lane.events += events;
        }
      } else if (frame.kind === frameKinds.command) moved.push(frame);
      else discarded[frame.kind === frameKinds.presence ? "presence" : "quarantine"] += 1;
    }
    await giveUp([...lanes.values()], moved, reason);
    for (const kind of ["presence", "quarantine"] as const) {
      if (discarded[kind] > 0) onDiscarded(kind, discarded[kind], reason);
    }
    await spool.files.remove(segment);
    spool.onRoom?.();
    const events = [...lanes.values()].reduce((sum, lane) => sum + lane.events, 0);
    logger.error({ segment, bytes, reason, events, ...discarded, moved: moved.length }, "a spool segment was given up");
  }
}

const nothing = Buffer.alloc(0);

function nameOf({ kind, partition, n, end }: Frame): Frame {
  return { kind, partition, n, end, key: nothing, headers: undefined, value: nothing };
}

function copyOf(frame: Frame): Frame {
  return { ...frame, key: Buffer.from(frame.key), value: Buffer.from(frame.value) };
}
