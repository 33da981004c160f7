import { useState } from "react";
import { api } from "../data/api.ts";
import { usePages } from "../data/use-pages.ts";
import { Choice } from "../design/choice.tsx";
import { ListTable } from "../design/list-table.tsx";
import { Loaded, problemText } from "../design/notice.tsx";
import { Moment } from "../design/moment.tsx";
import { useMay, useSession } from "../sign-in/session.ts";

const owners = [
  ["self", "Mine"],
  ["all", "Everybody's"],
] as const;

interface Listed {
  readonly current: boolean;
  readonly createdAt: string;
}

/** One's own at the top. */
function newestFirst(one: Listed, other: Listed): number {
  if (one.current !== other.current) return one.current ? -1 : 1;
  return other.createdAt.localeCompare(one.createdAt);
}

/** Where else somebody is signed in, and the end of that. */
export function SessionsPanel() {
  const may = useMay();
  const { principal: own } = useSession();
  const [of, setOf] = useState<"self" | "all">("self");
  const [problem, setProblem] = useState("");
  const { resource, reload, more } = usePages(of, (page) =>
    api.call("GET", "/api/v1/sessions", { query: { ...page, of } }),
  );
  const end = (ids: readonly string[]): void => {
    Promise.all(ids.map((id) => api.call("DELETE", "/api/v1/sessions/{id}", { path: { id } })))
      .then(
        () => setProblem(""),
        (error: Error) => setProblem(problemText(error)),
      )
      .finally(reload);
  };
  return (
    <section className="card access-sessions settles" aria-label="Open sessions">
      <div className="toolbar">
        <h2>Open sessions</h2>
        {may("access:read") && <Choice label="Whose sessions" options={owners} value={of} onChoose={setOf} />}
      </div>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      <Loaded of={resource} retry={reload}>
        {({ items, hasMore }) => {
          const others = items.filter(({ current }) => !current);
          return (
            <>
              <ListTable columns={["Who", "Since", ["Until", "wide-only"], "End"]}>
                {items.toSorted(newestFirst).map(({ id, principal, createdAt, expiresAt, current }) => (
                  <tr key={id}>
                    <th scope="row">
                      <bdi>{principal}</bdi> {current && <span className="tag">this one</span>}
                    </th>
                    <td>
                      <Moment iso={createdAt} />
                    </td>
                    <td className="wide-only">
                      <Moment iso={expiresAt} />
                    </td>
                    <td>
                      {!current && (principal === own || may("access:write")) && (
                        <button
                          type="button"
                          className="button bare danger"
                          aria-label={`End the session of ${principal} since ${new Date(createdAt).toLocaleString()}`}
                          onClick={() => end([id])}
                        >
                          End
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </ListTable>
              {of === "self" && others.length > 1 && (
                <button type="button" className="button danger" onClick={() => end(others.map(({ id }) => id))}>
                  End all others
                </button>
              )}
              {hasMore && (
                <button type="button" className="button" onClick={more}>
                  More
                </button>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
