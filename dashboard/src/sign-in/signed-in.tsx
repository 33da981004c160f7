import { createApiClient } from "@headwater/client";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { askToSignIn, codeAtFirst, sessionAtFirst } from "../data/at-first.ts";
import { type Session, SessionContext } from "./session.ts";

/** Shows the page to who is signed in, and the sign-in to everybody else. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const [isAsking, setAsking] = useState(true);
  const [session, setSession] = useState<Session>();
  const [problem, setProblem] = useState("");
  const [provider, setProvider] = useState<string>();
  useEffect(() => {
    atFirst.then(
      (known) => {
        setAsking(false);
        setSession(known);
        if (known !== undefined) return undefined;
        setProblem(
          codeAtFirst === undefined ? problemOfProvider() : "The link was used already, or is older than an hour.",
        );
        return providerPath().then(setProvider);
      },
      () => setProblem("Headwater does not answer; is it running?"),
    );
  }, []);
  if (session !== undefined) return <SessionContext value={session}>{children}</SessionContext>;
  if (isAsking) return <p role="status">{problem}</p>;

  const signIn = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const entry = new FormData(event.currentTarget).get("token");
    const token = typeof entry === "string" ? entry.trim() : "";
    const answer = await askToSignIn({ token });
    if (answer.ok) setSession((await answer.json()) as Session);
    else
      setProblem(
        answer.status === 401 ? "This token is not known here, or was revoked." : `Refused (${answer.status}).`,
      );
  };
  return (
    <main style={{ maxWidth: "26rem", margin: "10vh auto" }}>
      <h1>Headwater</h1>
      {provider !== undefined && (
        <p>
          <a className="button primary" href={provider}>
            Sign in at your organization
          </a>
        </p>
      )}
      <form onSubmit={(event) => void signIn(event)}>
        <label className="field">
          Access token
          <input name="token" type="password" autoComplete="current-password" required />
        </label>
        {problem !== "" && (
          <p className="notice critical" role="alert">
            {problem}
          </p>
        )}
        <button className="button primary" type="submit">
          Sign in
        </button>
      </form>
      <p>
        <code>npm start</code> prints a link that signs you in; the admin token lies in <code>data/admin-token</code>.
      </p>
    </main>
  );
}

/** Where people sign in at a provider, if there is one. */
async function providerPath(): Promise<string | undefined> {
  const { oidc } = await createApiClient(location.origin).call("GET", "/api/v1", {});
  return oidc;
}

/** What became of a sign-in at the provider, which comes back to the page with it. */
function problemOfProvider(): string {
  if (location.hash === "#sign-in-without-role") {
    return "You are signed in there, and have no role here: ask whoever runs this platform.";
  }
  return location.hash === "#sign-in-failed" ? "That sign-in failed, or took too long; try again." : "";
}

/** Before anything is drawn, and once, however often the page is set up: a code counts once. */
const atFirst = answerAtFirst();

async function answerAtFirst(): Promise<Session | undefined> {
  // The code is gone from the address and from the history with that.
  if (codeAtFirst !== undefined) history.replaceState(history.state, "", location.pathname + location.search);
  const answer = await sessionAtFirst;
  return answer.ok ? ((await answer.json()) as Session) : undefined;
}

// Told to whoever waits for it.
atFirst.catch(() => {});
