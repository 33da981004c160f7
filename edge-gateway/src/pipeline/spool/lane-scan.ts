import { events } from "@headwater/proto";
import { setImmediate } from "node:timers/promises";
import { countedBy, type LaneAccount, type Range } from "../lanes/lane.ts";
import type { LanesState } from "../lanes/lanes.ts";
import { findFrame } from "../frame/find-frame.ts";
import { frameKinds, readFrame, type Frame } from "../frame/frame.ts";
import type { SegmentHeader } from "./segment.ts";
import { readDamagedFrame, type DamagedFrame } from "./damaged-frames.ts";

/** One event reaches no further beyond its receive time than it has samples without a time of their own. */
const longestEvent = 20_000;

/** How long the scan holds the event loop (milliseconds). */
const sliceMs = 5;
/** Frames read between two looks at the clock. */
const framesPerLook = 64;

export interface Scan {
  /** Where the last sound frame ends. */
  readonly end: number;
  /** Whether the bytes behind it are more than a frame that was cut off. */
  readonly damaged: boolean;
  /** Whether there are bytes that do not say any more which identities they held. */
  readonly unaccounted: boolean;
  readonly state: LanesState;
  /** By partition, the last identity before the first damage. */
  readonly sound: readonly number[];
}

/** Follows the frames of the newest segment to learn how the lanes stood at its end. */
export async function scanFrames(
  bytes: Buffer,
  { length: from, state: before, seed }: SegmentHeader,
  partitions: number,
): Promise<Scan> {
  const lanes = Array.from({ length: partitions }, (_, partition) => new LaneScan(before.lanes[partition]));
  let last: Frame | undefined;
  let at = from;
  let damaged = false;
  let unaccounted = false;
  let sound: number[] | undefined;
  let sliceEnd = performance.now() + sliceMs;
  for (let frames = 0; at < bytes.length; frames += 1) {
    if (frames % framesPerLook === 0 && performance.now() > sliceEnd) {
      await setImmediate();
      sliceEnd = performance.now() + sliceMs;
    }
    const frame = readFrame(bytes, at, seed);
    if (typeof frame === "object") {
      lanes[frame.partition]?.see(frame);
      if (frame.n > 0) last = frame;
      at = frame.end;
      continue;
    }
    const next = await findFrame(bytes, at + 1, seed);
    sound ??= lanes.map(({ n }) => n);
    const claimed = claimIdentities(bytes, at, next ?? bytes.length, lanes, seed);
    // Blocks that a power loss left empty held frames that were not acknowledged yet.
    const neverWhole = next === undefined && (claimed === "unfinished" || isEmpty(bytes.subarray(at)));
    if (claimed !== "all" && !neverWhole) unaccounted = true;
    if (next === undefined) {
      damaged = !neverWhole;
      break;
    }
    at = next;
  }
  const clock =
    last === undefined
      ? before.clock
      : Math.max(before.clock, events.telemetry.decode(last.value).receivedAt + longestEvent);
  const state = { ...before, clock, lanes: lanes.map((lane) => lane.account) };
  return { end: at, damaged, unaccounted, state, sound: sound ?? lanes.map(({ n }) => n) };
}

class LaneScan {
  n: number;
  #received: number;
  #dropped: Record<string, number>;
  readonly #gaps: Range[];

  constructor(account: LaneAccount = { n: 0, received: 0, dropped: {} }) {
    this.n = account.n;
    this.#received = account.received;
    this.#dropped = { ...account.dropped };
    this.#gaps = [...(account.gaps ?? [])];
  }

  see(frame: Frame): void {
    if (frame.n === 0) return;
    this.n = Math.max(this.n, frame.n);
    if (frame.kind === frameKinds.event) this.#received += 1;
    else if (frame.kind === frameKinds.mark) this.#settle(frame);
    else if (frame.kind === frameKinds.gap) this.#giveUp(frame);
  }

  /** A damaged frame still says that its identity was given out. */
  claim({ kind, n }: DamagedFrame): void {
    this.n = n;
    if (kind === frameKinds.event) this.#received += 1;
  }

  /** A mark says how the account stands, whatever could not be read before it. */
  #settle({ value }: Frame): void {
    const { mark } = events.telemetry.decode(value);
    if (mark === null) return;
    this.#received = mark.received;
    this.#dropped = Object.fromEntries(mark.drops.map(({ reason, count }) => [reason, count]));
  }

  #giveUp({ value }: Frame): void {
    const { gap } = events.telemetry.decode(value);
    if (gap === null) return;
    this.#gaps.push([gap.fromN, gap.toN]);
    const { received, dropped } = countedBy(gap);
    this.#received += received;
    this.#dropped[gap.reason] = (this.#dropped[gap.reason] ?? 0) + dropped;
  }

  get account(): LaneAccount {
    const gaps = this.#gaps.length === 0 ? undefined : { gaps: this.#gaps };
    return { n: this.n, received: this.#received, dropped: this.#dropped, ...gaps };
  }
}

/**
 * A range is damaged, and what was there may have been acknowledged. As far as its frames still say who they are, in
 * a way that fits the lane, those identities are not given out again: the reader finds them missing and reports them.
 */
function claimIdentities(
  bytes: Buffer,
  from: number,
  to: number,
  lanes: readonly LaneScan[],
  seed: number,
): "all" | "unfinished" | "some" {
  for (let at = from; at < to;) {
    const frame = readDamagedFrame(bytes, at, to, lanes.length, seed);
    if (frame === "unfinished") return frame;
    if (frame === undefined) return "some";
    const lane = lanes[frame.partition];
    if (frame.n > 0) {
      if (lane === undefined || frame.n !== lane.n + 1) return "some";
      lane.claim(frame);
    }
    at = frame.end;
  }
  return "all";
}

function isEmpty(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
