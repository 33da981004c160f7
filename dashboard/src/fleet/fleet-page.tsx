import { useEffect, useMemo, useSyncExternalStore } from "react";
import { Link, Redirect } from "wouter";
import { useAddressFilter } from "../data/use-address-filter.ts";
import { useLiveReload } from "../data/use-live-reload.ts";
import { useResource } from "../data/use-resource.ts";
import { Choice } from "../design/choice.tsx";
import { codeOf } from "../design/late-code.tsx";
import { Loaded, problemText } from "../design/notice.tsx";
import { Tile } from "../design/tile.tsx";
import { DemoPanel } from "../first-visit/demo-panel.tsx";
import { useMay } from "../sign-in/session.ts";
import { FleetTable } from "./fleet-table.tsx";
import { noAlerts, openAlerts } from "./open-alerts.ts";
import { Heard } from "./heard.ts";
import { type FleetFilter, type ListedDevice, useFleet } from "./use-fleet.ts";
import "./fleet.css";

const states: readonly (readonly [FleetFilter["state"], string])[] = [
  ["", "All"],
  ["connected", "Connected"],
  ["away", "Away"],
  ["unregistered", "Unregistered"],
];
const views = [
  ["", "Table"],
  ["map", "Map"],
] as const;

/** However many alerts come, those of all devices are asked for no more often. */
const alertsRestMs = 1_000;

const { Shown: FleetMap } = codeOf(async () => (await import("./fleet-map.tsx")).FleetMap);

/** All devices, as many as there are, and how they are. */
export function FleetPage() {
  const may = useMay();
  const [search, set] = useAddressFilter();
  const q = search.get("q") ?? "";
  const state = states.find(([each]) => each === search.get("state"))?.[0] ?? "";
  const view = search.get("view") === "map" ? "map" : "";
  const { resource, isWhole, isSeenKnown, reload } = useFleet({ q, state });
  const mayReadAlerts = may("alerts:read");
  const alerts = useResource("alerts", () => (mayReadAlerts ? openAlerts() : Promise.resolve(noAlerts)));
  const topics = may("telemetry:read") ? "telemetry,devices" : "devices";
  const heard = useMemo(() => new Heard(topics), [topics]);
  useEffect(() => heard.listen(reload), [heard, reload]);
  useLiveReload(mayReadAlerts ? "topics=alerts" : undefined, alertsRestMs, alerts.reload);
  const open = alerts.resource.value ?? noAlerts;
  const devices = resource.value;
  if (resource.state === "ready" && resource.value.length === 0 && q === "" && state === "" && may("devices:write")) {
    return <Redirect to="/connect?first" replace />;
  }
  return (
    <>
      <div className="toolbar">
        <h1>Fleet</h1>
        <input
          className="search"
          type="search"
          aria-label="Search devices"
          placeholder="Search id, type, tags"
          value={q}
          onChange={(event) => set("q", event.target.value)}
        />
        <Choice label="State" options={states} value={state} onChoose={(value) => set("state", value)} />
        <Choice label="View" options={views} value={view} onChoose={(value) => set("view", value)} />
        {may("devices:write") && (
          <Link href="/connect" className="button primary end">
            Connect a device
          </Link>
        )}
      </div>
      <Tiles devices={devices ?? []} isWhole={isWhole} heard={heard} openAlerts={alerts.resource.value?.counts.size} />
      {alerts.resource.state === "failed" && (
        <p className="notice warning" role="status">
          Alerts cannot be told: {problemText(alerts.resource.problem)}
        </p>
      )}
      <Loaded of={resource} retry={reload}>
        {(all) =>
          all.length === 0 ? (
            <p className="empty">No device fits this search.</p>
          ) : (
            <>
              {view === "" ? (
                <FleetTable devices={all} heard={heard} alerts={open} isSeenKnown={isSeenKnown} />
              ) : (
                <div className="settles">
                  <FleetMap
                    devices={all}
                    heard={heard}
                    alerts={open}
                    at={search.get("at") ?? ""}
                    onRest={(at) => set("at", at)}
                  />
                </div>
              )}
              {all.some((device) => device.registered && device.tags["demo"] === "headwater") && <DemoPanel isThere />}
            </>
          )
        }
      </Loaded>
    </>
  );
}

interface TilesProps {
  readonly devices: readonly ListedDevice[];
  /** Whether there are no more of them on their way. */
  readonly isWhole: boolean;
  readonly heard: Heard;
  /** Undefined: nobody can say, or not yet. */
  readonly openAlerts: number | undefined;
}

function Tiles({ devices, isWhole, heard, openAlerts: withAlerts }: TilesProps) {
  const connected = useMemo(() => devices.filter((device) => device.connected).length, [devices]);
  useSyncExternalStore(heard.watch, () => heard.second);
  const atLeast = (count: number): string => `${count.toLocaleString()}${isWhole ? "" : "+"}`;
  return (
    <dl className="tiles">
      <Tile name="Devices">{atLeast(devices.length)}</Tile>
      <Tile name="Connected">{atLeast(connected)}</Tile>
      <Tile name="Messages a second">{heard.rate.toLocaleString()}</Tile>
      <Tile name="Devices with open alerts">{withAlerts?.toLocaleString() ?? "–"}</Tile>
    </dl>
  );
}
