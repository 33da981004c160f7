import { useEffect, useRef, useState } from "react";
import { api } from "../data/api.ts";
import { live } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import { loadPoints } from "../plot/load-points.ts";
import type { Band, Look } from "../plot/plot-marks.ts";
import type { Points } from "../plot/series-plot.tsx";

interface Streamed {
  readonly device: string;
  readonly readings: readonly {
    readonly metric: string;
    readonly value: unknown;
    readonly t: number;
    readonly unit?: string;
  }[];
}

export interface Value {
  readonly value: unknown;
  readonly t: number;
  readonly unit?: string | undefined;
}

const mostCharts = 24;
const mostFresh = 20_000;
const looks: Readonly<Record<string, Look>> = { critical: "critical", warning: "warning" };

async function load(device: string, spanMs: number) {
  const to = Date.now();
  const from = to - spanMs;
  const { values } = await api.call("GET", "/api/v1/devices/{id}/latest", { path: { id: device } });
  const metrics = Object.entries(values)
    .filter(([, { value }]) => typeof value === "number")
    .map(([metric]) => metric);
  const series = await Promise.all(
    metrics.slice(0, mostCharts).map(async (metric) => [metric, await loadPoints(device, metric, from, to)] as const),
  );
  const { items } = await api.call("GET", "/api/v1/alerts", {
    query: { device, from: new Date(from).toISOString(), limit: 200 },
  });
  const bands: Band[] = items.map(({ raisedAt, clearedAt, severity }) => ({
    from: Date.parse(raisedAt),
    to: clearedAt === undefined ? Infinity : Date.parse(clearedAt),
    look: looks[severity] ?? "accent",
  }));
  return { values: values as Readonly<Record<string, Value>>, series, bands };
}

/** What a device sent: its newest values, its series in the time shown, and what is new since they were asked for. */
export function useDeviceCharts(device: string, spanMs: number) {
  const { resource, reload } = useResource(`${device} ${spanMs}`, () => load(device, spanMs));
  const fresh = useRef(new Map<string, [number, number][]>());
  const newest = useRef(new Map<string, Value>());
  const [, setChange] = useState(0);
  useEffect(() => {
    fresh.current = new Map();
    return live.listen(`topics=telemetry,alerts&device=${encodeURIComponent(device)}`, (events) => {
      let isNew = false;
      for (const { topic, data } of events) {
        if (topic !== "telemetry") {
          reload();
          continue;
        }
        for (const { metric, value, t, unit } of (data as Streamed).readings) {
          if ((newest.current.get(metric)?.t ?? 0) <= t) newest.current.set(metric, { value, t, unit });
          if (typeof value !== "number") continue;
          const points = fresh.current.get(metric) ?? [];
          if (points.length === 0) fresh.current.set(metric, points);
          isNew ||= points.length === 0;
          points.push([t, value]);
          if (points.length > mostFresh) points.splice(0, mostFresh / 2);
        }
      }
      setChange((change) => change + 1);
      if (isNew) reload();
    });
  }, [device, spanMs, reload]);
  const pointsOf = (metric: string, stored: Points): Points => {
    const last = stored.at(-1)?.[0] ?? 0;
    const added = (fresh.current.get(metric) ?? []).filter(([t]) => t > last);
    return added.length === 0 ? stored : [...stored, ...added.toSorted(([a], [b]) => a - b)];
  };
  return { resource, reload, pointsOf, newest: newest.current };
}
