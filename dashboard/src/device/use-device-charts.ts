import { useEffect, useRef, useState } from "react";
import { api } from "../data/api.ts";
import { live, type LiveEvent } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import type { Lane } from "../plot/lanes.ts";
import type { Points } from "../plot/series-plot.tsx";
import { useMay } from "../sign-in/session.ts";
import type { TimeRange } from "../time/time-range.ts";
import { loadCharts, stateName, type Value } from "./load-charts.ts";

interface Streamed {
  readonly device: string;
  readonly readings: readonly {
    readonly metric: string;
    readonly value: unknown;
    readonly t: number;
    readonly unit?: string;
  }[];
}

const mostFresh = 20_000;

/** What a device sent: its newest values, its series in the time shown, and what is new since they were asked for. */
export function useDeviceCharts(device: string, range: TimeRange, width: number) {
  const mayReadAlerts = useMay()("alerts:read");
  const { resource, reload } = useResource(device, () => loadCharts(device, { ...range, width, mayReadAlerts }));
  const fresh = useRef(new Map<string, [number, unknown][]>());
  const newest = useRef(new Map<string, Value>());
  const [, setChange] = useState(0);
  const known = useRef<object>({});
  known.current = resource.value?.values ?? known.current;
  // What is there stays in sight while another time is asked for.
  const wanted = range.span ?? `${range.from} ${range.to}`;
  const asked = useRef(`${wanted} ${width}`);
  useEffect(() => {
    if (asked.current === `${wanted} ${width}`) return;
    asked.current = `${wanted} ${width}`;
    reload();
  }, [wanted, width, reload]);
  useEffect(() => {
    fresh.current = new Map();
    const topics = mayReadAlerts ? "telemetry,alerts" : "telemetry";
    const take = (events: readonly LiveEvent[]): void => {
      let isNew = false;
      for (const { topic, data } of events) {
        if (topic !== "telemetry") {
          isNew = true;
          continue;
        }
        for (const { metric, value, t, unit } of (data as Streamed).readings) {
          if ((newest.current.get(metric)?.t ?? 0) <= t) newest.current.set(metric, { value, t, unit });
          const points = fresh.current.get(metric) ?? [];
          if (points.length === 0) fresh.current.set(metric, points);
          isNew ||= !(metric in known.current);
          points.push([t, value]);
          if (points.length > mostFresh) points.splice(0, mostFresh / 2);
        }
      }
      setChange((change) => change + 1);
      if (isNew) reload();
    };
    // What came after the charts were asked for and before the stream was open: taken as if it had been told, since
    // charts that are asked for anew are drawn anew under the pointer.
    const opened = (): void => {
      const newestOf = api.call("GET", "/api/v1/devices/{id}/latest", { path: { id: device } });
      newestOf.then(
        ({ values }) => {
          const shown = known.current as Readonly<Record<string, Value>>;
          const readings = Object.entries(values).flatMap(([metric, { value, t }]) => {
            const before = shown[metric];
            if (before === undefined || before.t >= t) return [];
            return [{ metric, value, t, ...(before.unit !== undefined && { unit: before.unit }) }];
          });
          if (readings.length > 0) take([{ topic: "telemetry", data: { device, readings } satisfies Streamed }]);
        },
        // The charts, which ask for the same and more, say what is wrong.
        () => {},
      );
    };
    return live.listen(`topics=${topics}&device=${encodeURIComponent(device)}`, take, opened);
  }, [device, mayReadAlerts, reload]);
  const since = (metric: string, last: number): readonly [number, unknown][] =>
    (fresh.current.get(metric) ?? []).filter(([t]) => t > last && t <= range.to).toSorted(([a], [b]) => a - b);
  const pointsOf = (metric: string, stored: Points): Points => {
    const added = since(metric, stored.at(-1)?.[0] ?? 0).flatMap(([t, value]) =>
      typeof value === "number" ? [[t, value] as const] : [],
    );
    return added.length === 0 ? stored : [...stored, ...added];
  };
  const laneOf = (lane: Lane): Lane => {
    const added = since(lane.name, lane.spans.at(-1)?.from ?? 0).map(([t, value]) => [t, stateName(value)] as const);
    return goneOn(lane, added, range);
  };
  return { resource, reload, pointsOf, laneOf, newest: newest.current };
}

/** The lane up to the end of what is shown, with the states that were told since. */
export function goneOn(lane: Lane, told: readonly (readonly [number, string])[], range: TimeRange): Lane {
  const spans = [...lane.spans];
  for (const [t, state] of told) {
    const last = spans.at(-1);
    if (last?.state === state) continue;
    if (last !== undefined) spans[spans.length - 1] = { ...last, to: t };
    spans.push({ state, from: t, to: t });
  }
  const last = spans.at(-1);
  if (last !== undefined && range.span !== undefined && lane.isCut !== true) {
    spans[spans.length - 1] = { ...last, to: Math.max(last.to, range.to) };
  }
  return { ...lane, spans };
}
