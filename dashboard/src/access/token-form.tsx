import type { AnswerOf } from "@headwater/client";
import { type FormEvent, useState } from "react";
import { api } from "../data/api.ts";
import { fieldText } from "../design/field-text.ts";
import { problemText } from "../design/notice.tsx";
import { useSession } from "../sign-in/session.ts";

type Created = AnswerOf<"POST", "/api/v1/tokens">;

const ends = { "1d": "in a day", "7d": "in a week", "30d": "in 30 days", "90d": "in 90 days", "365d": "in a year" };
const single = "single scopes";

/** What a token may do: a role or single scopes, and none that whoever makes it has not. */
export function TokenForm({ onCreated }: { readonly onCreated: (token: Created) => void }) {
  const { scopes, roles } = useSession();
  const [role, setRole] = useState<string>(roles[0] ?? single);
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const create = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const chosen = role === single ? scopes.filter((scope) => fields.has(scope)) : [role];
    const expiresIn = fieldText(fields, "expiresIn");
    if (chosen.length === 0) {
      setProblem("Choose at least one scope.");
      return;
    }
    setBusy(true);
    const body = { name: fieldText(fields, "name"), scopes: chosen, ...(expiresIn !== "" && { expiresIn }) };
    api
      .request<Created>("POST", "/api/v1/tokens", body)
      .then(onCreated, (error: Error) => setProblem(problemText(error)))
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={create}>
      <label className="field">
        Name
        <input name="name" required maxLength={64} autoComplete="off" spellCheck={false} autoFocus />
        <small>Stands in the audit trail beside all that is done with it</small>
      </label>
      <label className="field">
        It may do what this role may
        <select value={role} onChange={({ target }) => setRole(target.value)}>
          {[...roles, single].map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      {role === single && (
        <fieldset className="access-choice">
          <legend>Scopes</legend>
          {scopes.map((scope) => (
            <label key={scope} className="check">
              <input type="checkbox" name={scope} /> {scope}
            </label>
          ))}
        </fieldset>
      )}
      <label className="field">
        Ends
        <select name="expiresIn" defaultValue="90d">
          {Object.entries(ends).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
          <option value="">never</option>
        </select>
      </label>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" className="button primary" disabled={isBusy}>
        Create
      </button>
    </form>
  );
}
