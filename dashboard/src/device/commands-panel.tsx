import { type FormEvent, useEffect, useState } from "react";
import { api } from "../data/api.ts";
import { live } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import { fieldText } from "../design/field-text.ts";
import { ListTable } from "../design/list-table.tsx";
import { Loaded, problemText } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { Age } from "../time/age.tsx";

const looks: Readonly<Record<string, string>> = {
  succeeded: "good",
  delivered: "warning",
  claimed: "warning",
  failed: "critical",
  rejected: "critical",
  expired: "critical",
  "timed-out": "critical",
};

/** What a device may be told to do, and what it was told. */
export function CommandsPanel({ id }: { readonly id: string }) {
  const may = useMay();
  const [sent, setSent] = useState(0);
  return (
    <section className="card">
      <h2>Commands</h2>
      {may("commands:write") && <CommandForm id={id} onSent={() => setSent((before) => before + 1)} />}
      {may("commands:read") ? <SentCommands id={id} sent={sent} /> : sent > 0 && <p role="status">{sent} sent.</p>}
    </section>
  );
}

/** What the device was told to do, and what came of it, as it changes; asked for anew after each that was sent here. */
function SentCommands({ id, sent }: { readonly id: string; readonly sent: number }) {
  const { resource, reload } = useResource(id, () =>
    api.call("GET", "/api/v1/devices/{id}/commands", { path: { id }, query: { limit: 20 } }),
  );
  useEffect(() => live.listen(`topics=commands&device=${encodeURIComponent(id)}`, reload, reload), [id, reload]);
  useEffect(() => {
    if (sent > 0) reload();
  }, [sent, reload]);
  return (
    <Loaded of={resource} retry={reload}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="quiet">No command was sent to it in the last 30 days.</p>
        ) : (
          <ListTable columns={["Command", "State", "Result", "Age"]}>
            {items.map((command) => (
              <tr key={command.id}>
                <th scope="row">{command.name}</th>
                <td>
                  <span className={`badge ${looks[command.status] ?? "muted"}`}>{command.status}</span>
                </td>
                <td dir="auto">{command.reason ?? textOf(command.result)}</td>
                <td>
                  <Age since={command.requestedAt} />
                </td>
              </tr>
            ))}
          </ListTable>
        )
      }
    </Loaded>
  );
}

function CommandForm({ id, onSent }: { readonly id: string; readonly onSent: () => void }) {
  const [problem, setProblem] = useState("");
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const text = (name: string): string => fieldText(fields, name);
    let params: unknown;
    try {
      params = text("params") === "" ? undefined : JSON.parse(text("params"));
    } catch (error) {
      setProblem(`The parameters are no JSON: ${(error as Error).message}`);
      return;
    }
    const body = { name: text("name"), ttl: text("ttl"), ...(params !== undefined && { params }) };
    api.call("POST", "/api/v1/devices/{id}/commands", { path: { id }, body }).then(
      () => {
        setProblem("");
        form.reset();
        onSent();
      },
      (error: Error) => setProblem(problemText(error)),
    );
  };
  return (
    <>
      <form onSubmit={send} className="command-form">
        <label className="field">
          Name
          <input name="name" required maxLength={128} autoComplete="off" placeholder="shut_valve" />
        </label>
        <label className="field">
          Parameters (JSON)
          <input name="params" autoComplete="off" spellCheck={false} placeholder='{"valve": 1}' />
        </label>
        <label className="field">
          Time to do it
          <select name="ttl" defaultValue="60s">
            {["10s", "60s", "10m", "60m"].map((ttl) => (
              <option key={ttl}>{ttl}</option>
            ))}
          </select>
        </label>
        <button type="submit" className="button">
          Send
        </button>
      </form>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function textOf(result: unknown): string {
  return result === undefined ? "" : typeof result === "string" ? result : JSON.stringify(result);
}
