import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import { crosshair } from "./crosshair.ts";
import { drawLanes, type Lane, laneRoom, stateAt } from "./lanes.ts";
import { colorOf } from "./plot-marks.ts";
import { onThemeChange } from "./theme.ts";
import { timeTexts } from "./time-axis.ts";
import "./plot.css";

interface StatePlotProps {
  /** What a screen reader says of it; how long each state was is told beside it. */
  readonly title: string;
  readonly lanes: readonly Lane[];
  readonly from: number;
  readonly to: number;
  readonly group: string;
  readonly onSelect: (from: number, to: number) => void;
}

/** Two lines of text: the time, and the day where it changes. */
const axisHeight = 44;
const axisRoom = 30;

/** What is in one state or another, over time: a lane each. */
export function StatePlot({ title, lanes, from, to, group, onSelect }: StatePlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shown = useRef({ lanes, from, to, onSelect });
  shown.current = { lanes, from, to, onSelect };
  const height = axisHeight + lanes.length * laneRoom;

  useLayoutEffect(() => {
    const element = holder.current!;
    const color = (name: string) => () => colorOf(element, name);
    const { cursor, hooks } = crosshair(group, () => shown.current.onSelect);
    const size = (): { width: number; height: number } => ({ width: element.clientWidth || 400, height });
    const made = new uPlot(
      {
        ...size(),
        legend: { show: false },
        cursor,
        scales: {
          x: { range: () => [shown.current.from / 1_000, shown.current.to / 1_000] },
          y: { range: () => [0, 1] },
        },
        series: [{}],
        axes: [
          {
            stroke: color("muted"),
            grid: { show: false },
            ticks: { stroke: color("line") },
            space: 90,
            size: axisHeight,
            values: (_self, splits) => timeTexts(splits),
          },
          { show: false },
        ],
        // Half of a label of the axis, which stands below its tick, at either end.
        padding: [0, axisRoom, 0, axisRoom],
        hooks: {
          ...hooks,
          drawClear: [(self) => drawLanes(self, shown.current.lanes)],
          setCursor: [
            (self) => {
              const left = self.cursor.left ?? -1;
              readout.current!.textContent = left < 0 ? "" : readoutOf(shown.current.lanes, self.posToVal(left, "x"));
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
  }, [height, group]);

  useEffect(() => {
    plot.current?.setData([[from / 1_000, to / 1_000]]);
  }, [lanes, from, to]);

  return (
    <div className="plot">
      <div ref={holder} role="img" aria-label={title} style={{ minHeight: height }} />
      <span ref={readout} className="plot-readout number" aria-hidden="true" />
    </div>
  );
}

function readoutOf(lanes: readonly Lane[], seconds: number): string {
  const t = seconds * 1_000;
  const states = lanes.flatMap((lane) => {
    const state = stateAt(lane, t);
    return state === undefined ? [] : [`${lane.name} ${state.state}`];
  });
  return [new Date(t).toLocaleTimeString(), ...states].join("  ");
}
