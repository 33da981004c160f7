import { useEffect, useRef } from "react";
import uPlot from "uplot";

/** A metric over time; gaps (null) are gaps. Charts of one group share their crosshair. */
export function Chart({
  title,
  unit,
  points,
}: {
  readonly title: string;
  readonly unit: string | undefined;
  readonly points: readonly (readonly [t: number, value: number | null])[];
}) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  useEffect(() => {
    const element = holder.current!;
    const color = (name: string): string => getComputedStyle(element).getPropertyValue(name);
    const made = new uPlot(
      {
        width: element.clientWidth || 400,
        height: 200,
        cursor: { sync: { key: "device" } },
        series: [
          {},
          { label: unit === undefined ? title : `${title} (${unit})`, stroke: color("--accent"), width: 1.5 },
        ],
        axes: [
          { stroke: color("--muted"), grid: { stroke: color("--line") } },
          { stroke: color("--muted"), grid: { stroke: color("--line") } },
        ],
      },
      [[], []],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: 200 }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [title, unit]);
  useEffect(() => {
    plot.current?.setData([points.map(([t]) => t / 1_000), points.map(([, value]) => value)]);
  }, [points]);
  const last = points.at(-1);
  return (
    <figure className="card" style={{ margin: 0 }}>
      <figcaption>
        {title} <strong className="number">{last?.[1] ?? "–"}</strong> {unit}
      </figcaption>
      <div ref={holder} className="chart" role="img" aria-label={`${title} over time, ${points.length} points`} />
    </figure>
  );
}
