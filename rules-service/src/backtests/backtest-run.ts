import { isoFromMicros, type Logger, retrying } from "@headwater/core";
import type { EventLog, TopicNames } from "@headwater/event-log";
import type { FoldedEvents } from "@headwater/service";
import type { EvaluationAnswer } from "./evaluation/evaluation-protocol.ts";
import type { EvaluationThreads } from "./evaluation/evaluation-threads.ts";
import { devicesNow } from "./evaluation/devices-now.ts";
import { noCounts, type EvaluationCounts, type TriedRule } from "./evaluation/partition-backtest.ts";
import { scanPartition } from "./evaluation/partition-scan.ts";
import {
  certainFrom,
  lookBackOf,
  partitionRange,
  type LookBack,
  type PartitionRange,
} from "./evaluation/scan-range.ts";
import type { BacktestRecord } from "./kept/backtest-record.ts";
import type { BacktestStore } from "./kept/backtest-store.ts";

export interface BacktestRunOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly folded: FoldedEvents;
  readonly store: BacktestStore;
  readonly logger: Logger;
  /** Threads that evaluate partitions at the same time. */
  readonly threads: number;
  /** A rule is evaluated at least so long before the range (milliseconds). */
  readonly lookBackMs: number;
  /** Told of records that were read. */
  readonly onRecords: (count: number) => void;
}

export type BacktestOutcome = Pick<
  BacktestRecord,
  "certainFrom" | "logBegins" | "notes" | "omitted" | "difference" | "records" | "repetitions" | "derived"
>;

/** Told how much is done, from 0 to 1, and how many records that were. */
export type OnProgress = (progress: number, records: number) => void;

/**
 * Runs a backtest to its end: both rules in one pass over every partition, then the comparison. A log that stands still
 * is waited for. Rejects with BacktestFailedError or what the log rejects with; also when the signal is aborted.
 */
export async function runBacktest(
  backtest: BacktestRecord,
  options: BacktestRunOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
  evaluating: EvaluationThreads,
): Promise<BacktestOutcome> {
  const { log, topics, store, logger, lookBackMs } = options;
  const { id, tried, against } = backtest;
  const rules: TriedRule[] = [{ side: "tried", definition: tried.definition }];
  if (against !== undefined) rules.push({ side: "against", definition: against.definition });
  const lookBack = lookBackOf(
    rules.map(({ definition }) => definition),
    lookBackMs,
  );
  const patience = patienceOf(logger, signal);
  const positions = await retrying(() => log.positions(topics.telemetry), patience);
  const ranges: PartitionRange[] = [];
  for (const { partition } of positions) {
    ranges.push(await retrying(() => partitionRange(log, topics.telemetry, partition, backtest, lookBack), patience));
  }
  const found = await evaluate(backtest, rules, ranges, options, onProgress, signal, evaluating);
  const difference = against === undefined ? undefined : await store.compare(id, signal);
  const certain = certainFrom(ranges, backtest, lookBack);
  const logBegins = Math.max(0, ...ranges.map(({ cutAt }) => cutAt ?? 0));
  return {
    ...(certain !== undefined && { certainFrom: certain }),
    ...(logBegins > 0 && { logBegins }),
    notes: notesOf(backtest, { lookBack, certain, logBegins, ...found }),
    omitted: found.omitted,
    records: found.records,
    repetitions: found.repetitions,
    derived: Object.entries(found.derived)
      .map(([metric, count]) => ({ metric, count }))
      .toSorted((a, b) => (a.metric < b.metric ? -1 : 1)),
    ...(difference !== undefined && { difference }),
  };
}

/** However long the log stands still, until the signal is aborted. */
function patienceOf(logger: Logger, signal: AbortSignal) {
  const onRetry = (error: unknown): void => logger.warn({ err: error }, "reading for a backtest again");
  return { signal, maxMs: 2000, onRetry };
}

interface Found extends EvaluationCounts {
  records: number;
  omitted: number;
  missing: number;
}

