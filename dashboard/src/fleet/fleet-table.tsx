import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { severityLook } from "../alerts/severity-badge.tsx";
import { useMay } from "../sign-in/session.ts";
import { spanText } from "../time/span.ts";
import type { Heard } from "./heard.ts";
import type { OpenAlerts } from "./open-alerts.ts";
import type { ListedDevice } from "./use-fleet.ts";

const rowHeight = 40;
/** Tags that a row has room for. */
const shownTags = 3;

interface FleetTableProps {
  readonly devices: readonly ListedDevice[];
  readonly heard: Heard;
  readonly alerts: OpenAlerts;
  /** Whether devices that do not say when they were seen never were. */
  readonly isSeenKnown?: boolean;
  /** Below something else that is looked at. */
  readonly isShort?: boolean;
}

/** As many rows as are in sight, of however many there are. */
export function FleetTable({ devices, heard, alerts, isSeenKnown = true, isShort = false }: FleetTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: devices.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useSyncExternalStore(heard.watch, () => heard.second);
  return (
    <div
      className={isShort ? "fleet below-map" : "fleet"}
      role="table"
      aria-label="Devices"
      aria-rowcount={devices.length + 1}
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="fleet-row fleet-head">
          {["Device", "Type", "Tags", "State", "Last seen", "Alerts"].map((name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
      </div>
      <div ref={scroller} role="rowgroup" className="fleet-rows" tabIndex={0} aria-label="Rows">
        <div role="presentation" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const device = devices[index]!;
            return (
              <div
                key={device.id}
                role="row"
                aria-rowindex={index + 2}
                className="fleet-row"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Cells
                  device={device}
                  seenAt={heard.of(device.id)}
                  isSeenKnown={isSeenKnown}
                  openAlerts={alerts.counts.get(device.id) ?? 0}
                  worst={alerts.worst.get(device.id)}
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface CellsProps {
  readonly device: ListedDevice;
  readonly seenAt: number | undefined;
  readonly isSeenKnown: boolean;
  readonly openAlerts: number;
  /** The severity of the worst of them. */
  readonly worst: string | undefined;
}

function Cells({ device, seenAt, isSeenKnown, openAlerts, worst }: CellsProps) {
  const mayWrite = useMay()("devices:write");
  const { id, registered, connected, lastSeen } = device;
  const tags = registered ? Object.entries(device.tags) : [];
  const seen = Math.max(seenAt ?? 0, lastSeen === undefined ? 0 : Date.parse(lastSeen));
  return (
    <>
      <span role="cell" className="clipped">
        <Link href={`/devices/${encodeURIComponent(id)}`}>{id}</Link>
      </span>
      <span role="cell" className="clipped">
        {registered && device.type}
        {!registered && mayWrite && <Link href={`/connect?id=${encodeURIComponent(id)}`}>Register…</Link>}
      </span>
      <span role="cell" className="clipped fleet-tags">
        {tags.slice(0, shownTags).map(([name, value]) => (
          <span key={name} className="tag" title={`${name}: ${value}`}>
            {name}: {value}
          </span>
        ))}
        {tags.length > shownTags && <span className="tag count">+{tags.length - shownTags}</span>}
      </span>
      <span role="cell">
        <span className={`badge ${connected ? "good" : "muted"}`}>{connected ? "connected" : "away"}</span>
      </span>
      <span role="cell" className="number quiet" title={seen === 0 ? "" : new Date(seen).toISOString()}>
        {seen === 0 ? (isSeenKnown ? "never" : "…") : `${spanText(Date.now() - seen)} ago`}
      </span>
      <span role="cell">
        {openAlerts > 0 && (
          <Link
            className={`badge ${severityLook(worst)}`}
            title={worst}
            href={`/alerts?device=${encodeURIComponent(id)}`}
          >
            {openAlerts}
          </Link>
        )}
      </span>
    </>
  );
}
