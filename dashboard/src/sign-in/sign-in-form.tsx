import { type FormEvent, useState } from "react";
import { askToSignIn } from "../data/at-first.ts";
import type { Session } from "./session.ts";

interface SignInFormProps {
  /** Where people sign in at a provider, if there is one. */
  readonly provider: string | undefined;
  /** Why nobody is signed in yet, if there is something to say of it. */
  readonly problem: string;
  readonly onSignedIn: (session: Session) => void;
}

/** By a token, or at the provider of the organization. */
export function SignInForm({ provider, problem, onSignedIn }: SignInFormProps) {
  const [refusal, setRefusal] = useState("");
  const signIn = async (form: HTMLFormElement): Promise<void> => {
    const entry = new FormData(form).get("token");
    const token = typeof entry === "string" ? entry.trim() : "";
    let answer: Response;
    try {
      answer = await askToSignIn({ token });
    } catch {
      return setRefusal("Headwater does not answer; is it running?");
    }
    if (answer.ok) return onSignedIn((await answer.json()) as Session);
    setRefusal(answer.status === 401 ? "This token is not known here, or was revoked." : `Refused (${answer.status}).`);
  };
  const shown = refusal || problem;
  return (
    <>
      {provider !== undefined && (
        <p>
          <a className="button primary" href={provider}>
            Sign in at your organization
          </a>
        </p>
      )}
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          void signIn(event.currentTarget);
        }}
      >
        <label className="field">
          Access token
          <input name="token" type="password" autoComplete="current-password" required />
        </label>
        {shown !== "" && (
          <p className="notice critical" role="alert">
            {shown}
          </p>
        )}
        <button className="button primary" type="submit">
          Sign in
        </button>
      </form>
    </>
  );
}
