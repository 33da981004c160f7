import type { SentMessages } from "../load/message-log.ts";
import type { Arrivals } from "./readers/arrivals.ts";

/** Messages of a device that are missing one after the other. */
export interface LostRange {
  readonly device: string;
  /** Numbers of the first and the last. */
  readonly from: number;
  readonly to: number;
  /** When the device measured the first and the last (ISO 8601). */
  readonly fromTime: string;
  readonly toTime: string;
}

export interface Comparison {
  /** Acknowledged, and there. */
  readonly arrived: number;
  /** Acknowledged, and not there. */
  readonly lost: number;
  readonly lostRanges: readonly LostRange[];
  /** Not acknowledged, and not there: nobody has promised it. */
  readonly unconfirmedMissing: number;
  /** Arrivals beyond the first, but for what the device itself sent again. */
  readonly duplicated: number;
  readonly duplicates: readonly { readonly device: string; readonly seq: number; readonly times: number }[];
  /** Came after a message that was sent later. */
  readonly reordered: number;
  /** Acknowledged, and replaced in the store by a later message of the same time. */
  readonly overwritten: number;
}

const mostExamples = 100;

/** Holds what a device has sent against what was seen; `isOverwritten`: whether a missing one's time is another's. */
export function compare(
  device: string,
  sent: SentMessages,
  { seen, reordered }: Arrivals,
  isOverwritten: (seq: number) => boolean = () => false,
): Comparison {
  const again = new Map<number, number>();
  for (const seq of sent.repeated) again.set(seq, (again.get(seq) ?? 0) + 1);
  const lostRanges: { device: string; from: number; to: number; fromTime: string; toTime: string }[] = [];
  const duplicates: { device: string; seq: number; times: number }[] = [];
  let [arrived, lost, unconfirmedMissing, duplicated, overwritten] = [0, 0, 0, 0, 0];
  for (let seq = 1; seq <= sent.times.length; seq++) {
    const times = seen[seq - 1] ?? 0;
    const surplus = times - 1 - (again.get(seq) ?? 0);
    if (surplus > 0) {
      duplicated += surplus;
      if (duplicates.length < mostExamples) duplicates.push({ device, seq, times });
    }
    if (times > 0) {
      arrived += sent.acked[seq - 1]!;
    } else if (sent.acked[seq - 1] === 0) {
      unconfirmedMissing += 1;
    } else if (isOverwritten(seq)) {
      overwritten += 1;
    } else {
      lost += 1;
      const time = new Date(sent.times[seq - 1]!).toISOString();
      const last = lostRanges.at(-1);
      if (last !== undefined && last.to === seq - 1) Object.assign(last, { to: seq, toTime: time });
      else lostRanges.push({ device, from: seq, to: seq, fromTime: time, toTime: time });
    }
  }
  return { arrived, lost, lostRanges, unconfirmedMissing, duplicated, duplicates, reordered, overwritten };
}

/** Of many devices together. */
export function sumOf(comparisons: readonly Comparison[]): Comparison {
  const total = (key: "arrived" | "lost" | "unconfirmedMissing" | "duplicated" | "reordered" | "overwritten"): number =>
    comparisons.reduce((sum, each) => sum + each[key], 0);
  return {
    arrived: total("arrived"),
    lost: total("lost"),
    lostRanges: comparisons.flatMap((each) => each.lostRanges).slice(0, mostExamples),
    unconfirmedMissing: total("unconfirmedMissing"),
    duplicated: total("duplicated"),
    duplicates: comparisons.flatMap((each) => each.duplicates).slice(0, mostExamples),
    reordered: total("reordered"),
    overwritten: total("overwritten"),
  };
}
