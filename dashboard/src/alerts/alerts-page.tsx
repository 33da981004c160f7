import { useEffect, useState } from "react";
import { Link } from "wouter";
import { api } from "../data/api.ts";
import { live } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import { Moment } from "../design/moment.tsx";
import { Loaded } from "../design/notice.tsx";

const looks: Readonly<Record<string, string>> = { critical: "critical", warning: "warning", info: "muted" };

/** The inbox: what is open, the newest first. */
export function AlertsPage() {
  const { resource, reload } = useResource("alerts", () =>
    api.call("GET", "/api/v1/alerts", { query: { limit: 200 } }),
  );
  const [problem, setProblem] = useState("");
  useEffect(() => live.listen("topics=alerts", reload), [reload]);
  const act = (id: string, what: "acknowledge" | "clear"): void => {
    api.request("POST", `/api/v1/alerts/${encodeURIComponent(id)}/${what}`, {}).then(
      () => reload(),
      (error: Error) => setProblem(error.message),
    );
  };
  return (
    <>
      <h1>Alerts</h1>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      <Loaded of={resource} retry={reload}>
        {({ items }) =>
          items.length === 0 ? (
            <p>No alerts. All is well, or no rule is enabled yet.</p>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Severity</th>
                  <th scope="col">Rule</th>
                  <th scope="col">Device</th>
                  <th scope="col">State</th>
                  <th scope="col">Raised</th>
                  <th scope="col">
                    <span className="visually-hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((alert) => (
                  <tr key={alert.id}>
                    <td>
                      <span className={`badge ${looks[alert.severity] ?? "muted"}`}>{alert.severity}</span>
                    </td>
                    <td>{alert.rule}</td>
                    <td>
                      <Link href={`/devices/${encodeURIComponent(alert.device)}`}>{alert.device}</Link>
                    </td>
                    <td>{alert.state}</td>
                    <td className="number">
                      <Moment iso={alert.raisedAt} />
                    </td>
                    <td>
                      <button type="button" className="button" onClick={() => act(alert.id, "acknowledge")}>
                        Acknowledge
                      </button>{" "}
                      <button type="button" className="button" onClick={() => act(alert.id, "clear")}>
                        Clear
                      </button>
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
