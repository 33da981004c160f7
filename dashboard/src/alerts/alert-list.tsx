import { type KeyboardEvent, useRef } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { valueText } from "../plot/series-plot.tsx";
import { Age } from "../time/age.tsx";
import { SeverityBadge } from "./severity-badge.tsx";
import type { Alert } from "./use-alerts.ts";

interface AlertListProps {
  readonly alerts: readonly Alert[];
  readonly openId: string | undefined;
  /** undefined: there is nothing that may be done with a choice. */
  readonly chosen: ReadonlySet<string> | undefined;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}

export function readingText({ metric, value, threshold }: Pick<Alert, "metric" | "value" | "threshold">): string {
  const shown = typeof value === "number" ? valueText(value) : value;
  return metric === "" ? "" : `${metric} ${shown}${typeof value === "number" ? ` (${valueText(threshold)})` : ""}`;
}

/** What there is to say of an alert besides its state. */
function besides({ assignee, snoozedUntil, flapping }: Alert): readonly string[] {
  return [
    ...(assignee === undefined ? [] : [`for ${assignee}`]),
    ...(snoozedUntil === undefined ? [] : ["snoozed"]),
    ...(flapping ? ["flapping"] : []),
  ];
}

/** The inbox. Keys: j and k, or the arrows, go from alert to alert; x chooses one. */
export function AlertList({ alerts, openId, chosen, onChoose }: AlertListProps) {
  const list = useRef<HTMLTableSectionElement>(null);
  const [, navigate] = useLocation();
  const search = useSearch();
  const suffix = search === "" ? "" : `?${search}`;
  const toggle = (id: string): void => {
    if (chosen === undefined) return;
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const links = [...list.current!.querySelectorAll<HTMLAnchorElement>("a[data-alert]")];
    const at = links.findIndex((link) => link.closest("tr")!.contains(document.activeElement));
    if (step !== undefined) {
      event.preventDefault();
      links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
    } else if (event.key === "x" && at >= 0) toggle(links[at]!.dataset["alert"]!);
  };
  const areAllChosen = alerts.every(({ id }) => chosen?.has(id));
  return (
    <table className="table alert-list">
      <thead>
        <tr>
          {chosen !== undefined && (
            <th scope="col" className="narrow">
              <input
                type="checkbox"
                aria-label="Choose all that are listed"
                checked={areAllChosen}
                onChange={() => onChoose(areAllChosen ? new Set() : new Set(alerts.map(({ id }) => id)))}
              />
            </th>
          )}
          <th scope="col" className="alert-severity">
            Severity
          </th>
          <th scope="col">Alert</th>
          <th scope="col" className="wide-only alert-state">
            State
          </th>
          <th scope="col" className="wide-only alert-age">
            Age
          </th>
        </tr>
      </thead>
      <tbody ref={list} onKeyDown={onKeyDown}>
        {alerts.map((alert) => (
          <tr
            key={alert.id}
            aria-current={alert.id === openId}
            onClick={() => navigate(`/alerts/${alert.id}${suffix}`)}
          >
            {chosen !== undefined && (
              <td className="narrow" onClick={(event) => event.stopPropagation()}>
                <input
                  type="checkbox"
                  aria-label={`Choose ${alert.rule} on ${alert.device}`}
                  checked={chosen.has(alert.id)}
                  onChange={() => toggle(alert.id)}
                />
              </td>
            )}
            <td>
              <SeverityBadge severity={alert.severity} />
            </td>
            <td>
              <Link
                href={`/alerts/${alert.id}${suffix}`}
                data-alert={alert.id}
                className="clipped"
                onClick={(event) => event.stopPropagation()}
              >
                <bdi>{alert.device}</bdi>: <bdi>{alert.rule}</bdi>
              </Link>
              <span className="quiet clipped number">{readingText(alert)}</span>
              <span className="quiet narrow-only">
                {[alert.state, ...besides(alert)].join(", ")}, <Age since={alert.raisedAt} />
              </span>
            </td>
            <td className="wide-only">
              {alert.state}
              {besides(alert).map((each) => (
                <span key={each} className="quiet clipped">
                  {each}
                </span>
              ))}
            </td>
            <td className="wide-only">
              <Age since={alert.raisedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
