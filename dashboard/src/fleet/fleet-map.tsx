import { useMemo } from "react";
import { DeviceMap } from "../map/device-map.tsx";
import type { Place, PlaceLook } from "../map/place.ts";
import { FleetTable } from "./fleet-table.tsx";
import type { Heard } from "./heard.ts";
import type { OpenAlerts } from "./open-alerts.ts";
import type { ListedDevice } from "./use-fleet.ts";
import { usePoints } from "./use-points.ts";

interface FleetMapProps {
  readonly devices: readonly ListedDevice[];
  readonly heard: Heard;
  readonly alerts: OpenAlerts;
  /** The view as the address has it. */
  readonly at: string;
  readonly onRest: (at: string) => void;
}

const looks: Readonly<Record<string, PlaceLook>> = { critical: "critical", warning: "warning", info: "accent" };

/** The devices of a filter that have coordinates, on the map, and below it those that are in sight, as a table. */
export function FleetMap({ devices, heard, alerts, at, onRest }: FleetMapProps) {
  const points = usePoints(devices);
  const places = useMemo(
    () =>
      devices.flatMap((device): Place[] => {
        const point = points?.get(device.id);
        if (point === undefined) return [];
        const severity = alerts.worst.get(device.id);
        const look = severity === undefined ? (device.connected ? "good" : "muted") : (looks[severity] ?? "accent");
        return [{ id: device.id, ...point, look }];
      }),
    [devices, alerts, points],
  );
  if (points === undefined) return <p aria-busy="true">Loading…</p>;
  if (places.length === 0) {
    return (
      <p className="empty">
        No device here says where it stands. Give it the attributes <code>lat</code> and <code>lon</code>, in degrees,
        on its page or with <code>PATCH /api/v1/devices/…</code>.
      </p>
    );
  }
  return (
    <DeviceMap places={places} at={at} onRest={onRest}>
      {(inSight) => (
        <FleetTable devices={devices.filter(({ id }) => inSight.has(id))} heard={heard} alerts={alerts} isShort />
      )}
    </DeviceMap>
  );
}
