import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { readTimeRange, type TimeRange, writeTimeRange } from "./time-range.ts";

/** A gesture has come to its end when nothing of it came for so long. */
const restMs = 350;

/**
 * The range that the address says. A change is seen at once and becomes an address of its own when the gesture is over,
 * so that the browser's way back leads to the range before it.
 */
export function useTimeRange(): readonly [TimeRange, (change: (before: TimeRange) => TimeRange) => void] {
  const [search, setSearch] = useSearchParams();
  const [moving, setMoving] = useState<TimeRange>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const range = moving ?? readTimeRange(search, Date.now());
  const newest = useRef(range);
  newest.current = range;
  const write = useRef(setSearch);
  write.current = setSearch;
  const address = search.toString();
  // Whoever goes back or chooses a span ends a gesture that was not over.
  useEffect(() => {
    clearTimeout(timer.current);
    setMoving(undefined);
    return () => clearTimeout(timer.current);
  }, [address]);
  const change = useCallback((of: (before: TimeRange) => TimeRange): void => {
    const next = of(newest.current);
    newest.current = next;
    setMoving(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => write.current((before) => writeTimeRange(before, newest.current)), restMs);
  }, []);
  return [range, change];
}