async function evaluate(
  { id, from }: BacktestRecord,
  rules: readonly TriedRule[],
  ranges: readonly PartitionRange[],
  { log, topics, folded, store, logger, threads, onRecords }: BacktestRunOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
  evaluating: EvaluationThreads,
): Promise<Found> {
  const total = ranges.reduce((sum, { fromOffset, toOffset }) => sum + toOffset - fromOffset, 0);
  const found: Found = { ...noCounts(), records: 0, omitted: 0, missing: 0 };
  const waiting = [...ranges];
  const stop = new AbortController();
  // Of the lane that failed first, which stops the others.
  let failure: { readonly error: unknown } | undefined;
  const either = AbortSignal.any([signal, stop.signal]);
  const patience = patienceOf(logger, either);
  const work = async (): Promise<void> => {
    let counts: Readonly<EvaluationCounts> = noCounts();
    const thread = evaluating.take();
    thread.onAnswer = async (answer: EvaluationAnswer) => {
      ({ counts } = answer);
      if (answer.told.length > 0) found.omitted += await store.keep(id, answer.told);
    };
    let isThrough = false;
    // A thread that is in the middle of a batch must not hold up whoever cancels.
    const cut = (): void => void thread.close();
    either.addEventListener("abort", cut);
    try {
      for (let range = waiting.shift(); range !== undefined; range = waiting.shift()) {
        const { partition } = range;
        const devices = await retrying(() => devicesNow(log, topics.devices, partition, folded), patience);
        await scanPartition(thread, range, devices, {
          ...{ log, topic: topics.telemetry, partitions: ranges.length, rules, from, logger, signal: either },
          onRecords(count) {
            found.records += count;
            onRecords(count);
            onProgress(total === 0 ? 1 : found.records / total, found.records);
          },
          onMissing: (count) => (found.missing += count),
        });
        found.undecodable += counts.undecodable;
        found.failed += counts.failed;
        found.repetitions += counts.repetitions;
        for (const [metric, count] of Object.entries(counts.derived)) {
          found.derived[metric] = (found.derived[metric] ?? 0) + count;
        }
      }
      isThrough = true;
    } catch (error) {
      failure ??= { error };
      stop.abort();
    } finally {
      either.removeEventListener("abort", cut);
      await (isThrough ? evaluating.giveBack(thread) : thread.close());
    }
  };
  const lanes = Array.from({ length: Math.max(1, Math.min(threads, ranges.length)) }, work);
  await Promise.all(lanes);
  signal.throwIfAborted();
  if (failure !== undefined) throw failure.error;
  return found;
}

function notesOf(
  { from, to }: BacktestRecord,
  facts: Found & { lookBack: LookBack; certain: number | undefined; logBegins: number },
): string[] {
  const { lookBack, certain, logBegins, undecodable, failed, missing, omitted, repetitions, derived } = facts;
  const notes = [
    "Devices are taken as they are now: their type, tags and attributes at the time of a reading may have been others.",
  ];
  if (logBegins >= to) notes.push("The log holds nothing of the range any more in some partitions.");
  else if (logBegins > from) {
    notes.push(`The log begins at ${isoFromMicros(logBegins)}: what was appended before it has expired.`);
  }
  if (certain === undefined && lookBack.isEndless) {
    notes.push(
      "The condition remembers without an end (hysteresis, a count, a change): the first episode of a device may have begun earlier, or may come of what was before the look-back.",
    );
  } else if (certain !== undefined && certain > from) {
    notes.push(`Episodes before ${isoFromMicros(certain)} depend on records that have expired.`);
  }
  for (const [metric, count] of Object.entries(derived)) {
    notes.push(`It would have derived ${count} points of ${metric}; none is written.`);
  }
  if (repetitions > 0) notes.push(`Its actions would have come due again ${repetitions} times; nothing is sent.`);
  if (undecodable > 0) notes.push(`${undecodable} records could not be decoded and are in quarantine.`);
  if (failed > 0) notes.push(`${failed} records could not be evaluated; the live evaluation skips them, too.`);
  if (missing > 0) notes.push(`${missing} records of the log are damaged and could not be read.`);
  if (omitted > 0)
    notes.push(`At least ${omitted} further episodes are not kept; try a shorter range or fewer devices.`);
  return notes;
}
