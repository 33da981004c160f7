import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { api } from "../data/api.ts";
import { live } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import { Moment } from "../design/moment.tsx";
import { Loaded } from "../design/notice.tsx";

const pageSize = 1_000;
const mostDevices = 10_000;
const rowHeight = 36;

async function loadFleet(q: string) {
  const items = [];
  let cursor: string | undefined;
  do {
    const query = { limit: pageSize, registered: "any" as const, ...(q !== "" && { q }), ...(cursor && { cursor }) };
    const page = await api.call("GET", "/api/v1/devices", { query });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < mostDevices);
  return items;
}

/** All devices, as many as there are, drawn as far as they are seen. */
export function FleetPage() {
  const [search, setSearch] = useSearchParams();
  const q = search.get("q") ?? "";
  const { resource, reload } = useResource(q, () => loadFleet(q));
  const [seen, setSeen] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(
    () =>
      live.listen("topics=telemetry,devices", (events) => {
        const now = Date.now();
        const ids = events.flatMap(({ topic, data }) =>
          topic === "telemetry" ? [(data as { device: string }).device] : [],
        );
        if (ids.length > 0) setSeen((before) => new Map([...before, ...ids.map((id) => [id, now] as const)]));
        if (events.some(({ topic }) => topic === "devices")) reload();
      }),
    [reload],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const devices = resource.value ?? [];
  const rows = useVirtualizer({
    count: devices.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  return (
    <>
      <div className="toolbar">
        <h1 style={{ margin: 0 }}>Fleet</h1>
        <input
          className="search"
          type="search"
          aria-label="Search devices"
          placeholder="Search id, type, tags"
          defaultValue={q}
          onChange={(event) => setSearch(event.target.value === "" ? {} : { q: event.target.value }, { replace: true })}
        />
        <span className="number">{devices.length} devices</span>
      </div>
      <Loaded of={resource} retry={reload}>
        {(all) =>
          all.length === 0 ? (
            <p>
              No devices yet. Register one with <code>headwater devices import</code>, or over REST.
            </p>
          ) : (
            <div
              ref={scroller}
              role="table"
              aria-label="Devices"
              aria-rowcount={all.length}
              tabIndex={0}
              style={{ height: "75dvh", overflow: "auto" }}
            >
              <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
                {rows.getVirtualItems().map(({ index, start }) => {
                  const device = all[index]!;
                  const isFresh = (seen.get(device.id) ?? 0) > Date.now() - 60_000;
                  return (
                    <div
                      key={device.id}
                      role="row"
                      aria-rowindex={index + 1}
                      style={{
                        position: "absolute",
                        top: start,
                        left: 0,
                        right: 0,
                        height: rowHeight,
                        display: "grid",
                        gridTemplateColumns: "2fr 1fr 1fr 2fr",
                        gap: 12,
                        alignItems: "center",
                        borderBottom: "1px solid var(--line)",
                      }}
                    >
                      <span role="cell">
                        <Link href={`/devices/${encodeURIComponent(device.id)}`}>{device.id}</Link>
                      </span>
                      <span role="cell">{device.registered ? device.type : "not registered"}</span>
                      <span role="cell">
                        <span className={`badge ${device.connected ? "good" : "muted"}`}>
                          {device.connected ? "connected" : "away"}
                        </span>
                      </span>
                      <span role="cell" className="number">
                        {isFresh ? "just now" : <Moment iso={device.lastSeen} />}
                      </span>
                    </div>
                  );
                })}
              </div>
            </div>
          )
        }
      </Loaded>
    </>
  );
}
