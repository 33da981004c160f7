import { Link } from "wouter";
import { SeverityBadge } from "../../alerts/severity-badge.tsx";
import { useAlerts } from "../../alerts/use-alerts.ts";
import { Loaded } from "../../design/notice.tsx";
import { Age } from "../../time/age.tsx";
import { type Choices, deviceIn, type WidgetOf } from "../board.ts";

interface AlertsWidgetProps {
  readonly widget: WidgetOf<"alerts">;
  readonly choices: Choices;
}

const usualLimit = 10;

export function AlertsWidget({ widget, choices }: AlertsWidgetProps) {
  const { state = "open", severity, rule, limit = usualLimit } = widget;
  const device = widget.device === undefined ? undefined : deviceIn(widget.device, choices);
  const { resource, reload } = useAlerts({
    shadow: false,
    ...(state !== "all" && { state }),
    ...(severity !== undefined && { severity }),
    ...(rule !== undefined && { rule }),
    ...(device !== undefined && { device }),
  });
  return (
    <Loaded of={resource} retry={reload}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="board-nothing">
            {state === "open" || state === "active" ? "All is well." : "No alert is like that."}
          </p>
        ) : (
          <ul className="plain board-alerts">
            {items.slice(0, limit).map((alert) => (
              <li key={alert.id}>
                <SeverityBadge severity={alert.severity} />
                <Link href={`/alerts/${alert.id}`} className="clipped">
                  <bdi>{alert.device}</bdi>: <bdi>{alert.rule}</bdi>
                </Link>
                <span className="quiet">
                  {alert.state === "active" ? "" : `${alert.state}, `}
                  <Age since={alert.raisedAt} />
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}
