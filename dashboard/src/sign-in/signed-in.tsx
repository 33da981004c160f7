import { createApiClient } from "@headwater/client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { api, sessionChanges } from "../data/api.ts";
import { codeAtFirst, sessionAtFirst } from "../data/at-first.ts";
import { elsewhere } from "../data/first-questions.ts";
import { CodeNotice } from "../design/code-notice.tsx";
import { codeOf } from "../design/late-code.tsx";
import { type Session, SessionContext } from "./session.ts";
import { SignInForm } from "./sign-in-form.tsx";

/**
 * Most sessions do not end while a page is open: the code of dialogs comes after all else. It is there before it is
 * needed, for a session may end with an upgrade of the platform, after which that code cannot be had.
 */
const { ask: askForModal, Shown: Modal } = codeOf(async () => (await import("../design/modal.tsx")).Modal, null);

const codeDelayMs = 5_000;
/** As long as a session lasts at most. */
const cookieSeconds = 7 * 86_400;

/**
 * Shows the page to who is signed in, and the sign-in to everybody else. Over a page whose session has ended it asks to
 * sign in anew, and the page stays as it is.
 */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const [isAsking, setAsking] = useState(true);
  const [session, setSession] = useState<Session>();
  const shown = useRef<Session>(undefined);
  shown.current = session;
  const [hasEnded, setEnded] = useState(false);
  const [hasModal, setHasModal] = useState(true);
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
      // Where the code cannot be had now, the next question that is refused asks for it anew.
      askForModal().then(
        () => setHasModal(true),
        () => setHasModal(false),
      );
      // Where the provider cannot be asked for, a token still signs in.
      providerPath().then(setProvider, () => {});
    };
    sessionChanges.addEventListener("ended", ended);
    return () => sessionChanges.removeEventListener("ended", ended);
  }, []);
  useEffect(() => {
    if (session === undefined) return;
    const maxAge = session.scopes.includes("devices:read") ? 0 : cookieSeconds;
    document.cookie = `${elsewhere}; path=/; max-age=${maxAge}; samesite=strict`;
  }, [session]);
  useEffect(() => {
    let isAsked = false;
    const doubted = (): void => {
      if (isAsked) return;
      isAsked = true;
      // Where there is no session any more, the answer tells that as any other does.
      api
        .call("GET", "/api/v1/session", {})
        .then(
          (now) => {
            if (shown.current === undefined || isSame(shown.current, now)) return;
            setSession(now);
            sessionChanges.dispatchEvent(new Event("begun"));
          },
          () => {},
        )
        .finally(() => (isAsked = false));
    };
    sessionChanges.addEventListener("doubted", doubted);
    return () => sessionChanges.removeEventListener("doubted", doubted);
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => askForModal().catch(() => {}), codeDelayMs);
    return () => clearTimeout(timer);
  }, []);
  const begin = (begun: Session): void => {
    setSession(begun);
    setEnded(false);
    sessionChanges.dispatchEvent(new Event("begun"));
  };
  if (session !== undefined) {
    return (
      <SessionContext value={session}>
        {hasEnded && !hasModal && (
          <div className="notice critical over-page" role="alert">
            <CodeNotice before="The session has ended. " />
          </div>
        )}
        {children}
        {hasEnded && hasModal && (
          <Modal title="The session has ended" isOpen onClose={() => setEnded(false)}>
            <p>Sign in to go on; what you have typed on this page stays.</p>
            <SignInForm {...{ provider }} problem="" onSignedIn={begin} />
          </Modal>
        )}
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

function isSame(one: Session, other: Session): boolean {
  return one.principal === other.principal && one.scopes.join() === other.scopes.join();
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
