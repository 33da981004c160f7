import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { Loaded } from "../design/notice.tsx";

const columns = ["received", "logged", "stored", "quarantined", "duplicate", "missing", "lag"] as const;

/** The ledger: balanced, or exactly where not. */
export function PipelinePage() {
  const { resource, reload } = useResource("ledger", () => api.call("GET", "/api/v1/ledger", {}));
  return (
    <>
      <h1>Pipeline</h1>
      <Loaded of={resource} retry={reload}>
        {({ partitions, balanced }) => (
          <>
            <p className={`notice${balanced ? "" : " critical"}`}>
              {balanced
                ? "Balanced: all that was received is accounted for."
                : "Not balanced: see the partitions below."}
            </p>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Partition</th>
                  {columns.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {partitions.map((row) => (
                  <tr key={row.partition}>
                    <th scope="row">{row.partition}</th>
                    {columns.map((name) => (
                      <td key={name} className="number">
                        {row[name]}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Loaded>
    </>
  );
}
