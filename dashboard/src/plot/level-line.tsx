import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { Look } from "./plot-marks.ts";

/** A level across the plot. One with `onMove` can be dragged, or moved with the arrow keys. */
export interface Level {
  readonly name: string;
  readonly value: number;
  readonly look: Look;
  readonly onMove?: ((value: number) => void) | undefined;
}

/** Where the plot's area lies in its holder, and what its edges stand for. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly min: number;
  readonly max: number;
}

/** Rounds to what a drag can tell apart: about two hundred steps over the plot's height. */
function rounded(value: number, { min, max }: Area): number {
  const step = 10 ** Math.floor(Math.log10((max - min) / 100));
  return Number((Math.round(value / step) * step).toPrecision(12));
}

export function LevelLine({ level, area }: { readonly level: Level; readonly area: Area }) {
  const grabbed = useRef<{ readonly y: number; readonly value: number; readonly area: Area }>(undefined);
  const { name, value, look, onMove } = level;
  const share = (area.max - value) / (area.max - area.min);
  if (!(share >= 0 && share <= 1)) return null;
  const style = { top: area.top + share * area.height, left: area.left, width: area.width };
  const label = (
    <span className="plot-level-label">
      {name} <span className="number">{value}</span>
    </span>
  );
  if (onMove === undefined) {
    return (
      <div className={`plot-level ${look}`} style={style}>
        {label}
      </div>
    );
  }
  const grab = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    grabbed.current = { y: event.clientY, value, area };
  };
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const from = grabbed.current;
    if (from === undefined) return;
    const perPixel = (from.area.max - from.area.min) / from.area.height;
    onMove(rounded(from.value - (event.clientY - from.y) * perPixel, from.area));
  };
  const nudge = (event: KeyboardEvent<HTMLDivElement>): void => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    onMove(rounded(value + (steps * (area.max - area.min)) / 100, area));
  };
  return (
    <div
      className={`plot-level movable ${look}`}
      style={style}
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={name}
      aria-valuenow={value}
      aria-valuemin={area.min}
      aria-valuemax={area.max}
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={() => (grabbed.current = undefined)}
      onPointerCancel={() => (grabbed.current = undefined)}
      onKeyDown={nudge}
    >
      {label}
    </div>
  );
}
