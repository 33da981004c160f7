import { useMemo } from "react";
import { Link } from "wouter";
import { byName } from "../../data/by-name.ts";
import { ListTable } from "../../design/list-table.tsx";
import { Loaded } from "../../design/notice.tsx";
import { Age } from "../../time/age.tsx";
import { type Choices, type WidgetOf } from "../board.ts";
import { glance } from "../../plot/glance.ts";
import { type Latest, useLatest } from "../use-latest.ts";
import { unitText } from "../../plot/unit-text.ts";

interface TableWidgetProps {
  readonly widget: WidgetOf<"table">;
  readonly choices: Choices;
}

const usualLimit = 20;

/** The newest values of a device, or of several in a row each. */
export function TableWidget({ widget, choices }: TableWidgetProps) {
  const { device, devices, metrics, limit = usualLimit } = widget;
  const { resource, reload, latest } = useLatest({ device, devices, metrics, limit }, choices);
  return (
    <Loaded of={resource} retry={reload}>
      {() =>
        device === undefined ? (
          <FleetTable latest={latest} metrics={metrics ?? []} />
        ) : (
          <DeviceTable values={[...latest.values()][0]} />
        )
      }
    </Loaded>
  );
}

interface FleetTableProps {
  readonly latest: ReturnType<typeof useLatest>["latest"];
  readonly metrics: readonly string[];
}

function FleetTable({ latest, metrics }: FleetTableProps) {
  const rows = useMemo(() => byName([...latest], ([device]) => device), [latest]);
  if (latest.size === 0) return <p className="board-nothing">No device fits.</p>;
  return (
    <table className="table board-table">
      <thead>
        <tr>
          <th scope="col">Device</th>
          {metrics.map((metric) => (
            <th key={metric} scope="col">
              <bdi>{metric}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([device, values]) => (
          <tr key={device}>
            <th scope="row">
              <Link href={`/devices/${encodeURIComponent(device)}`}>
                <bdi>{device}</bdi>
              </Link>
            </th>
            {metrics.map((metric) => (
              <td key={metric} className="number">
                <Shown latest={values.get(metric)} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DeviceTable({ values }: { readonly values: ReadonlyMap<string, Latest> | undefined }) {
  if (values === undefined || values.size === 0) return <p className="board-nothing">It has sent nothing yet.</p>;
  return (
    <ListTable columns={["Metric", "Value", "Age"]} className="board-table">
      {[...values].map(([metric, latest]) => (
        <tr key={metric}>
          <th scope="row">
            <bdi>{metric}</bdi>
          </th>
          <td className="number">
            <Shown latest={latest} />
          </td>
          <td>
            <Age since={new Date(latest.t).toISOString()} />
          </td>
        </tr>
      ))}
    </ListTable>
  );
}

function Shown({ latest }: { readonly latest: Latest | undefined }) {
  if (latest === undefined) return <>–</>;
  const { value, unit } = latest;
  return (
    <bdi>
      {typeof value === "number" ? glance(value) : String(value).slice(0, 300)} {unitText(unit)}
    </bdi>
  );
}
