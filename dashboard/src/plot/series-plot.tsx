import { useEffect, useLayoutEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { crosshair } from "./crosshair.ts";
import { type Area, type Level, LevelLine } from "./level-line.tsx";
import { type Band, colorOf, drawBands, drawMarks, type Mark } from "./plot-marks.ts";
import { onThemeChange } from "./theme.ts";
import { timeTexts } from "./time-axis.ts";
import "./plot.css";

export type Points = readonly (readonly [t: number, value: number | null])[];

interface SeriesPlotProps {
  /** What a screen reader says of it. */
  readonly title: string;
  readonly points: Points;
  readonly from: number;
  readonly to: number;
  readonly levels?: readonly Level[];
  readonly bands?: readonly Band[];
  readonly marks?: readonly Mark[];
  readonly height?: number;
  /** Plots of one group share their crosshair. */
  readonly group?: string;
  readonly unit?: string | undefined;
  /** A stretch that was dragged over (ms since the epoch). */
  readonly onSelect?: ((from: number, to: number) => void) | undefined;
}

const none: readonly never[] = [];

/** The values of the points, of levels and of marks, with a tenth of room around. */
function valueRange(points: Points, levels: readonly Level[], marks: readonly Mark[]): [number, number] {
  let min = Infinity;
  let max = -Infinity;
  const take = (value: number | null): void => {
    if (value === null || !Number.isFinite(value)) return;
    min = Math.min(min, value);
    max = Math.max(max, value);
  };
  for (const [, value] of points) take(value);
  for (const { value } of levels) take(value);
  for (const { value } of marks) take(value);
  if (min > max) return [0, 1];
  const room = max === min ? Math.abs(max) / 10 || 1 : (max - min) / 10;
  return [min - room, max + room];
}

/** A metric over time with levels, episodes and the readings that matter. */
export function SeriesPlot({
  title,
  points,
  from,
  to,
  levels = none,
  bands = none,
  marks = none,
  height = 220,
  group,
  unit = "",
  onSelect,
}: SeriesPlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shown = useRef({ points, levels, bands, marks, from, to, unit, onSelect });
  shown.current = { points, levels, bands, marks, from, to, unit, onSelect };
  const [area, setArea] = useState<Area>();
  const isSelectable = onSelect !== undefined;

  useLayoutEffect(() => {
    const element = holder.current!;
    const color = (name: string) => () => colorOf(element, name);
    const axis = {
      stroke: color("muted"),
      grid: { stroke: color("line"), width: 1 },
      ticks: { stroke: color("line") },
    };
    const { cursor, hooks } = crosshair(group, isSelectable ? () => shown.current.onSelect : undefined);
    const made = new uPlot(
      {
        width: element.clientWidth || 400,
        height,
        legend: { show: false },
        cursor,
        scales: {
          x: { range: () => [shown.current.from / 1_000, shown.current.to / 1_000] },
          y: { range: () => valueRange(shown.current.points, shown.current.levels, shown.current.marks) },
        },
        series: [
          {},
          {
            stroke: color("accent"),
            width: 1.5,
            points: { show: true, size: 5, fill: color("accent"), filter: alone },
          },
        ],
        axes: [
          { ...axis, space: 90, values: (_self, splits) => timeTexts(splits) },
          { ...axis, size: 56 },
        ],
        hooks: {
          ...hooks,
          drawClear: [(self) => drawBands(self, shown.current.bands)],
          draw: [
            (self) => {
              drawMarks(self, shown.current.marks);
              const { min, max } = self.scales["y"]!;
              const { left, top, width, height: high } = self.bbox;
              const ratio = devicePixelRatio;
              const next = { left: left / ratio, top: top / ratio, width: width / ratio, height: high / ratio };
              setArea((before) => sameOr(before, { ...next, min: min ?? 0, max: max ?? 1 }));
            },
          ],
          setCursor: [
            (self) => {
              const index = self.cursor.idx;
              const point = typeof index === "number" ? shown.current.points[index] : undefined;
              readout.current!.textContent =
                point === undefined ? "" : readoutOf(point, shown.current.unit, shown.current.bands);
            },
          ],
        },
      },
      [[], []],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth || 400, height }));
    observer.observe(element);
    const forget = onThemeChange(() => made.redraw(false));
    return () => {
      forget();
      observer.disconnect();
      made.destroy();
    };
  }, [height, group, isSelectable]);

  useEffect(() => {
    plot.current?.setData([points.map(([t]) => t / 1_000), points.map(([, value]) => value)]);
  }, [points, levels, marks, bands, from, to]);

  return (
    <div className="plot">
      <div ref={holder} role="img" aria-label={`${title}, ${points.length} points`} style={{ minHeight: height }} />
      {area !== undefined && levels.map((level) => <LevelLine key={level.name} level={level} area={area} />)}
      <span ref={readout} className="plot-readout number" aria-hidden="true" />
    </div>
  );
}

/** The readings that no line leads to, which would not be seen: drawn as points. */
function alone(plot: uPlot): number[] {
  const values = plot.data[1] ?? [];
  const isThere = (at: number): boolean => values[at] !== null && values[at] !== undefined;
  return Array.from(values.keys()).filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
}

/** What is under the crosshair: when, how much, and which episode it lies in. */
function readoutOf([t, value]: Points[number], unit: string, bands: readonly Band[]): string {
  const within = bands.filter(({ name, from, to }) => name !== undefined && from <= t && t <= to);
  const names = [...new Set(within.map(({ name }) => name))].join(", ");
  const reading = `${new Date(t).toLocaleTimeString()}  ${valueText(value)}${unit === "" ? "" : ` ${unit}`}`;
  return names === "" ? reading : `${names}  ${reading}`;
}

/** At most six digits that say something. */
export function valueText(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : String(Number(value.toPrecision(6)));
}

/** The former object if the new one says the same, so that nothing is drawn for it. */
function sameOr(before: Area | undefined, next: Area): Area {
  if (before === undefined) return next;
  const keys = Object.keys(next) as (keyof Area)[];
  return keys.every((key) => before[key] === next[key]) ? before : next;
}
