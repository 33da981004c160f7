import { useMemo, useState } from "react";
import { Link, useSearch } from "wouter";
import { Loaded } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { AlertActions } from "./alert-actions.tsx";
import type { AlertChoice } from "./alert-acts.ts";
import { filterOf, isNarrowed } from "./alert-filter.ts";
import { AlertList } from "./alert-list.tsx";
import { AlertStory } from "./alert-story.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { useAlerts } from "./use-alerts.ts";
import "./alerts.css";

/** The inbox, and beside it the story of the alert that is open. */
export function AlertsPage({ id }: { readonly id?: string | undefined }) {
  const mayWrite = useMay()("alerts:write");
  const search = useSearch();
  const filter = useMemo(() => filterOf(new URLSearchParams(search)), [search]);
  const { resource, reload, more } = useAlerts(filter);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isWhole, setWhole] = useState(false);
  const [told, setTold] = useState<{ readonly text: string; readonly isProblem: boolean }>();
  const [version, setVersion] = useState(0);
  const listed = resource.value?.items ?? [];
  const ids = listed.filter(({ id: each }) => chosen.has(each)).map(({ id: each }) => each);
  const choice: AlertChoice = isWhole ? { filter } : { ids };
  const done = (outcome: { readonly text: string; readonly isProblem: boolean }): void => {
    setTold(outcome);
    setVersion((before) => before + 1);
    reload();
  };
  return (
    <>
      <h1>Alerts</h1>
      <div className={`list-and-one${id === undefined ? "" : " with-one"}`}>
        <section className="alerts-inbox" aria-label="Inbox">
          <FilterBar />
          <div role="status" aria-live="polite">
            {told !== undefined && (
              <p className={`notice${told.isProblem ? " critical" : ""}`}>
                {told.text}{" "}
                <button type="button" className="button" onClick={() => setTold(undefined)}>
                  Dismiss
                </button>
              </p>
            )}
          </div>
          {ids.length > 0 && (
            <section className="card bulk" aria-label="What to do with the chosen alerts">
              <p>
                <strong className="number">{isWhole ? "All that fit the filter" : `${ids.length} chosen`}</strong>{" "}
                {!isWhole && resource.value?.hasMore === true && ids.length === listed.length && (
                  <button type="button" className="button" onClick={() => setWhole(true)}>
                    Choose all that fit the filter
                  </button>
                )}{" "}
                <button
                  type="button"
                  className="button"
                  onClick={() => {
                    setChosen(new Set());
                    setWhole(false);
                  }}
                >
                  Choose none
                </button>
              </p>
              <AlertActions
                choice={choice}
                onDone={(outcome) => {
                  setChosen(new Set());
                  setWhole(false);
                  done(outcome);
                }}
              />
            </section>
          )}
          <Loaded of={resource} retry={reload}>
            {({ items, hasMore }) =>
              items.length === 0 ? (
                <NoAlerts isFiltered={isNarrowed(filter)} />
              ) : (
                <>
                  <AlertList
                    alerts={items}
                    openId={id}
                    chosen={mayWrite ? chosen : undefined}
                    onChoose={(next) => {
                      setChosen(next);
                      setWhole(false);
                    }}
                  />
                  {hasMore && (
                    <button type="button" className="button" onClick={more}>
                      Older alerts
                    </button>
                  )}
                </>
              )
            }
          </Loaded>
        </section>
        {id !== undefined && <AlertStory key={id} id={id} version={version} onDone={done} />}
      </div>
    </>
  );
}

function NoAlerts({ isFiltered }: { readonly isFiltered: boolean }) {
  const mayWriteRules = useMay()("rules:read", "rules:write");
  return (
    <p className="empty">
      {isFiltered ? "No alert fits this filter." : "All is well: no alert is open."}
      {!isFiltered && mayWriteRules && (
        <>
          {" "}
          Alerts are raised by <Link href="/rules">rules</Link>.
        </>
      )}
    </p>
  );
}
