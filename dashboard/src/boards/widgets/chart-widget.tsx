import { useState } from "react";
import type { Points } from "../../plot/series-plot.tsx";
import { Loaded } from "../../design/notice.tsx";
import { type Choices, levelsOf, type TimeShown, titleOf, type WidgetOf } from "../board.ts";
import { glance } from "../../plot/glance.ts";
import { lineColors, LinesPlot } from "../lines-plot.tsx";
import { mostLines, useSeries } from "../use-series.ts";

interface ChartWidgetProps {
  readonly widget: WidgetOf<"chart">;
  readonly choices: Choices;
  readonly time: TimeShown;
}

export function ChartWidget({ widget, choices, time }: ChartWidgetProps) {
  const { resource, reload, lines } = useSeries(widget, choices, time);
  const [lit, setLit] = useState<number>();
  const { unit } = widget;
  return (
    <Loaded of={resource} retry={reload}>
      {() =>
        lines.length === 0 ? (
          <p className="board-nothing">Nothing was sent in this time.</p>
        ) : (
          <>
            <LinesPlot
              title={titleOf(widget, choices)}
              lines={lines.slice(0, mostLines)}
              levels={levelsOf(widget)}
              {...{ from: time.from, to: time.to, unit, lit }}
            />
            <ul className="plain board-legend" tabIndex={0} aria-label="Lines">
              {lines.slice(0, mostLines).map(({ name, points }, index) => (
                <li key={index} onPointerEnter={() => setLit(index)} onPointerLeave={() => setLit(undefined)}>
                  <svg width="10" height="10" aria-hidden="true">
                    <rect y="3" width="10" height="4" rx="2" fill={`var(--series-${(index % lineColors) + 1})`} />
                  </svg>
                  <bdi>{name}</bdi>
                  <span className="number">
                    {newestText(points)} {unit}
                  </span>
                </li>
              ))}
              {lines.length > mostLines && <li>and {lines.length - mostLines} more, not drawn</li>}
            </ul>
          </>
        )
      }
    </Loaded>
  );
}

function newestText(points: Points): string {
  const newest = points.findLast(([, value]) => value !== null)?.[1];
  return typeof newest === "number" ? glance(newest) : "–";
}
