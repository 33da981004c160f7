import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { api } from "../data/api.ts";
import { problemText } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import "./first-visit.css";

interface DemoPanelProps {
  /** Whether devices of the demo are there: after a restart of the platform they stay, and stand still. */
  readonly isThere: boolean;
}

/** A fleet to look at before there is one: started and removed, with its rule, by one button. */
export function DemoPanel({ isThere }: DemoPanelProps) {
  const may = useMay();
  const [, go] = useLocation();
  const [isRunning, setRunning] = useState<boolean>();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const mayStart = may("access:write", "access:read");
  useEffect(() => {
    if (!mayStart) return;
    demoRuns().then(setRunning, () => setRunning(undefined));
  }, [mayStart]);
  if (isRunning === undefined) return null;
  const attempt = (work: () => Promise<{ readonly running: boolean }>): void => {
    setBusy(true);
    setProblem("");
    work()
      .then(
        ({ running }) => {
          setRunning(running);
          if (running) go("/");
        },
        (error: Error) => setProblem(problemText(error)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <section className="card demo" aria-label="Demo fleet">
      <h2>
        {isRunning ? "A demo fleet is running" : isThere ? "The demo fleet stands still" : "Or look around first"}
      </h2>
      <p>Twelve simulated boilers and pumps, and one rule on them, run inside this platform for a day at most.</p>
      <div className="toolbar">
        {!isRunning && (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            onClick={() => attempt(() => api.call("POST", "/api/v1/demo", {}))}
          >
            Start the demo fleet
          </button>
        )}
        {(isRunning || isThere) && (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            onClick={() => attempt(() => api.call("DELETE", "/api/v1/demo", {}))}
          >
            Remove the demo fleet, its data and its rule
          </button>
        )}
      </div>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

/** undefined: this platform has no demo, since it does not run in one process. */
async function demoRuns(): Promise<boolean | undefined> {
  const { services } = await api.call("GET", "/api/v1", {});
  return services.includes("demo") ? (await api.call("GET", "/api/v1/demo", {})).running : undefined;
}
