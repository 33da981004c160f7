import { Link } from "wouter";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { isAbsent, Loaded } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { RangeBar } from "../time/range-bar.tsx";
import { type Span, spanNames, spanUpTo } from "../time/time-range.ts";
import { useTimeRange } from "../time/use-time-range.ts";
import { CommandsPanel } from "./commands-panel.tsx";
import { DeleteDevice } from "./delete-device.tsx";
import { DetailsPanel } from "./details-panel.tsx";
import { EventsPanel } from "./events-panel.tsx";
import { MetricCharts } from "./metric-charts.tsx";
import "./device.css";

/** One device: what it sends now and sent before, what it was told, what is known of it. */
export function DevicePage({ id }: { readonly id: string }) {
  const may = useMay();
  const [range, setRange] = useTimeRange();
  const device = useResource(id, () => api.call("GET", "/api/v1/devices/{id}", { path: { id } }));
  const known = device.resource.value;
  const isMissing = device.resource.state === "failed" && isAbsent(device.resource.problem);
  if (isMissing) {
    return (
      <>
        <Crumbs />
        <h1>{id}</h1>
        <p className="empty">
          No device of this name is registered, and none was heard.
          {may("devices:write") && (
            <>
              {" "}
              <Link href={`/connect?id=${encodeURIComponent(id)}`}>Register it</Link>
            </>
          )}
        </p>
      </>
    );
  }
  return (
    <>
      <Crumbs />
      <div className="toolbar">
        <h1>{id}</h1>
        {known !== undefined && known.type !== "" && <span className="tag">{known.type}</span>}
        <span className="end">
          <RangeBar
            {...{ from: range.from, to: range.to, span: range.span, spans: spanNames }}
            onSpan={(span) => setRange(() => spanUpTo(span as Span, Date.now()))}
            onMove={setRange}
          />
        </span>
      </div>
      {may("telemetry:read") && (
        <div className="settles">
          <MetricCharts id={id} range={range} onRange={setRange} />
        </div>
      )}
      {may("telemetry:read") && <EventsPanel id={id} range={range} />}
      <div className="grid device-panels">
        {(may("commands:read") || may("commands:write")) && <CommandsPanel id={id} />}
        <Loaded of={device.resource} retry={device.reload}>
          {(found) => (
            <div className="device-about">
              <DetailsPanel device={found} onChanged={device.reload} />
              {may("devices:write") && <DeleteDevice id={id} />}
            </div>
          )}
        </Loaded>
      </div>
    </>
  );
}

function Crumbs() {
  return (
    <p className="crumbs">
      <Link href="/">Fleet</Link>
    </p>
  );
}
