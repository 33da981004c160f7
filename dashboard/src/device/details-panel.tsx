import type { AnswerOf } from "@headwater/client";
import { type FormEvent, useState } from "react";
import { api } from "../data/api.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { Modal } from "../design/modal.tsx";
import { fieldText } from "../design/field-text.ts";
import { Moment } from "../design/moment.tsx";
import { problemText } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";

type Device = AnswerOf<"GET", "/api/v1/devices/{id}">;
type Scalar = string | number | boolean;
/** A merge patch: null removes. */
interface Changes {
  readonly tags?: Record<string, string | null>;
  readonly attributes?: Record<string, Scalar | null>;
}

interface DetailsPanelProps {
  readonly device: Device;
  readonly onChanged: () => void;
}

/** What is known of a device: tags and attributes, changed in place, and how it logs in. */
export function DetailsPanel({ device, onChanged }: DetailsPanelProps) {
  const may = useMay();
  const [problem, setProblem] = useState("");
  const [token, setToken] = useState<string>();
  const path = { id: device.id };
  const write = (what: Promise<unknown>): void => {
    what.then(
      () => {
        setProblem("");
        onChanged();
      },
      (error: Error) => setProblem(problemText(error)),
    );
  };
  const patch = (body: Changes): void =>
    write(api.call("PATCH", "/api/v1/devices/{id}", { path, body, ifMatch: device.revision }));
  const addToken = (): void =>
    write(
      api
        .call("POST", "/api/v1/devices/{id}/credentials", { path, body: { kind: "token" } })
        .then((added) => setToken(added.token)),
    );
  return (
    <section className="card">
      <h2>About it</h2>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      <Pairs name="Tag" pairs={device.tags} onChange={(tags) => patch({ tags })} valueOf={(text) => text} />
      <Pairs
        name="Attribute"
        pairs={device.attributes}
        onChange={(attributes) => patch({ attributes })}
        valueOf={scalar}
      />
      <h3>How it logs in</h3>
      <ul className="plain">
        {device.credentials.map((credential) => (
          <li key={credential.id} className="pair">
            <span className="tag">{credential.kind}</span>
            <span>
              since <Moment iso={credential.createdAt} />
            </span>
            {may("devices:write") && (
              <button
                type="button"
                className="button bare danger"
                aria-label={`Revoke ${credential.kind} ${credential.id}`}
                onClick={() =>
                  write(
                    api.call("DELETE", "/api/v1/devices/{id}/credentials/{credentialId}", {
                      path: { ...path, credentialId: credential.id },
                    }),
                  )
                }
              >
                Revoke
              </button>
            )}
          </li>
        ))}
      </ul>
      {may("devices:write") && (
        <button type="button" className="button" onClick={addToken}>
          New token
        </button>
      )}
      <Modal title="The new token" isOpen={token !== undefined} onClose={() => setToken(undefined)}>
        <p>It is shown this once.</p>
        <p>
          <code>{token}</code> <CopyButton text={token ?? ""} what="token" />
        </p>
        <button type="button" className="button primary" onClick={() => setToken(undefined)}>
          Done
        </button>
      </Modal>
    </section>
  );
}

interface PairsProps<V extends Scalar> {
  readonly name: string;
  readonly pairs: Readonly<Record<string, V>>;
  readonly onChange: (changes: Record<string, V | null>) => void;
  readonly valueOf: (text: string) => V;
}

function Pairs<V extends Scalar>({ name, pairs, onChange, valueOf }: PairsProps<V>) {
  const mayWrite = useMay()("devices:write");
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (field: string): string => fieldText(fields, field);
    onChange({ [text("name")]: valueOf(text("value")) });
    event.currentTarget.reset();
  };
  return (
    <>
      <h3>{name}s</h3>
      <ul className="plain">
        {Object.entries<Scalar>(pairs).map(([key, value]) => (
          <li key={key} className="pair">
            <span className="tag">{key}</span>
            <span dir="auto">{String(value)}</span>
            {mayWrite && (
              <button
                type="button"
                className="button bare"
                aria-label={`Remove ${name.toLowerCase()} ${key}`}
                onClick={() => onChange({ [key]: null })}
              >
                Remove
              </button>
            )}
          </li>
        ))}
      </ul>
      {!mayWrite && Object.keys(pairs).length === 0 && <p className="quiet">none</p>}
      {mayWrite && (
        <form className="pair-form" onSubmit={add}>
          <input
            className="search"
            name="name"
            required
            maxLength={64}
            aria-label={`${name}: name`}
            placeholder="name"
          />
          <input className="search" name="value" required aria-label={`${name}: value`} placeholder="value" />
          <button type="submit" className="button">
            Set
          </button>
        </form>
      )}
    </>
  );
}

/** A number or a boolean where the text is one. */
function scalar(text: string): Scalar {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
