import type { ReactNode } from "react";
import type { Resource } from "../data/use-resource.ts";

/** What is there, or why it is not: loading, empty and failed states look the same on every page. */
export function Loaded<T>({
  of,
  retry,
  children,
}: {
  readonly of: Resource<T>;
  readonly retry: () => void;
  readonly children: (value: T) => ReactNode;
}) {
  return (
    <>
      {of.state === "failed" && (
        <div className="notice critical" role="alert">
          {of.problem.message}{" "}
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        </div>
      )}
      {of.value === undefined ? of.state === "loading" && <p aria-busy="true">Loading…</p> : children(of.value)}
    </>
  );
}
