import type { EventLog } from "@headwater/event-log";
import { normaliseRule, type RuleDefinition } from "../../definition/index.ts";

/** The log's clock runs alone over so much append time (µs) before rules are in effect; nothing older matters to it. */
export const clockAlone = 15 * 60 * 1_000_000;

/** Append times, microseconds; `to` is exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** What the records before the range have to tell. */
export interface LookBack {
  /** Microseconds before the range from which on the rules are evaluated. */
  readonly length: number;
  /** However far back one begins, what came before may still matter: hysteresis within its band, for example. */
  readonly isEndless: boolean;
}

/** The longest of the rules, as for a rule that is warmed: `leastMs` at least. */
export function lookBackOf(rules: readonly RuleDefinition[], leastMs: number): LookBack {
  let length = leastMs * 1000;
  let isEndless = false;
  for (const rule of rules) {
    const { program, lateness, holds } = normaliseRule(rule);
    const isFinite = Number.isFinite(program.lookBack);
    if (!isFinite) isEndless = true;
    length = Math.max(length, 2 * ((isFinite ? program.lookBack : 0) + holds + lateness));
  }
  return { length, isEndless };
}

/** The records of one partition that a backtest reads. */
export interface PartitionRange {
  readonly partition: number;
  readonly fromOffset: number;
  /** Exclusive; what is appended later belongs to no backtest that has begun. */
  readonly toOffset: number;
  /** Append time from which on the rules are in effect. */
  readonly rulesFrom: number;
  /** When the first record that is read was appended, if the log has let go of those before it that were wanted. */
  readonly cutAt: number | undefined;
  /** Whether the rules see everything that was ever in the partition before the range. */
  readonly isWhole: boolean;
}

/** Finds the records of a range, the look-back before it, and the stretch before that in which the clock runs alone. */
export async function partitionRange(
  log: EventLog,
  topic: string,
  partition: number,
  { from, to }: TimeRange,
  lookBack: LookBack,
): Promise<PartitionRange> {
  const known = (await log.positions(topic)).find((each) => each.partition === partition);
  const { start, end } = known ?? { start: 0, end: 0 };
  const rulesFrom = from - lookBack.length;
  const first = await recordAt(log, topic, partition, rulesFrom - clockAlone);
  const last = await recordAt(log, topic, partition, to);
  const toOffset = Math.min(end, last?.offset ?? end);
  if (first === undefined || first.offset >= toOffset) {
    // A partition of which everything has expired may have had records in the range.
    const cutAt = first === undefined && start > 0 ? to : undefined;
    return { partition, fromOffset: toOffset, toOffset, rulesFrom, cutAt, isWhole: end === 0 };
  }
  const { offset: fromOffset, appendTime } = first;
  const isOldest = fromOffset <= start;
  return {
    ...{ partition, fromOffset, toOffset },
    // All that there ever was: the stretch before the look-back tells the rules more than the clock alone would.
    rulesFrom: isOldest && start === 0 ? Math.min(rulesFrom, appendTime) : rulesFrom,
    cutAt: isOldest && start > 0 ? appendTime : undefined,
    isWhole: isOldest && start === 0,
  };
}

/** The first record appended at or after a time. */
async function recordAt(
  log: EventLog,
  topic: string,
  partition: number,
  time: number,
): Promise<{ readonly offset: number; readonly appendTime: number } | undefined> {
  for await (const { records } of log.read(topic, partition, { fromTime: time })) return records[0];
  return undefined;
}

/** From when on the result does not depend on what the log no longer has; undefined: that cannot be said. */
export function certainFrom(ranges: readonly PartitionRange[], { from }: TimeRange, lookBack: LookBack) {
  if (lookBack.isEndless && ranges.some(({ isWhole }) => !isWhole)) return undefined;
  return ranges.reduce(
    (latest, { cutAt }) => Math.max(latest, cutAt === undefined ? 0 : cutAt + lookBack.length),
    from,
  );
}
