import { useState } from "react";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { Loaded } from "../design/notice.tsx";

export function RulesPage() {
  const { resource, reload } = useResource("rules", () => api.call("GET", "/api/v1/rules", { query: { limit: 500 } }));
  const [problem, setProblem] = useState("");
  const act = (id: string, what: "enable" | "disable" | "shadow"): void => {
    api.request("POST", `/api/v1/rules/${encodeURIComponent(id)}/${what}`, {}).then(
      () => reload(),
      (error: Error) => setProblem(error.message),
    );
  };
  return (
    <>
      <h1>Rules</h1>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      <Loaded of={resource} retry={reload}>
        {({ items }) =>
          items.length === 0 ? (
            <p>
              No rules yet. <code>headwater rules apply docs/examples</code> brings twenty.
            </p>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Rule</th>
                  <th scope="col">State</th>
                  <th scope="col">
                    <span className="visually-hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((rule) => (
                  <tr key={rule.id}>
                    <td>{rule.id}</td>
                    <td>
                      <span className={`badge ${rule.state === "live" ? "good" : "muted"}`}>{rule.state}</span>
                    </td>
                    <td>
                      {(["enable", "shadow", "disable"] as const).map((what) => (
                        <button key={what} type="button" className="button" onClick={() => act(rule.id, what)}>
                          {what}
                        </button>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </>
  );
}
