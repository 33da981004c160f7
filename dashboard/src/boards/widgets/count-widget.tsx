import { useCallback, useRef, useEffect } from "react";
import { api } from "../../data/api.ts";
import type { LiveEvent } from "../../data/live.ts";
import { useResource } from "../../data/use-resource.ts";
import { Loaded } from "../../design/notice.tsx";
import { PlaceLink } from "../../places/place-link.tsx";
import { useRefresh } from "../../time/use-refresh.ts";
import { useFeed } from "../board-feed.ts";
import { type Choices, queryOf, type WidgetOf } from "../board.ts";
import { Figure } from "./value-widget.tsx";

interface CountWidgetProps {
  readonly widget: WidgetOf<"count">;
  readonly choices: Choices;
}

/** What no event tells of is asked for so often. */
const everySeconds = 10;
const restMs = 1_000;
const mostAlerts = 1_000;

async function count({ of, devices = {}, severity }: WidgetOf<"count">, choices: Choices): Promise<number> {
  if (of === "devices") {
    const query = { ...queryOf(devices, choices), count: true, limit: 1 };
    return (await api.call("GET", "/api/v1/devices", { query })).total ?? 0;
  }
  if (of === "alerts") {
    const query = { state: "open" as const, limit: mostAlerts, ...(severity !== undefined && { severity }) };
    return (await api.call("GET", "/api/v1/alerts", { query })).items.length;
  }
  if (of === "unstored") return (await api.call("GET", "/api/v1/ledger", {})).totals.lag;
  const { states } = await api.call("GET", "/api/v1/quarantine/summary", {});
  return states.find(({ state }) => state === "quarantined")?.entries ?? 0;
}

const places = { devices: "/", alerts: "/alerts", unstored: "/pipeline", quarantine: "/quarantine" } as const;
const names = { devices: "the fleet", alerts: "the alerts", unstored: "the pipeline", quarantine: "the quarantine" };

export function CountWidget({ widget, choices }: CountWidgetProps) {
  const { of, severity } = widget;
  const { resource, reload } = useResource(JSON.stringify([widget, choices]), () => count(widget, choices));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const take = useCallback(
    (events: readonly LiveEvent[]) => {
      if (!events.some(({ topic }) => topic === of)) return;
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        reload();
      }, restMs);
    },
    [of, reload],
  );
  useFeed(take, reload);
  useEffect(() => () => clearTimeout(timer.current), []);
  useRefresh(reload, everySeconds, of === "alerts");
  const to = severity === undefined ? places[of] : `${places[of]}?severity=${severity}`;
  return (
    <Loaded of={resource} retry={reload}>
      {(number) => (
        <>
          <Figure value={number} levels={widget} />
          <p className="quiet board-below">
            <PlaceLink href={to}>Open {names[of]}</PlaceLink>
            {of === "alerts" && number >= mostAlerts && <span>or more</span>}
          </p>
        </>
      )}
    </Loaded>
  );
}
