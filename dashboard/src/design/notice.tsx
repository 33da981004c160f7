import { ProblemError } from "@headwater/client";
import type { ReactNode } from "react";
import type { Resource } from "../data/use-resource.ts";

/** What is there, or why it is not: loading, empty and failed states look the same on every page. */
export function Loaded<T>({
  of,
  retry,
  head,
  children,
}: {
  readonly of: Resource<T>;
  readonly retry: () => void;
  /** Stands above why it is not there. */
  readonly head?: ReactNode;
  readonly children: (value: T) => ReactNode;
}) {
  return (
    <>
      {of.state === "failed" && of.value === undefined && head}
      {of.state === "failed" && (
        <div className="notice critical" role="alert">
          {problemText(of.problem)}{" "}
          {!isAbsent(of.problem) && (
            <button type="button" className="button" onClick={retry}>
              Try again
            </button>
          )}
        </div>
      )}
      {of.value === undefined ? of.state === "loading" && <p aria-busy="true">Loading…</p> : children(of.value)}
    </>
  );
}

/** What the platform says is wrong, without the request that it answered. */
export function problemText(problem: Error): string {
  return problem instanceof ProblemError ? (problem.reason ?? problem.message) : problem.message;
}

/** Whether what was asked for is not there: asking again would not help. */
export function isAbsent(problem: Error): boolean {
  return problem instanceof ProblemError && problem.status === 404;
}
