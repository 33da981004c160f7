import type { ReactNode } from "react";
import { useMay } from "../sign-in/session.ts";
import { needsOf } from "./needs.ts";

/** The first page and that of a registration say themselves what there is to say. */
const ownWords: ReadonlySet<string> = new Set(["/", "/connect"]);

/** What is at a place, or for want of which right it is not shown: nothing is asked for that would be refused. */
export function Allowed({ path, children }: { readonly path: string; readonly children: ReactNode }) {
  const may = useMay();
  const missing = ownWords.has(path) ? [] : needsOf(path).filter((scope) => !may(scope));
  if (missing.length === 0) return children;
  return (
    <>
      <h1>Not for this sign-in</h1>
      <p className="empty">
        Whoever is signed in here may not see this page: it needs the right <code>{missing.join(", ")}</code>.
      </p>
    </>
  );
}
