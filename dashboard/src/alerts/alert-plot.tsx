import type { AnswerOf } from "@headwater/client";
import { useMemo } from "react";
import { useResource } from "../data/use-resource.ts";
import { loadPoints } from "../plot/load-points.ts";
import type { Band, Look, Mark } from "../plot/plot-marks.ts";
import { SeriesPlot } from "../plot/series-plot.tsx";

export type Why = AnswerOf<"GET", "/api/v1/alerts/{id}/why">;
type Transition = Why["transitions"][number];

interface Evidence {
  readonly metric?: string;
  readonly value?: unknown;
  readonly eventTime?: string;
}

const looks: Readonly<Record<string, Look>> = { critical: "critical", warning: "warning", info: "accent" };
const leastRoomMs = 60_000;
const endings = new Set(["cleared", "retracted"]);
const gradings = new Set(["raised", "escalated", "deescalated", "amended"]);

const millis = (iso: string): number => Date.parse(iso);

/** The readings around an alert, with its episode, its limits and the readings that decided. */
export function AlertPlot({ why }: { readonly why: Why }) {
  const { alert, transitions } = why;
  const drawn = useMemo(() => drawingOf(alert, transitions), [alert, transitions]);
  const { from, to } = drawn;
  const { resource } = useResource(`${alert.device} ${alert.metric} ${from} ${to}`, () =>
    loadPoints(alert.device, alert.metric, from, to).then(({ points }) => points),
  );
  if (resource.state === "failed") return <p className="quiet">The readings could not be loaded.</p>;
  return (
    <SeriesPlot
      title={`${alert.metric} of ${alert.device} around the alert`}
      points={resource.value ?? []}
      from={from}
      to={to}
      levels={drawn.levels}
      bands={drawn.bands}
      marks={drawn.marks}
    />
  );
}

function drawingOf(alert: Why["alert"], transitions: readonly Transition[]) {
  const begin = millis(alert.raisedAt);
  const end = alert.clearedAt === undefined ? Date.now() : millis(alert.clearedAt);
  const evidence: Mark[] = transitions.flatMap(({ kind, severity, evidence: readings }) =>
    (readings as readonly Evidence[]).flatMap(({ metric, value, eventTime }) =>
      metric === alert.metric && typeof value === "number" && eventTime !== undefined
        ? [{ t: millis(eventTime), value, look: endings.has(kind) ? ("good" as const) : (looks[severity] ?? "muted") }]
        : [],
    ),
  );
  // A reading that began an episode is evidence of each of its transitions; it is drawn as that of the first.
  const marks = [...new Map(evidence.toReversed().map((mark) => [mark.t, mark])).values()];
  const first = Math.min(begin, ...evidence.map(({ t }) => t));
  const room = Math.max(leastRoomMs, (end - first) * 0.3);
  const graded = transitions.filter(({ kind }) => gradings.has(kind));
  const bands: Band[] = graded.map(({ at, severity }, index) => ({
    from: millis(at),
    to: index + 1 < graded.length ? millis(graded[index + 1]!.at) : end,
    look: looks[severity] ?? "muted",
  }));
  const limits = new Map<string, { name: string; value: number; look: Look }>();
  for (const { kind, severity, threshold, value, metric } of transitions) {
    if (typeof value !== "number" || metric !== alert.metric) continue;
    if (gradings.has(kind))
      limits.set(severity, { name: severity, value: threshold, look: looks[severity] ?? "muted" });
    else if (endings.has(kind)) limits.set("clear", { name: "clear", value: threshold, look: "good" });
  }
  return {
    from: first - room,
    to: Math.min(Date.now(), end + room),
    bands,
    marks,
    levels: [...limits.values()],
  };
}
