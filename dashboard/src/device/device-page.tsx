import { useEffect, useState } from "react";
import { Link } from "wouter";
import { api } from "../data/api.ts";
import { live } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import { Loaded } from "../design/notice.tsx";
import { Chart } from "./chart.tsx";

type Points = readonly (readonly [number, number | null])[];
interface Streamed {
  readonly device: string;
  readonly readings: readonly { readonly metric: string; readonly value: unknown; readonly t: number }[];
}

const width = 600;
const mostPoints = 5_000;

async function loadCharts(id: string) {
  const { values } = (await api.call("GET", "/api/v1/devices/{id}/latest", { path: { id } })) as {
    values: Record<string, { value: unknown; unit?: string }>;
  };
  const numbers = Object.entries(values).filter(([, { value }]) => typeof value === "number");
  return Promise.all(
    numbers.slice(0, 12).map(async ([metric, { unit }]) => {
      const query = { metric, from: "-1h", width };
      const { points } = await api.call("GET", "/api/v1/devices/{id}/series", { path: { id }, query });
      return { metric, unit, points: points as unknown as Points };
    }),
  );
}

export function DevicePage({ id }: { readonly id: string }) {
  const { resource, reload } = useResource(id, () => loadCharts(id));
  const [fresh, setFresh] = useState<Readonly<Record<string, Points>>>({});
  useEffect(
    () =>
      live.listen(`topics=telemetry&device=${encodeURIComponent(id)}`, (events) => {
        const added: Record<string, [number, number][]> = {};
        for (const { data } of events) {
          const { device, readings } = data as Streamed;
          if (device !== id) continue;
          for (const { metric, value, t } of readings) {
            if (typeof value === "number") (added[metric] ??= []).push([t, value]);
          }
        }
        setFresh((before) => {
          const next = { ...before };
          for (const [metric, points] of Object.entries(added)) {
            next[metric] = [...(before[metric] ?? []), ...points].slice(-mostPoints).toSorted(([a], [b]) => a - b);
          }
          return next;
        });
      }),
    [id],
  );
  return (
    <>
      <p>
        <Link href="/">Fleet</Link>
      </p>
      <h1>{id}</h1>
      <Loaded of={resource} retry={reload}>
        {(charts) =>
          charts.length === 0 ? (
            <p>This device has not sent a number yet.</p>
          ) : (
            <div className="grid">
              {charts.map(({ metric, unit, points }) => (
                <Chart key={metric} title={metric} unit={unit} points={[...points, ...(fresh[metric] ?? [])]} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}
