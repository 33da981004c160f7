import { sharedTurn } from "@headwater/core";
import { type Aggregate, isSummaryAggregate } from "./aggregate.ts";
import { type Window, windowsOf } from "./windows/index.ts";

/**
 * Retention classes: points, and roll-ups of them by the minute and the hour. A roll-up is made once, out of all points
 * of its minute or hour, when none of them can come any more and before they go. So there is no roll-up that disagrees
 * with points: where there are points, they are what counts.
 */
export const classes = ["raw", "minute", "hour"] as const;
export type RetentionClass = (typeof classes)[number];

/** How long each class is kept, in milliseconds. Infinity: for ever; 0, or no longer than the points: not at all. */
export type Retention = Readonly<Record<RetentionClass, number>>;

/** The time (µs) from which on a class has all there is; before it there is nothing of it. */
export type ClassMarks = Readonly<Record<RetentionClass, number>>;

/** A part of a query's range, and the class that answers it. */
export interface ClassSpan {
  readonly class: RetentionClass;
  /** Inclusive, µs. */
  readonly from: number;
  /** Exclusive, µs. */
  readonly to: number;
}

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const bucketLength = { minute: MINUTE, hour: HOUR } as const satisfies Partial<Record<RetentionClass, number>>;

export const KEPT_FOR_EVER: Retention = { raw: Infinity, minute: 0, hour: 0 };
export const NO_MARKS: ClassMarks = { raw: -Infinity, minute: -Infinity, hour: -Infinity };

/** Runs of windows that are looked at to see whether all of them consist of whole hours. */
const MAX_RUNS = 1_000;

/**
 * Where the classes begin at a time (milliseconds since the epoch). No mark goes back: what a class does not have any
 * more does not return when it is to be kept longer. Points go by whole days, or by whole hours if they are kept for
 * less than two days, since a roll-up takes all points of its hour; where nothing is rolled up, in smaller steps.
 */
export function advanceMarks(before: ClassMarks, retention: Retention, nowMs: number): ClassMarks {
  const raw = Math.max(before.raw, floorTo((nowMs - retention.raw) * 1_000, stepOf(retention)));
  return { raw, ...rolledMarks(before, retention, raw, nowMs) };
}

/** The marks once points before a time are given up, whatever the retention says. */
export function rolledMarks(
  before: ClassMarks,
  retention: Retention,
  raw: number,
  nowMs: number,
): Pick<ClassMarks, "minute" | "hour"> {
  const mark = (name: "minute" | "hour"): number => {
    if (retention[name] <= retention.raw && retention.raw < Infinity) return raw;
    return Math.max(before[name], Math.min(raw, floorTo((nowMs - retention[name]) * 1_000, HOUR)));
  };
  return { minute: mark("minute"), hour: mark("hour") };
}

function stepOf({ raw, minute, hour }: Retention): number {
  const step = raw >= (2 * DAY) / 1_000 ? DAY : HOUR;
  return minute > raw || hour > raw ? step : Math.min(step, Math.ceil(raw * 50));
}

function floorMod(time: number, unit: number): number {
  return time - Math.floor(time / unit) * unit;
}

function floorTo(time: number, unit: number): number {
  return Number.isFinite(time) ? time - floorMod(time, unit) : time;
}

/** Whether summaries serve for a query instead of points. */
export function isOfSummaries({ aggregate }: { readonly aggregate?: Aggregate | undefined }): boolean {
  return aggregate !== undefined && isSummaryAggregate(aggregate);
}

/** The reason of a point that is refused because points of its time are not kept any more. It begins with its name. */
export function olderThanRaw(time: number, oldest: number): string {
  return `${OLDER_THAN_RAW}: its time ${timeText(time)} is before ${timeText(oldest)}, from which on the store keeps points`;
}

export const OLDER_THAN_RAW = "older-than-raw";

function timeText(micros: number): string {
  const date = new Date(Math.floor(micros / 1_000));
  return Number.isNaN(date.getTime()) ? `${micros} µs` : date.toISOString();
}

export interface ClassQuery {
  readonly from: number;
  readonly to: number;
  readonly window?: Window | undefined;
  /** Whether the answer is made of counts, sums, extremes, first and last values. Otherwise it takes the points. */
  readonly isOfSummaries: boolean;
}

/**
 * Which class answers which part of a range, oldest first. Points answer as far as there are any; before them hours, if
 * all windows consist of whole hours, else minutes, and each where the other is not kept. A minute or an hour counts to
 * where it begins.
 */
export function classSpans(query: ClassQuery, marks: ClassMarks): ClassSpan[] {
  const { from, to } = query;
  if (from >= to) return [];
  const raw: ClassSpan[] = to > marks.raw ? [{ class: "raw", from: Math.max(from, marks.raw), to }] : [];
  const end = Math.min(to, marks.raw);
  if (!query.isOfSummaries || from >= end) return raw;
  const preferred = isOfWholeHours(query, end) ? (["hour", "minute"] as const) : (["minute", "hour"] as const);
  const bounds = [from, ...[marks.minute, marks.hour].filter((mark) => mark > from && mark < end), end];
  const spans: ClassSpan[] = [];
  for (const [i, start] of bounds.toSorted((a, b) => a - b).entries()) {
    const next = bounds.toSorted((a, b) => a - b)[i + 1];
    const chosen = preferred.find((each) => marks[each] <= start);
    if (next === undefined || next === start || chosen === undefined) continue;
    const last = spans.at(-1);
    if (last?.class === chosen && last.to === start) spans[spans.length - 1] = { ...last, to: next };
    else spans.push({ class: chosen, from: start, to: next });
  }
  return [...spans, ...raw];
}

/** As `classSpans`, with turns of the event loop between looks at a zone's clocks of about so many milliseconds. */
export async function classSpansInTurns(query: ClassQuery, marks: ClassMarks, lookMs = 4): Promise<ClassSpan[]> {
  const end = Math.min(query.to, marks.raw);
  if (query.isOfSummaries && query.from < end) {
    const steps = wholeHoursInSteps(query, end);
    while (lookFor(steps, lookMs) === undefined) await sharedTurn();
  }
  return classSpans(query, marks);
}

/** Looks on for about so many milliseconds, one step at least; undefined: there is more to look at. */
export function lookFor(steps: Generator<void, boolean>, ms: number): boolean | undefined {
  const until = performance.now() + ms;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() >= until) return undefined;
  }
}

/**
 * Says in the end whether every hour lies in one window, wherever it is in a range. Looking up the clocks of a zone for
 * the first time takes a third of a millisecond a year, so there is a step for every ten years at least.
 */
export function* hoursInSteps(query: Pick<ClassQuery, "from" | "to" | "window">): Generator<void, boolean> {
  if (query.window === undefined) return true;
  return yield* wholeHoursInSteps(query, query.to);
}

function isOfWholeHours(query: ClassQuery, end: number): boolean {
  return lookFor(wholeHoursInSteps(query, end), Infinity)!;
}

function* wholeHoursInSteps(
  { from, to, window }: Pick<ClassQuery, "from" | "to" | "window">,
  end: number,
): Generator<void, boolean> {
  const isWhole = (time: number): boolean => floorMod(time, HOUR) === 0;
  if (window === undefined) return isWhole(from) && (to > end || isWhole(to));
  let runs = 0;
  for (const run of windowsOf(window).runs(from, end)) {
    if (!isWhole(run.start) || !isWhole(run.every) || ++runs > MAX_RUNS) return false;
    yield;
  }
  return true;
}
