import type { AnswerOf } from "@headwater/client";
import { useState } from "react";
import { api } from "../data/api.ts";
import { byName } from "../data/by-name.ts";
import { usePages } from "../data/use-pages.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { ListTable } from "../design/list-table.tsx";
import { Modal } from "../design/modal.tsx";
import { Moment } from "../design/moment.tsx";
import { Loaded, problemText } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { Age } from "../time/age.tsx";
import { TokenForm } from "./token-form.tsx";

type Token = AnswerOf<"GET", "/api/v1/tokens">["items"][number];
type Created = AnswerOf<"POST", "/api/v1/tokens">;

/** The tokens of programs and people: made with what they may do and an end, their secret shown once, and revoked. */
export function TokensPanel() {
  const may = useMay();
  const mayRead = may("access:read");
  const { resource, reload, more } = usePages(`tokens ${mayRead}`, async (query) =>
    mayRead ? await api.call("GET", "/api/v1/tokens", { query }) : { items: [] },
  );
  const [isAsking, setAsking] = useState(false);
  const [created, setCreated] = useState<Created>();
  return (
    <section className="card" aria-label="API tokens">
      <div className="toolbar">
        <h2>API tokens</h2>
        {may("access:write") && (
          <button type="button" className="button primary end" onClick={() => setAsking(true)}>
            New token
          </button>
        )}
      </div>
      <Loaded of={resource} retry={reload}>
        {({ items, hasMore }) =>
          !mayRead ? (
            <p className="empty">With your rights tokens are made, and not listed.</p>
          ) : items.length === 0 ? (
            <p className="empty">No token but the administrator&apos;s. Give each program one of its own.</p>
          ) : (
            <>
              <TokenTable
                tokens={byName(items, ({ name }) => name)}
                mayRevoke={may("access:write")}
                onRevoked={reload}
              />
              {hasMore && (
                <button type="button" className="button" onClick={more}>
                  More tokens
                </button>
              )}
            </>
          )
        }
      </Loaded>
      <Modal title="New token" isOpen={isAsking} onClose={() => setAsking(false)}>
        <TokenForm
          onCreated={(token) => {
            setAsking(false);
            setCreated(token);
            reload();
          }}
        />
      </Modal>
      <Modal
        title={`The token of ${created?.name ?? ""}`}
        isOpen={created !== undefined}
        onClose={() => setCreated(undefined)}
      >
        <p>It is shown this once: keep it where the program has it, which sends it as its bearer token.</p>
        <p className="access-secret">
          <code data-testid="api-token">{created?.token}</code>
          <CopyButton text={created?.token ?? ""} what="token" />
        </p>
        <button type="button" className="button primary" onClick={() => setCreated(undefined)}>
          Done
        </button>
      </Modal>
    </section>
  );
}

interface TokenTableProps {
  readonly tokens: readonly Token[];
  readonly mayRevoke: boolean;
  readonly onRevoked: () => void;
}

function TokenTable({ tokens, mayRevoke, onRevoked }: TokenTableProps) {
  return (
    <ListTable
      columns={[
        "Name",
        "May",
        ["Made", "wide-only"],
        ["Last used", "wide-only"],
        "Ends",
        ...(mayRevoke ? ["Revoke"] : []),
      ]}
    >
      {tokens.map(({ name, scopes, createdAt, createdBy, lastUsedAt, expiresAt }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>
            <span className="access-scopes">
              {scopes.map((scope) => (
                <span key={scope} className="tag">
                  {scope}
                </span>
              ))}
            </span>
          </td>
          <td className="wide-only">
            <Age since={createdAt} /> ago by <bdi>{createdBy}</bdi>
          </td>
          <td className="wide-only">
            {lastUsedAt === undefined ? (
              "not yet"
            ) : (
              <>
                <Age since={lastUsedAt} /> ago
              </>
            )}
          </td>
          <td>
            <Moment iso={expiresAt} />
          </td>
          {mayRevoke && (
            <td>
              <RevokeButton name={name} onRevoked={onRevoked} />
            </td>
          )}
        </tr>
      ))}
    </ListTable>
  );
}

/** Asks once more in its own place: what uses the token stands still at once. */
function RevokeButton({ name, onRevoked }: { readonly name: string; readonly onRevoked: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState("");
  const revoke = (): void => {
    api
      .call("DELETE", "/api/v1/tokens/{name}", { path: { name } })
      .then(onRevoked, (error: Error) => setProblem(problemText(error)));
  };
  if (!isAsking) {
    return (
      <button type="button" className="button" aria-label={`Revoke ${name}…`} onClick={() => setAsking(true)}>
        Revoke…
      </button>
    );
  }
  return (
    <span className="toolbar">
      <button type="button" className="button danger" autoFocus aria-label={`Revoke ${name} now`} onClick={revoke}>
        Revoke now
      </button>
      <button type="button" className="button" aria-label={`Keep ${name}`} onClick={() => setAsking(false)}>
        Keep
      </button>
      {problem !== "" && (
        <span className="field-fault" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}
