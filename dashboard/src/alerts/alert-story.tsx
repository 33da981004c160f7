import { useEffect } from "react";
import { Link, useSearch } from "wouter";
import { api } from "../data/api.ts";
import { live } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import { Loaded } from "../design/notice.tsx";
import { PlaceLink } from "../places/place-link.tsx";
import { useMay } from "../sign-in/session.ts";
import { Age } from "../time/age.tsx";
import { AlertActions } from "./alert-actions.tsx";
import { AlertPlot, type Why } from "./alert-plot.tsx";
import { SeverityBadge } from "./severity-badge.tsx";
import { StoryText } from "./story-text.tsx";

interface AlertStoryProps {
  readonly id: string;
  /** Another number after each thing that was done. */
  readonly version: number;
  readonly onDone: (told: { readonly text: string; readonly isProblem: boolean }) => void;
}

/** Why an alert is there: its readings drawn, then each transition in the platform's own words. */
export function AlertStory({ id, version, onDone }: AlertStoryProps) {
  const search = useSearch();
  const mayReadReadings = useMay()("telemetry:read");
  const { resource, reload } = useResource(id, async () => {
    const path = { id };
    const [why, actions] = await Promise.all([
      api.call("GET", "/api/v1/alerts/{id}/why", { path }),
      api.call("GET", "/api/v1/alerts/{id}/actions", { path, query: { limit: 50 } }),
    ]);
    return { why, actions: actions.items };
  });
  useEffect(() => {
    if (version > 0) reload();
  }, [version, reload]);
  useEffect(
    () =>
      live.listen(
        "topics=alerts",
        (events) => {
          if (events.some(({ data }) => (data as { id?: string }).id === id)) reload();
        },
        reload,
      ),
    [id, reload],
  );
  return (
    <section className="alert-story card" aria-label="Why this alert is there">
      <Link href={`/alerts${search === "" ? "" : `?${search}`}`} className="button story-close" aria-label="Close">
        ✕
      </Link>
      <Loaded of={resource} retry={reload}>
        {({ why, actions }) => (
          <>
            <StoryHead why={why} />
            <AlertActions
              choice={{ ids: [id] }}
              isSnoozed={why.alert.snoozedUntil !== undefined}
              state={why.alert.state}
              onDone={onDone}
            />
            {mayReadReadings && typeof why.alert.value === "number" && why.alert.metric !== "" && (
              <AlertPlot why={why} />
            )}
            <Paragraphs text={why.text} />
            {why.alert.comments.length > 0 && (
              <>
                <h3>Comments</h3>
                {why.alert.comments.map(({ at, by, text }) => (
                  <p key={at} className="comment">
                    <strong>{by}</strong>{" "}
                    <span className="quiet">
                      <Age since={at} /> ago
                    </span>
                    <br />
                    <bdi>{text}</bdi>
                  </p>
                ))}
              </>
            )}
            {actions.length > 0 && (
              <>
                <h3>What it has sent</h3>
                <ul className="plain">
                  {actions.map((action) => (
                    <li key={action.id}>
                      <span className={`badge ${action.state === "succeeded" ? "good" : "warning"}`}>
                        {action.state}
                      </span>{" "}
                      {action.kind} to {action.endpoint}, {action.attempts}{" "}
                      {action.attempts === 1 ? "attempt" : "attempts"}
                      {action.error !== undefined && <span className="quiet"> {action.error}</span>}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function StoryHead({ why: { alert, rule } }: { readonly why: Why }) {
  const name = (rule.revision?.definition as { readonly name?: unknown } | undefined)?.name;
  return (
    <header className="story-head">
      <h2>
        <bdi>{typeof name === "string" ? name : alert.rule}</bdi>
      </h2>
      <p>
        <SeverityBadge severity={alert.severity} /> {alert.state} on{" "}
        <PlaceLink href={`/devices/${encodeURIComponent(alert.device)}`}>
          <bdi>{alert.device}</bdi>
        </PlaceLink>
        , {alert.clearedAt === undefined ? "for" : "lasted"} <Age since={alert.raisedAt} until={alert.clearedAt} />, by{" "}
        <PlaceLink href={`/rules/${encodeURIComponent(alert.rule)}`}>
          <bdi>{alert.rule}</bdi>
        </PlaceLink>{" "}
        revision {alert.revision}
        {alert.assignee !== undefined && <>, assigned to {alert.assignee}</>}
        {alert.acknowledgedBy !== undefined && <>, acknowledged by {alert.acknowledgedBy}</>}
      </p>
    </header>
  );
}

/** A sentence, and where the log has what it tells of. */
const positioned = /^(.*) \(([^()]+\/\d+\/\d+)\)$/;

/** The first paragraph tells of the alert and its rule, the others of a transition each. */
function Paragraphs({ text }: { readonly text: string }) {
  const [about = "", ...transitions] = text.split("\n\n");
  return (
    <>
      {about.split("\n").map((line) => (
        <p key={line} className="quiet">
          <StoryText text={line} />
        </p>
      ))}
      <ol className="story">
        {transitions.map((paragraph) => {
          const [head = "", ...lines] = paragraph.split("\n");
          const [, what = head, position] = positioned.exec(head) ?? [];
          return (
            <li key={head}>
              <strong>
                <StoryText text={what} />
              </strong>
              {position !== undefined && <span className="quiet position">{position}</span>}
              {lines.map((line) => (
                <span key={line} className="quiet">
                  <StoryText text={line.trim()} />
                </span>
              ))}
            </li>
          );
        })}
      </ol>
    </>
  );
}
