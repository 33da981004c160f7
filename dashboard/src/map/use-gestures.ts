import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { panned, type ScreenPoint, type Size, type View, zoomedAt } from "./mercator.ts";

type Change = (of: (before: View) => View) => void;

/** One turn of a wheel is about a hundred of its units, and changes the scale by a quarter. */
const perUnit = 0.0025;
const keyPixels = 80;
/** A click may slip so far, and is no drag. */
const slipPixels = 4;
const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ...{ ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] },
};

/**
 * Moves and zooms a map: drag, two fingers (one scrolls the page, as without the map), double click, wheel with a key
 * held (without one the page scrolls), and keys.
 */
export function useGestures(area: RefObject<HTMLElement | null>, size: Size, change: Change, showAll: () => void) {
  const fingers = useRef(new Map<number, ScreenPoint>());
  const isDragged = useRef(false);
  const latest = useRef({ size, change });
  latest.current = { size, change };
  const placeOf = (event: { clientX: number; clientY: number }): ScreenPoint => {
    const { left, top } = area.current!.getBoundingClientRect();
    return { left: event.clientX - left, top: event.clientY - top };
  };
  useEffect(() => {
    const element = area.current!;
    const onWheel = (event: WheelEvent): void => {
      if (!(event.ctrlKey || event.metaKey || event.altKey)) return;
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const at = { left: event.clientX - left, top: event.clientY - top };
      const factor = Math.exp(-Math.min(1, Math.max(-1, event.deltaY * perUnit)));
      const { size: now, change: apply } = latest.current;
      apply((view) => zoomedAt(view, factor, at, now));
    };
    const onTouch = (event: TouchEvent): void => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    };
    // React's own listeners may not keep the page from scrolling.
    element.addEventListener("wheel", onWheel, { passive: false });
    element.addEventListener("touchstart", onTouch, { passive: false });
    element.addEventListener("touchmove", onTouch, { passive: false });
    return () => {
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("touchstart", onTouch);
      element.removeEventListener("touchmove", onTouch);
    };
  }, [area]);
  const zoom = (factor: number, at = { left: size.width / 2, top: size.height / 2 }): void =>
    change((view) => zoomedAt(view, factor, at, size));
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    const before = fingers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = placeOf(event);
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (event.pointerType === "touch" && other === undefined) return;
    // A click on a mark is none of the map's.
    isDragged.current ||= other !== undefined || Math.hypot(now.left - before.left, now.top - before.top) > slipPixels;
    if (!isDragged.current) return;
    fingers.current.set(event.pointerId, now);
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) event.currentTarget.setPointerCapture(event.pointerId);
    if (other === undefined) change((view) => panned(view, now.left - before.left, now.top - before.top));
    else {
      const apart = (from: ScreenPoint): number =>
        Math.max(1, Math.hypot(from.left - other.left, from.top - other.top));
      // The other finger tells of its own half.
      change((view) => panned(view, (now.left - before.left) / 2, (now.top - before.top) / 2));
      zoom(apart(now) / apart(before), { left: (now.left + other.left) / 2, top: (now.top + other.top) / 2 });
    }
  };
  const release = (event: PointerEvent<HTMLElement>): void => {
    fingers.current.delete(event.pointerId);
    isDragged.current = fingers.current.size > 0;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = arrows[event.key];
    if (step !== undefined) change((view) => panned(view, step[0] * keyPixels, step[1] * keyPixels));
    else if (event.key === "+" || event.key === "=") zoom(2);
    else if (event.key === "-") zoom(0.5);
    else if (event.key === "0") showAll();
    else return;
    event.preventDefault();
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button === 0) fingers.current.set(event.pointerId, placeOf(event));
    },
    ...{ onPointerMove, onPointerUp: release, onPointerCancel: release, onKeyDown },
    onDoubleClick: (event: { clientX: number; clientY: number }) => zoom(2, placeOf(event)),
  };
  return { handlers, zoom };
}
