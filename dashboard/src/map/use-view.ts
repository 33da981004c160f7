import { useCallback, useEffect, useRef, useState } from "react";
import { fitted, readView, type Size, type View, type WorldPoint, writeView } from "./mercator.ts";

/** A gesture has come to its end when nothing of it came for so long. */
const restMs = 350;

/**
 * What a map shows: what its address says, or all there is. A change is seen at once, and is told as an address when
 * the gesture is over.
 */
export function useView(places: readonly WorldPoint[], size: Size, at: string, onRest: (at: string) => void) {
  const [moved, setMoved] = useState<View>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const rest = useRef(onRest);
  rest.current = onRest;
  const view = moved ?? readView(at) ?? fitted(places, size);
  const newest = useRef(view);
  newest.current = view;
  // Another address, by the way back or a link, ends what was moved.
  useEffect(() => {
    setMoved((before) => (before !== undefined && writeView(before) === at ? before : undefined));
  }, [at]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = useCallback((of: (before: View) => View): void => {
    newest.current = of(newest.current);
    setMoved(newest.current);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => rest.current(writeView(newest.current)), restMs);
  }, []);
  const showAll = useCallback((): void => {
    clearTimeout(timer.current);
    setMoved(undefined);
    rest.current("");
  }, []);
  return { view, change, showAll };
}
