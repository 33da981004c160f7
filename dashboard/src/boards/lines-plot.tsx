import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import type { Level } from "../plot/level-line.tsx";
import { colorOf } from "../plot/plot-marks.ts";
import { valueText } from "../plot/series-plot.tsx";
import { timeTexts } from "../plot/time-axis.ts";
import { onThemeChange } from "../plot/theme.ts";
import type { Line } from "./use-series.ts";

interface LinesPlotProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly levels: readonly Level[];
  readonly from: number;
  readonly to: number;
  readonly unit: string | undefined;
  /** Which of the lines stands out; the others step back. */
  readonly lit: number | undefined;
}

/** Lines are told apart by so many colors, then by the legend alone. */
export const lineColors = 8;

function rangeOf(lines: readonly Line[], levels: readonly Level[]): [number, number] {
  let [min, max] = [Infinity, -Infinity];
  const take = (value: number | null): void => {
    if (value === null || !Number.isFinite(value)) return;
    min = Math.min(min, value);
    max = Math.max(max, value);
  };
  for (const { points } of lines) for (const [, value] of points) take(value);
  for (const { value } of levels) take(value);
  if (min > max) return [0, 1];
  const room = max === min ? Math.abs(max) / 10 || 1 : (max - min) / 10;
  return [min - room, max + room];
}

/** Several series over time. It fills its place; the crosshair is shared with the other charts of the board. */
export function LinesPlot({ title, lines, levels, from, to, unit, lit }: LinesPlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const readout = useRef<HTMLSpanElement>(null);
  const shown = useRef({ lines, levels, from, to, lit, unit });
  shown.current = { lines, levels, from, to, lit, unit };
  const count = lines.length;
  useLayoutEffect(() => {
    const element = holder.current!;
    const color = (name: string) => () => colorOf(element, name);
    const axis = {
      stroke: color("muted"),
      grid: { stroke: color("line"), width: 1 },
      ticks: { stroke: color("line") },
    };
    const size = () => ({ width: element.clientWidth || 300, height: Math.max(90, element.clientHeight) });
    const made = new uPlot(
      {
        ...size(),
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, sync: { key: "board" } },
        scales: {
          x: { range: () => [shown.current.from / 1_000, shown.current.to / 1_000] },
          y: { range: () => rangeOf(shown.current.lines, shown.current.levels) },
        },
        series: [
          {},
          ...Array.from({ length: count }, (_line, index) => ({
            stroke: color(`series-${(index % lineColors) + 1}`),
            width: 1.5,
            // A line of one point would not be seen.
            points: { show: (_self: uPlot, at: number) => (shown.current.lines[at - 1]?.points.length ?? 0) < 2 },
          })),
        ],
        axes: [
          { ...axis, space: 80, values: (_self, splits) => timeTexts(splits) },
          { ...axis, size: 52 },
        ],
        hooks: {
          drawSeries: [
            (self, index) => {
              const { lit: out } = shown.current;
              // The alpha of the series that is drawn next.
              self.ctx.globalAlpha = out === undefined || index === out ? 1 : 0.25;
            },
          ],
          draw: [
            (self) => {
              self.ctx.globalAlpha = 1;
              drawLevels(self, shown.current.levels);
            },
          ],
          setCursor: [
            (self) => {
              const at = self.cursor.idx;
              const seconds = typeof at === "number" ? self.data[0][at] : undefined;
              readout.current!.textContent =
                seconds === undefined ? "" : readoutText(seconds * 1_000, shown.current.lines, shown.current.unit);
            },
          ],
        },
      },
      [[]],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    const forget = onThemeChange(() => made.redraw(false));
    return () => {
      forget();
      observer.disconnect();
      made.destroy();
    };
  }, [count]);
  useEffect(() => {
    const tables = lines.map(
      ({ points }) => [points.map(([t]) => t / 1_000), points.map(([, value]) => value)] as uPlot.AlignedData,
    );
    // A gap of one line is a null; where another line has a point, undefined: the line goes on.
    plot.current?.setData(
      tables.length === 0
        ? [[]]
        : uPlot.join(
            tables,
            tables.map(() => [0, 2]),
          ),
    );
  }, [lines, levels, from, to, lit]);
  const points = lines.reduce((sum, line) => sum + line.points.length, 0);
  return (
    <div className="board-plot">
      <div ref={holder} className="board-plot-area" role="img" aria-label={`${title}, ${points} points`} />
      <span ref={readout} className="plot-readout number" aria-hidden="true" />
    </div>
  );
}

function drawLevels(plot: uPlot, levels: readonly Level[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const { value, look } of levels) {
    const y = plot.valToPos(value, "y", true);
    ctx.strokeStyle = colorOf(plot.root, look);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

/** What the lines are at a time; of more than three their range. */
function readoutText(t: number, lines: readonly Line[], unit = ""): string {
  const values = lines.flatMap(({ points }) => {
    const before = points.findLast(([at, value]) => at <= t && value !== null);
    return before === undefined ? [] : [before[1]!];
  });
  const time = new Date(t).toLocaleTimeString();
  if (values.length === 0) return time;
  if (values.length <= 3) return `${time}  ${values.map(valueText).join(", ")} ${unit}`;
  return `${time}  ${valueText(Math.min(...values))} to ${valueText(Math.max(...values))} ${unit}`;
}
