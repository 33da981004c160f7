import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { moved, spanUpTo, type TimeRange, zoomed } from "../time/time-range.ts";
import "./plot.css";

interface ZoomAreaProps {
  readonly label: string;
  readonly onChange: (change: (before: TimeRange) => TimeRange) => void;
  readonly children: ReactNode;
}

/** One turn of a wheel is about a hundred of its units, and changes the length by a fifth. */
const perUnit = 0.002;

/**
 * Plots of one range of time, which is changed over any of them: with the wheel and a key held (without one the page
 * scrolls), sideways to move, and by keys while the area has the focus.
 */
export function ZoomArea({ label, onChange, children }: ZoomAreaProps) {
  const area = useRef<HTMLDivElement>(null);
  const change = useRef(onChange);
  change.current = onChange;
  useEffect(() => {
    const element = area.current!;
    const onWheel = (event: WheelEvent): void => {
      const over = (event.target as Element).closest(".u-over");
      if (over === null) return;
      const { left, width } = over.getBoundingClientRect();
      const isZoom = event.ctrlKey || event.metaKey || event.altKey;
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (isZoom) {
        event.preventDefault();
        const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
        const factor = Math.exp(Math.min(1, Math.max(-1, event.deltaY * perUnit)));
        change.current((range) => zoomed(range, factor, share, Date.now()));
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        event.preventDefault();
        change.current((range) => moved(range, sideways / width, Date.now()));
      }
    };
    // React's own listeners may not keep the page from scrolling.
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);
  const onKey = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = keys[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onChange(step);
  };
  return (
    <div
      ref={area}
      className="zoom-area"
      role="group"
      tabIndex={0}
      aria-label={`${label}: plus and minus zoom, the arrow keys move, 0 goes back to now`}
      onKeyDown={onKey}
    >
      {children}
    </div>
  );
}

const closer = (range: TimeRange): TimeRange => zoomed(range, 0.5, 0.5, Date.now());
const keys: Readonly<Record<string, (range: TimeRange) => TimeRange>> = {
  "+": closer,
  "=": closer,
  "-": (range) => zoomed(range, 2, 0.5, Date.now()),
  ArrowLeft: (range) => moved(range, -0.25, Date.now()),
  ArrowRight: (range) => moved(range, 0.25, Date.now()),
  "0": () => spanUpTo("1h", Date.now()),
};
