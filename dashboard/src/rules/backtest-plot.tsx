import { useMemo } from "react";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { withGaps } from "../plot/gaps.ts";
import { loadPoints } from "../plot/load-points.ts";
import type { Band, Look } from "../plot/plot-marks.ts";
import { type Points, SeriesPlot } from "../plot/series-plot.tsx";
import type { Path } from "./draft.ts";
import type { DeviceEpisodes } from "./episodes-of.ts";
import type { Leaf } from "./levels.ts";

interface BacktestPlotProps {
  readonly device: string;
  readonly leaf: Leaf;
  readonly episodes: DeviceEpisodes | undefined;
  readonly from: number;
  readonly to: number;
  readonly onLevel: (path: Path, value: number) => void;
}

const looks: Readonly<Record<string, Look>> = { critical: "critical", warning: "warning", info: "accent" };

/** What a part of the condition compares: the readings, or the aggregate of its windows as the store has them. */
async function compared(device: string, { metric, window }: Leaf, from: number, to: number): Promise<Points> {
  if (window === undefined) return (await loadPoints(device, metric, from, to)).points;
  const query = {
    metric,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    window: window.over,
    aggregate: window.aggregate,
  };
  try {
    const { points } = await api.call("GET", "/api/v1/devices/{id}/series", { path: { id: device }, query });
    return withGaps(points as unknown as Points);
  } catch {
    // A window or an aggregate that the store does not draw, or one that is being typed.
    return (await loadPoints(device, metric, from, to)).points;
  }
}

export function BacktestPlot({ device, leaf, episodes, from, to, onLevel }: BacktestPlotProps) {
  const key = JSON.stringify([device, leaf.metric, leaf.window, from, to]);
  const { resource } = useResource(key, () => compared(device, leaf, from, to));
  const levels = useMemo(
    () =>
      leaf.levels.map(({ path, name, value, look }) => ({
        name,
        value,
        look,
        onMove: (moved: number) => onLevel(path, moved),
      })),
    [leaf, onLevel],
  );
  const bands = useMemo((): Band[] => {
    const draft = (episodes?.draft ?? []).flatMap(({ raisedAt, clearedAt, severity }) => {
      const span = { from: Date.parse(raisedAt), to: clearedAt === undefined ? to : Date.parse(clearedAt) };
      const look = looks[severity] ?? "muted";
      return [
        { ...span, look },
        { ...span, look, lane: 0 },
      ];
    });
    const live = (episodes?.live ?? []).map(({ raisedAt, clearedAt }) => ({
      from: Date.parse(raisedAt),
      to: clearedAt === undefined ? to : Date.parse(clearedAt),
      look: "muted" as const,
      lane: 1,
    }));
    return [...draft, ...live];
  }, [episodes, to]);
  const points = resource.value ?? [];
  return (
    <figure className="backtest-figure">
      <SeriesPlot
        title={`${leaf.metric} of ${device} with the levels of the draft and its episodes`}
        points={points}
        from={from}
        to={to}
        levels={levels}
        bands={bands}
        height={260}
      />
      <figcaption className="quiet">
        {resource.state === "failed"
          ? resource.problem.message
          : resource.state === "ready" && points.length === 0
            ? `${device} has sent no ${leaf.metric} in this time`
            : leaf.window === undefined
              ? leaf.metric
              : `${leaf.window.aggregate} of ${leaf.metric} over ${leaf.window.over}`}
        {leaf.levels.length > 0 && "; drag a level, or move it with the arrow keys"}
        {episodes?.live !== undefined && "; above: the draft's episodes in color, those of the live revision in gray"}
      </figcaption>
    </figure>
  );
}
