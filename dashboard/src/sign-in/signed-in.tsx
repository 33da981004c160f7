import { createApiClient } from "@headwater/client";
import { type ReactNode, useEffect, useState } from "react";
import { sessionChanges } from "../data/api.ts";
import { codeAtFirst, sessionAtFirst } from "../data/at-first.ts";
import { Modal } from "../design/modal.tsx";
import { type Session, SessionContext } from "./session.ts";
import { SignInForm } from "./sign-in-form.tsx";

/**
 * Shows the page to who is signed in, and the sign-in to everybody else. Over a page whose session has ended it asks to
 * sign in anew, and the page stays as it is.
 */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const [isAsking, setAsking] = useState(true);
  const [session, setSession] = useState<Session>();
  const [hasEnded, setEnded] = useState(false);
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
  useEffect(() => {
    const ended = (): void => {
      setEnded(true);
      // Where the provider cannot be asked for, a token still signs in.
      providerPath().then(setProvider, () => {});
    };
    sessionChanges.addEventListener("ended", ended);
    return () => sessionChanges.removeEventListener("ended", ended);
  }, []);
  const begin = (begun: Session): void => {
    setSession(begun);
    setEnded(false);
    sessionChanges.dispatchEvent(new Event("begun"));
  };
  if (session !== undefined) {
    return (
      <SessionContext value={session}>
        {children}
        <Modal title="The session has ended" isOpen={hasEnded} onClose={() => setEnded(false)}>
          <p>Sign in to go on; what you have typed on this page stays.</p>
          <SignInForm {...{ provider }} problem="" onSignedIn={begin} />
        </Modal>
      </SessionContext>
    );
  }
  if (isAsking) return <p role="status">{problem}</p>;
  return (
    <main style={{ maxWidth: "26rem", margin: "10vh auto" }}>
      <h1>Headwater</h1>
      <SignInForm {...{ provider, problem }} onSignedIn={begin} />
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
