import type { ReactNode } from "react";
import { type Scope, useMay } from "../../sign-in/session.ts";
import type { Choices, Kind, TimeShown, Widget as AnyWidget } from "../board.ts";
import { AlertsWidget } from "./alerts-widget.tsx";
import { ChartWidget } from "./chart-widget.tsx";
import { CountWidget } from "./count-widget.tsx";
import { TableWidget } from "./table-widget.tsx";
import { ValueWidget } from "./value-widget.tsx";

interface WidgetProps {
  readonly widget: AnyWidget;
  readonly choices: Choices;
  readonly time: TimeShown;
}

const fleet: readonly Scope[] = ["telemetry:read", "devices:read"];
const needs: Readonly<Record<Kind, readonly Scope[]>> = {
  ...{ chart: fleet, value: fleet, table: fleet, alerts: ["alerts:read"], text: [], count: [] },
};
const counted: Readonly<Record<"devices" | "alerts" | "unstored" | "quarantine", Scope>> = {
  ...{ devices: "devices:read", alerts: "alerts:read", unstored: "ledger:read", quarantine: "quarantine:read" },
};

/** What a widget shows, or that whoever looks may not see it. */
export function Widget({ widget, choices, time }: WidgetProps): ReactNode {
  const may = useMay();
  const missing = [...needs[widget.kind], ...(widget.kind === "count" ? [counted[widget.of]] : [])].filter(
    (scope) => !may(scope),
  );
  if (missing.length > 0) return <p className="board-nothing">Needs the right {missing.join(" and ")}.</p>;
  switch (widget.kind) {
    case "chart":
      return <ChartWidget {...{ widget, choices, time }} />;
    case "value":
      return <ValueWidget {...{ widget, choices }} />;
    case "count":
      return <CountWidget {...{ widget, choices }} />;
    case "table":
      return <TableWidget {...{ widget, choices }} />;
    case "alerts":
      return <AlertsWidget {...{ widget, choices }} />;
    case "text":
      return widget.text.split(/\n\s*\n/).map((paragraph, index) => (
        <p key={index} dir="auto" className="board-text">
          {paragraph}
        </p>
      ));
  }
}
