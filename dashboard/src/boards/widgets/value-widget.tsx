import { Link } from "wouter";
import { Loaded } from "../../design/notice.tsx";
import { Age } from "../../time/age.tsx";
import { acrossOf, type Choices, deviceIn, severityOf, type WidgetOf } from "../board.ts";
import { glance } from "../../plot/glance.ts";
import { useLatest } from "../use-latest.ts";
import { unitText } from "../../plot/unit-text.ts";

interface ValueWidgetProps {
  readonly widget: WidgetOf<"value">;
  readonly choices: Choices;
}

/** Devices that one value is made of. */
const mostDevices = 10_000;

export function ValueWidget({ widget, choices }: ValueWidgetProps) {
  const { metric, device, devices, across, unit } = widget;
  const metrics = [metric];
  const { resource, reload, latest } = useLatest({ device, devices, metrics, limit: mostDevices }, choices);
  const known = [...latest.values()].flatMap((values) => values.get(metric) ?? []);
  const [first] = known;
  const numbers = known.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
  const value = across === undefined ? first?.value : acrossOf(across, numbers);
  const id = device === undefined ? undefined : deviceIn(device, choices);
  return (
    <Loaded of={resource} retry={reload}>
      {() => (
        <>
          <Figure value={value} unit={unit ?? unitText(first?.unit)} levels={widget} />
          <p className="quiet board-below">
            {id !== undefined && (
              <Link href={`/devices/${encodeURIComponent(id)}`} className="clipped">
                <bdi>{id}</bdi>
              </Link>
            )}
            {across === undefined
              ? first !== undefined && (
                  <span>
                    <Age since={new Date(first.t).toISOString()} /> ago
                  </span>
                )
              : `${across} of ${numbers.length.toLocaleString()} devices`}
          </p>
        </>
      )}
    </Loaded>
  );
}

interface FigureProps {
  readonly value: unknown;
  readonly unit?: string | undefined;
  readonly levels: Parameters<typeof severityOf>[0];
}

/** A number as large as its place, in the color of its severity, which is told in words too. */
export function Figure({ value, unit, levels }: FigureProps) {
  const severity = typeof value === "number" ? severityOf(levels, value) : undefined;
  const text = typeof value === "number" ? glance(value) : typeof value === "string" ? value : "–";
  return (
    <p className={`board-figure number ${severity ?? ""}`}>
      <bdi className={text.length > 12 ? "long" : undefined} title={text.length > 12 ? text : undefined}>
        {text.slice(0, 200)}
      </bdi>
      {unit !== undefined && unit !== "" && <small>{unit}</small>}
      {severity !== undefined && <span className="visually-hidden">, {severity}</span>}
    </p>
  );
}
