import { diffLines } from "diff";
import { useState } from "react";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { Loaded } from "../design/notice.tsx";
import { Age } from "../time/age.tsx";
import { type Draft, draftOf } from "./draft.ts";

interface RevisionsProps {
  readonly id: string;
  /** The newest revision; another number asks anew. */
  readonly revision: number;
  readonly draft: Draft;
  /** undefined: nothing may be changed. */
  readonly onRestore: ((draft: Draft) => void) | undefined;
}

/** Every revision, with what the draft has that it had not. */
export function Revisions({ id, revision, draft, onRestore }: RevisionsProps) {
  const { resource, reload } = useResource(`${id} ${revision}`, () =>
    api.call("GET", "/api/v1/rules/{id}/revisions", { path: { id }, query: { limit: 100 } }),
  );
  const [openRevision, setOpen] = useState<number>();
  return (
    <section className="card" aria-label="Revisions">
      <h2>Revisions</h2>
      <Loaded of={resource} retry={reload}>
        {({ items }) => (
          <ul className="plain revisions">
            {items.map((each) => {
              const before = draftOf(each.definition as Record<string, unknown>);
              const isOpen = each.revision === openRevision;
              return (
                <li key={each.revision}>
                  <button
                    type="button"
                    className="button"
                    aria-expanded={isOpen}
                    onClick={() => setOpen(isOpen ? undefined : each.revision)}
                  >
                    {each.revision}
                  </button>{" "}
                  <Age since={each.at} /> ago by {each.by}
                  {isOpen && (
                    <>
                      <Diff before={before.text} after={draft.text} />
                      {onRestore !== undefined && (
                        <button type="button" className="button" onClick={() => onRestore(before)}>
                          Edit from this revision
                        </button>
                      )}
                    </>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Diff({ before, after }: { readonly before: string; readonly after: string }) {
  if (before === after) return <p className="quiet">The draft is as this revision.</p>;
  return (
    <pre className="diff" tabIndex={0} aria-label="From this revision to the draft">
      {diffLines(before, after).map(({ value, added, removed }, index) => {
        const sign = added ? "+" : removed ? "-" : " ";
        const look = added ? "added" : removed ? "removed" : undefined;
        const lines = value.replace(/\n$/, "").split("\n");
        return (
          <span key={index} className={look}>
            {lines.map((line) => `${sign} ${line}\n`).join("")}
          </span>
        );
      })}
    </pre>
  );
}
