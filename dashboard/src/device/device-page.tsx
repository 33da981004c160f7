import { Link, useSearchParams } from "wouter";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { Choice } from "../design/choice.tsx";
import { Loaded } from "../design/notice.tsx";
import { SeriesPlot, valueText } from "../plot/series-plot.tsx";
import { useMay } from "../sign-in/session.ts";
import { Age } from "../time/age.tsx";
import { CommandsPanel } from "./commands-panel.tsx";
import { DetailsPanel } from "./details-panel.tsx";
import { useDeviceCharts } from "./use-device-charts.ts";
import "./device.css";

const minute = 60_000;
const spans = {
  "15m": 15 * minute,
  "1h": 60 * minute,
  "6h": 360 * minute,
  "24h": 1_440 * minute,
  "7d": 10_080 * minute,
};
type Span = keyof typeof spans;
const spanNames = (Object.keys(spans) as Span[]).map((span) => [span, span] as const);

/** One device: what it sends now and sent before, what it was told, what is known of it. */
export function DevicePage({ id }: { readonly id: string }) {
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const span = spanNames.find(([name]) => name === search.get("span"))?.[0] ?? "1h";
  const device = useResource(id, () => api.call("GET", "/api/v1/devices/{id}", { path: { id } }));
  const { resource, reload, pointsOf, newest } = useDeviceCharts(id, spans[span]);
  const to = Date.now();
  const known = device.resource.value;
  return (
    <>
      <p className="crumbs">
        <Link href="/">Fleet</Link>
      </p>
      <div className="toolbar">
        <h1>{id}</h1>
        {known !== undefined && known.type !== "" && <span className="tag">{known.type}</span>}
        <span className="end">
          <Choice
            label="Time shown"
            options={spanNames}
            value={span}
            onChoose={(next) => setSearch(next === "1h" ? {} : { span: next }, { replace: true })}
          />
        </span>
      </div>
      <Loaded of={resource} retry={reload}>
        {({ values, series, bands }) => {
          const shown = { ...values, ...Object.fromEntries(newest) };
          const others = Object.entries(shown).filter(([metric]) => !series.some(([name]) => name === metric));
          return Object.keys(shown).length === 0 ? (
            <p className="empty">This device has sent nothing yet.</p>
          ) : (
            <>
              <div className="grid">
                {series.map(([metric, points]) => (
                  <section key={metric} className="card device-chart">
                    <h2>
                      {metric}
                      <span className="number">
                        {numberText(shown[metric]?.value)} <small>{shown[metric]?.unit}</small>
                      </span>
                    </h2>
                    <SeriesPlot
                      title={`${metric} over ${span}`}
                      points={pointsOf(metric, points)}
                      from={to - spans[span]}
                      to={to}
                      bands={bands.map((band) => ({ ...band, to: Math.min(band.to, to) }))}
                      height={180}
                      group="device"
                    />
                  </section>
                ))}
              </div>
              {others.length > 0 && (
                <section className="card device-values">
                  <h2>Other values</h2>
                  <table className="table">
                    <thead>
                      <tr>
                        <th scope="col">Metric</th>
                        <th scope="col">Value</th>
                        <th scope="col">Age</th>
                      </tr>
                    </thead>
                    <tbody>
                      {others.map(([metric, { value, t }]) => (
                        <tr key={metric}>
                          <th scope="row">{metric}</th>
                          <td dir="auto">{String(value)}</td>
                          <td>
                            <Age since={new Date(t).toISOString()} />
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </section>
              )}
            </>
          );
        }}
      </Loaded>
      <div className="grid device-panels">
        {may("commands:read") && <CommandsPanel id={id} />}
        <Loaded of={device.resource} retry={device.reload}>
          {(known) => <DetailsPanel device={known} onChanged={device.reload} />}
        </Loaded>
      </div>
    </>
  );
}

function numberText(value: unknown): string {
  return typeof value === "number" ? valueText(value) : "–";
}
