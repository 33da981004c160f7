import { useState } from "react";
import { Link } from "wouter";
import { api } from "../data/api.ts";
import { Moment } from "../design/moment.tsx";
import { problemText } from "../design/notice.tsx";
import { useMay, useSession } from "../sign-in/session.ts";
import { SessionsPanel } from "./sessions-panel.tsx";
import { TokensPanel } from "./tokens-panel.tsx";
import "./access.css";

/** Who is here and what they may do; for administrators, the tokens of all others. */
export function AccessPage() {
  const may = useMay();
  return (
    <>
      <div className="toolbar">
        <h1>Access</h1>
        {may("audit:read") && (
          <Link href="/audit" className="button">
            Audit trail
          </Link>
        )}
      </div>
      <SessionPanel />
      <SessionsPanel />
      {(may("access:read") || may("access:write")) && <TokensPanel />}
    </>
  );
}

function SessionPanel() {
  const { principal, scopes, roles, expiresAt } = useSession();
  const [problem, setProblem] = useState("");
  const signOut = (): void => {
    api.call("DELETE", "/api/v1/session", {}).then(
      () => location.assign("/"),
      (error: Error) => setProblem(problemText(error)),
    );
  };
  return (
    <section className="card access-session" aria-label="Your session">
      <div className="toolbar">
        <h2>
          Signed in as <bdi>{principal}</bdi>
        </h2>
        <button type="button" className="button" onClick={signOut}>
          Sign out
        </button>
      </div>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      <p className="quiet">
        {roles.length > 0 ? `Role: ${roles.at(-1)}. ` : ""}
        {expiresAt !== undefined && (
          <>
            The session ends <Moment iso={expiresAt} />.
          </>
        )}
      </p>
      <details>
        <summary>{scopes.length} scopes</summary>
        <p className="access-scopes">
          {scopes.map((scope) => (
            <span key={scope} className="tag">
              {scope}
            </span>
          ))}
        </p>
      </details>
    </section>
  );
}
