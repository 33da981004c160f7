import { Link } from "wouter";
import { api } from "../data/api.ts";
import { byName } from "../data/by-name.ts";
import { usePages } from "../data/use-pages.ts";
import { Loaded } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { Age } from "../time/age.tsx";
import "./boards.css";

/** All boards: those that came with the platform, and those of people. */
export function BoardsPage() {
  const { resource, reload, more } = usePages("boards", (query) => api.call("GET", "/api/v1/boards", { query }));
  const may = useMay();
  return (
    <>
      <div className="toolbar">
        <h1>Boards</h1>
        {may("boards:write") && (
          <Link href="/boards/new" className="button primary end">
            New board
          </Link>
        )}
      </div>
      <Loaded of={resource} retry={reload}>
        {({ items, hasMore }) => (
          <>
            <ul className="plain board-list">
              {byName(items, ({ title }) => title).map(
                ({ id, title, description, builtIn, widgets, updatedAt, updatedBy }) => (
                  <li key={id} className="card">
                    <h2 className="clipped">
                      <Link href={`/boards/${encodeURIComponent(id)}`}>
                        <bdi>{title}</bdi>
                      </Link>
                    </h2>
                    {description !== undefined && <p dir="auto">{description}</p>}
                    <p className="quiet">
                      {widgets} {widgets === 1 ? "widget" : "widgets"}
                      {builtIn && ", came with Headwater"}
                      {updatedAt !== undefined && (
                        <>
                          , <Age since={updatedAt} /> ago by <bdi>{updatedBy}</bdi>
                        </>
                      )}
                    </p>
                  </li>
                ),
              )}
            </ul>
            {hasMore && (
              <button type="button" className="button" onClick={more}>
                More
              </button>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}
