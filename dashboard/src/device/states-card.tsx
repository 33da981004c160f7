import { useRef } from "react";
import { useResource } from "../data/use-resource.ts";
import type { Lane, StateSpan } from "../plot/lanes.ts";
import { StatePlot } from "../plot/state-plot.tsx";
import { useMay } from "../sign-in/session.ts";
import { spanText } from "../time/span.ts";
import type { TimeRange } from "../time/time-range.ts";
import { useRefresh } from "../time/use-refresh.ts";
import { loadPresence } from "./load-charts.ts";
import { goneOn } from "./use-device-charts.ts";

interface StatesCardProps {
  readonly id: string;
  readonly lanes: readonly Lane[];
  readonly range: TimeRange;
  readonly onSelect: (from: number, to: number) => void;
}

/** The live stream does not tell of connections. */
const presenceSeconds = 10;

/** Whether a device was connected, and what it says of itself in words, over the same time as its charts. */
export function StatesCard({ id, lanes, range, onSelect }: StatesCardProps) {
  const mayReadPresence = useMay()("devices:read");
  const key = `${id} ${range.span ?? `${range.from} ${range.to}`}`;
  const before = useRef<Lane>(undefined);
  const { resource, reload } = useResource(key, () =>
    mayReadPresence ? loadPresence(id, range.from, range.to) : Promise.resolve(undefined),
  );
  useRefresh(reload, presenceSeconds, range.span === undefined || !mayReadPresence);
  const presence = resource.value ?? before.current;
  before.current = presence;
  const all = presence === undefined || presence.spans.length === 0 ? lanes : [goneOn(presence, [], range), ...lanes];
  if (all.length === 0) return null;
  return (
    <section className="card device-states">
      <h2>States</h2>
      <StatePlot
        title={`States: ${all.map(({ name }) => name).join(", ")}`}
        lanes={all}
        from={range.from}
        to={range.to}
        group="device"
        onSelect={onSelect}
      />
      <ul className="visually-hidden">
        {all.map(({ name, spans }) => (
          <li key={name}>
            {name}: {totalsText(spans, range)}
          </li>
        ))}
      </ul>
    </section>
  );
}

const mostTold = 5;

/** How long each state was, the longest first. */
function totalsText(spans: readonly StateSpan[], { from, to }: TimeRange): string {
  const totals = new Map<string, number>();
  for (const { state, from: begin, to: end } of spans) {
    const length = Math.max(0, Math.min(end, to) - Math.max(begin, from));
    totals.set(state, (totals.get(state) ?? 0) + length);
  }
  const longest = [...totals].toSorted(([, a], [, b]) => b - a).slice(0, mostTold);
  return longest.map(([state, length]) => `${state} for ${spanText(length)}`).join(", ");
}
