import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../data/api.ts";
import type { LiveEvent } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import { withGaps } from "../plot/gaps.ts";
import type { Points } from "../plot/series-plot.tsx";
import { readingsOf, useFeed } from "./board-feed.ts";
import { type Choices, deviceIn, queryOf, type TimeShown, type WidgetOf } from "./board.ts";

type Chart = WidgetOf<"chart">;

export interface Line {
  readonly name: string;
  readonly points: Points;
  /** Whose readings go on with it; undefined: it is made of several, or of windows. */
  readonly of: { readonly device: string; readonly metric: string } | undefined;
}

/** As many points as a chart of a board is wide. */
const width = 400;
/** More than anybody tells apart; the others are named by the legend as not drawn. */
export const mostLines = 20;
const mostFresh = 10_000;
/** Lines that readings do not go on with by themselves are asked for anew no more often, nor more often than drawn. */
const restMs = 10_000;

async function load(chart: Chart, choices: Choices, { from, to }: TimeShown): Promise<readonly Line[]> {
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const { window, aggregate = "mean" } = chart;
  const how = window === undefined ? { width } : { window };
  const parts = await Promise.all(
    chart.series.map(async ({ metric, device, devices, across, label }): Promise<Line[]> => {
      const chosen = device === undefined ? undefined : deviceIn(device, choices);
      if (device !== undefined && chosen === undefined) return [];
      const who = chosen === undefined ? queryOf(devices ?? {}, choices) : { device: [chosen] };
      const { series } = await api.call("GET", "/api/v1/telemetry/series", {
        query: {
          ...{ ...who, ...range, ...how, metric: [metric] },
          ...((window !== undefined || across !== undefined || chart.aggregate !== undefined) && { aggregate }),
          ...(across !== undefined && { across }),
        },
      });
      return series.map((part) => {
        const isOne = part.device !== undefined && window === undefined && aggregate === "mean";
        return {
          name:
            label === undefined || (part.device !== undefined && device === undefined)
              ? (part.device ?? `${across} of ${metric}`)
              : label,
          points: withGaps((part.points as unknown as Points).filter(([, value]) => typeof value !== "string")),
          of: isOne ? { device: part.device!, metric } : undefined,
        };
      });
    }),
  );
  return parts.flat();
}

/** The lines of a chart, with what is new since they were asked for. */
export function useSeries(chart: Chart, choices: Choices, time: TimeShown) {
  const { isLive, from, to } = time;
  const asked = isLive ? to - from : [from, to];
  const key = JSON.stringify([chart.series, chart.window, chart.aggregate, choices, asked]);
  const { resource, reload } = useResource(key, () => {
    const now = Date.now();
    return load(chart, choices, isLive ? { from: now - (to - from), to: now, isLive } : time);
  });
  const fresh = useRef(new Map<string, [number, number][]>());
  const lines = useRef<readonly Line[]>([]);
  const known = resource.value;
  useEffect(() => {
    lines.current = known ?? [];
    // What came while they were asked for may be newer than the answer.
    for (const [key, points] of fresh.current) {
      const last =
        lines.current.find(({ of }) => of !== undefined && keyOf(of) === key)?.points.at(-1)?.[0] ?? Infinity;
      const newer = points.filter(([t]) => t > last);
      if (newer.length === 0) fresh.current.delete(key);
      else fresh.current.set(key, newer);
    }
  }, [known]);
  const [, setChange] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const metrics = chart.series.map(({ metric }) => metric).join("\n");
  const isOfFilter = chart.series.some(({ device }) => device === undefined);
  const named = chart.series.map(({ device = "" }) => deviceIn(device, choices) ?? "").join("\n");
  const everyMs = Math.max(restMs, (to - from) / width);
  const take = useCallback(
    (events: readonly LiveEvent[]) => {
      if (!isLive) return;
      const names = new Set(metrics.split("\n"));
      const devices = new Set(named.split("\n"));
      const grown = new Set(lines.current.flatMap(({ of }) => (of === undefined ? [] : [keyOf(of)])));
      let isChanged = false;
      for (const reading of readingsOf(events)) {
        const { t, value } = reading;
        if (!names.has(reading.metric) || typeof value !== "number") continue;
        if (grown.has(keyOf(reading))) {
          const points = fresh.current.get(keyOf(reading)) ?? [];
          points.push([t, value]);
          if (points.length > mostFresh) points.splice(0, mostFresh / 2);
          fresh.current.set(keyOf(reading), points);
          isChanged = true;
        } else if (isOfFilter || devices.has(reading.device)) {
          timer.current ??= setTimeout(() => {
            timer.current = undefined;
            reload();
          }, everyMs);
        }
      }
      if (isChanged) setChange((change) => change + 1);
    },
    [isLive, metrics, named, isOfFilter, everyMs, reload],
  );
  useFeed(take, reload);
  useEffect(() => () => clearTimeout(timer.current), []);
  const grown = (known ?? []).map((line) => {
    const added = line.of === undefined ? undefined : fresh.current.get(keyOf(line.of));
    if (added === undefined) return line;
    const last = line.points.at(-1)?.[0] ?? 0;
    const newer = added.filter(([t]) => t > last).toSorted(([a], [b]) => a - b);
    return { ...line, points: [...line.points, ...newer] };
  });
  return { resource, reload, lines: grown };
}

function keyOf({ device, metric }: { readonly device: string; readonly metric: string }): string {
  return `${device}\n${metric}`;
}
