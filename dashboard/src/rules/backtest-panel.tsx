import { useMemo, useState } from "react";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { useMay } from "../sign-in/session.ts";
import { spanText } from "../time/span.ts";
import { BacktestPlot } from "./backtest-plot.tsx";
import { type Draft, type Path, valueAt } from "./draft.ts";
import { EpisodeLanes } from "./episode-lanes.tsx";
import { episodesOf } from "./episodes-of.ts";
import { leavesOf } from "./levels.ts";
import { type BacktestState, useBacktest } from "./use-backtest.ts";

const spans = { "900": "15 minutes", "3600": "hour", "21600": "6 hours", "86400": "day", "604800": "week" } as const;

interface BacktestPanelProps {
  readonly draft: Draft;
  /** Whether the platform would take the draft as it stands. */
  readonly isValid: boolean;
  /** Whether the platform has said that it would not; of a text that is being written it has said nothing yet. */
  readonly isFaulty: boolean;
  readonly onLevel: (path: Path, value: number) => void;
}

/** Devices that have sent the metric, of the type that the draft asks for. */
async function someDevices(metric: string, type: string | undefined) {
  const query = { metric: [metric], limit: 50, ...(type !== undefined && { type }) };
  const { items } = await api.call("GET", "/api/v1/telemetry/latest", { query });
  const hasMetric = ({ values }: (typeof items)[number]): boolean => Object.hasOwn(values, metric);
  return items.filter(hasMetric).map(({ device }) => device);
}

/** What the draft would have done, drawn over what the devices have really sent. */
export function BacktestPanel({ draft, isValid, isFaulty, onLevel }: BacktestPanelProps) {
  const [seconds, setSeconds] = useState<keyof typeof spans>("900");
  const [end, setEnd] = useState(() => Date.now());
  const from = end - Number(seconds) * 1_000;
  const range = { from: new Date(from).toISOString(), to: new Date(end).toISOString() };
  const state = useBacktest(isValid ? draft.definition : undefined, range.from, range.to);
  const { findings } = state;
  const found = useMemo(() => (findings === undefined ? [] : episodesOf(findings)), [findings]);
  const leaves = useMemo(() => leavesOf(draft.definition), [draft]);
  const [leafIndex, setLeafIndex] = useState(0);
  const leaf = leaves[leafIndex] ?? leaves[0];
  const type = valueAt(draft.definition, ["selector", "types", 0]);
  const may = useMay();
  const mayReadReadings = may("telemetry:read");
  const mayLook = mayReadReadings && may("devices:read");
  const devices = useResource(JSON.stringify([leaf?.metric, type]), async () =>
    leaf === undefined || !mayLook ? [] : someDevices(leaf.metric, typeof type === "string" ? type : undefined),
  );
  const [asked, setAsked] = useState<string>();
  const candidates = [...new Set([...found.map(({ device }) => device), ...(devices.resource.value ?? [])])];
  const device = asked !== undefined && candidates.includes(asked) ? asked : candidates[0];
  return (
    <section className="card backtest" aria-label="Backtest">
      <div className="toolbar">
        <h2>Backtest</h2>
        <select
          className="search"
          aria-label="Range"
          value={seconds}
          onChange={(event) => {
            setSeconds(event.target.value as keyof typeof spans);
            setEnd(Date.now());
          }}
        >
          {Object.entries(spans).map(([value, name]) => (
            <option key={value} value={value}>
              The last {name}
            </option>
          ))}
        </select>
        <button type="button" className="button" onClick={() => setEnd(Date.now())}>
          Until now
        </button>
        {candidates.length > 0 && (
          <select
            className="search"
            aria-label="Device"
            value={device}
            onChange={(event) => setAsked(event.target.value)}
          >
            {candidates.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
        {leaves.length > 1 && (
          <select
            className="search"
            aria-label="Part of the condition"
            value={leaves.indexOf(leaf!)}
            onChange={(event) => setLeafIndex(Number(event.target.value))}
          >
            {leaves.map(({ metric, levels }, index) => (
              <option key={index} value={index}>
                {metric} {levels.map(({ name, value }) => `${name} ${value}`).join(", ")}
              </option>
            ))}
          </select>
        )}
      </div>
      <Verdict state={state} isFaulty={isFaulty} />
      {leaf !== undefined && device !== undefined && mayReadReadings && (
        <BacktestPlot
          device={device}
          leaf={leaf}
          episodes={found.find((each) => each.device === device)}
          from={from}
          to={end}
          onLevel={onLevel}
        />
      )}
      {leaf !== undefined && device === undefined && devices.resource.state === "loading" && (
        <div className="backtest-figure" aria-busy="true" />
      )}
      <EpisodeLanes devices={found} from={from} to={end} chosen={device} onChoose={setAsked} />
      {findings?.backtest.notes.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
    </section>
  );
}

/** In one line, which keeps its place while the next one is worked out. */
function Verdict({ state, isFaulty }: { readonly state: BacktestState; readonly isFaulty: boolean }) {
  const { progress, findings, problem } = state;
  return (
    <div className="verdict" role="status">
      <progress
        aria-label="Progress of the backtest"
        className={progress === undefined ? "idle" : undefined}
        value={progress ?? 1}
      />
      <p>
        {problem !== undefined && <span className="field-fault">{problem} </span>}
        {isFaulty && "What is wrong with the rule comes first; below is the last draft that could be tried. "}
        {findings === undefined ? !isFaulty && problem === undefined && "Trying…" : <Summary findings={findings} />}
      </p>
    </div>
  );
}

function Summary({ findings }: { readonly findings: NonNullable<BacktestState["findings"]> }) {
  const { episodeCount, difference, against, startedAt, endedAt, records } = findings.backtest;
  const devices = new Set(findings.episodes.map(({ device }) => device)).size;
  const took = startedAt === undefined || endedAt === undefined ? 0 : Date.parse(endedAt) - Date.parse(startedAt);
  return (
    <>
      <strong className="number">
        {episodeCount} {episodeCount === 1 ? "episode" : "episodes"} on {devices}
        {findings.isCut && "+"} {devices === 1 ? "device" : "devices"}
      </strong>
      {difference !== undefined && (
        <>
          ; against live revision {against?.revision}:{" "}
          <span className="number">
            {difference.new} new, {difference.gone} gone, {difference.moved} moved, {difference.same} the same
          </span>
        </>
      )}
      <span className="quiet number">
        {" "}
        {records} records in {took < 1_000 ? `${Math.round(took)} ms` : spanText(took)}
      </span>
    </>
  );
}
