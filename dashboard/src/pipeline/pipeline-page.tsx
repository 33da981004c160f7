import { useState } from "react";
import { Link } from "wouter";
import { Loaded } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { useRefresh } from "../time/use-refresh.ts";
import { Flow } from "./flow.tsx";
import { LedgerPanel } from "./ledger-panel.tsx";
import { ServicesPanel } from "./services-panel.tsx";
import { SpoolPanel } from "./spool-panel.tsx";
import { usePipeline } from "./use-pipeline.ts";
import "./pipeline.css";

const everySeconds = 5;

/** The flow as it is, and the account of what went through it. The live stream tells of neither: it is asked for. */
export function PipelinePage() {
  const may = useMay();
  const { resource, reload } = usePipeline();
  const [isPaused, setPaused] = useState(false);
  useRefresh(reload, everySeconds, isPaused);
  return (
    <div className="pipeline">
      <div className="toolbar">
        <h1>Pipeline</h1>
        <button type="button" className="button" aria-pressed={!isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? "Paused" : `Updates every ${everySeconds} s`}
        </button>
        <button type="button" className="button" onClick={reload}>
          Now
        </button>
        {may("quarantine:read") && (
          <Link href="/quarantine" className="button">
            Quarantine
          </Link>
        )}
      </div>
      <Loaded of={resource} retry={reload}>
        {(pipeline) => (
          <>
            <section className="card" aria-label="Flow">
              <Flow pipeline={pipeline} />
            </section>
            <ServicesPanel services={pipeline.services} />
            {pipeline.spool !== undefined && pipeline.spool !== "hidden" && <SpoolPanel spool={pipeline.spool} />}
            <LedgerPanel ledger={pipeline.ledger} />
          </>
        )}
      </Loaded>
    </div>
  );
}
