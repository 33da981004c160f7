import { useState } from "react";
import { api } from "../data/api.ts";
import { problemText } from "../design/notice.tsx";
import { Age } from "../time/age.tsx";
import { countText } from "./amount.ts";
import type { Ledger } from "./use-pipeline.ts";

const columns = {
  received: "Received",
  dropped: "Dropped",
  missing: "Missing",
  unmarked: "Not marked yet",
  logged: "Logged",
  stored: "Stored",
  partlyStored: "Partly stored",
  quarantined: "Quarantined",
  duplicate: "Duplicate",
  unexplained: "Unexplained",
} as const;
type Column = keyof typeof columns;

/** What is wrong if there is any of it. */
const losses: ReadonlySet<Column> = new Set(["missing", "unexplained"]);

interface Row extends Readonly<Record<Column, number>> {
  readonly balanced: boolean;
  readonly lag?: number;
}

/** What became of every event: balanced, or exactly where not. */
export function LedgerPanel({ ledger }: { readonly ledger: Ledger }) {
  const { balanced, totals, partitions, gateways, gaps, gapsLeftOut } = ledger;
  return (
    <section className="card" aria-label="Ledger">
      <div className="toolbar">
        <h2>Ledger</h2>
        <span className={`badge ${balanced ? "good" : "critical"}`}>{balanced ? "balanced" : "not balanced"}</span>
        <span className="quiet">
          {balanced
            ? "Every event that was received is accounted for."
            : "What is missing is named below, by gateway, partition and identity."}
        </span>
      </div>
      <div className="scrolling" tabIndex={0} role="region" aria-label="Ledger by gateway and partition">
        <table className="table ledger">
          <thead>
            <tr>
              <th scope="col">Of</th>
              {Object.values(columns).map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">Behind</th>
            </tr>
          </thead>
          <tbody>
            <LedgerRow name="all" row={{ ...totals, balanced }} />
            {gateways.map(({ gateway, ...row }) => (
              <LedgerRow
                key={gateway ?? ""}
                name={gateway === undefined ? "no known gateway" : `gateway ${gateway}`}
                row={row}
                receivedAt={row.receivedAt}
              />
            ))}
            {partitions.map((row) => (
              <LedgerRow key={row.partition} name={`partition ${row.partition}`} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {gaps.length > 0 && (
        <>
          <h3>Gaps</h3>
          <ul className="plain">
            {gaps.map(({ partition, gateway, epoch, from, to, reason }) => (
              <li key={`${partition} ${gateway} ${epoch} ${from}`} className="number">
                partition {partition}, gateway <bdi>{gateway}</bdi>, epoch {epoch}: {from} to {to},{" "}
                {reason ?? <strong className="field-fault">unexplained</strong>}
              </li>
            ))}
            {gapsLeftOut > 0 && <li className="quiet">and {gapsLeftOut} more</li>}
          </ul>
        </>
      )}
      <Verification />
    </section>
  );
}

interface LedgerRowProps {
  readonly name: string;
  readonly row: Row;
  readonly receivedAt?: string | undefined;
}

function LedgerRow({ name, row, receivedAt }: LedgerRowProps) {
  return (
    <tr className={row.balanced ? undefined : "faulty"}>
      <th scope="row">
        <bdi>{name}</bdi>
        {receivedAt !== undefined && (
          <span className="quiet">
            {" "}
            heard <Age since={receivedAt} /> ago
          </span>
        )}
      </th>
      {(Object.keys(columns) as Column[]).map((column) => (
        <td key={column} className={`number${losses.has(column) && row[column] > 0 ? " field-fault" : ""}`}>
          {countText(row[column])}
        </td>
      ))}
      <td className="number">{row.lag === undefined ? "" : countText(row.lag)}</td>
    </tr>
  );
}

/** That hour of a large fleet takes longer than other answers. */
const verifyMs = 290_000;

/** Reads the log again and compares it with the store; only when it is asked for, since it reads all of that hour. */
function Verification() {
  const [verified, setVerified] = useState<Ledger["verified"]>();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const verify = (): void => {
    setBusy(true);
    setProblem("");
    api
      .call("GET", "/api/v1/ledger", { query: { verify: true, from: "-1h" }, waitMs: verifyMs })
      .then(
        (answer) => setVerified(answer.verified),
        (error: Error) => setProblem(problemText(error)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <div className="verification">
      <button type="button" className="button" disabled={isBusy} onClick={verify}>
        {isBusy ? "Comparing…" : "Compare the last hour with the store"}
      </button>
      <div role="status">
        {problem !== "" && <p className="field-fault">{problem}</p>}
        {verified !== undefined && (
          <>
            <p>
              <span className={`badge ${verified.mismatched === 0 ? "good" : "critical"}`}>
                {verified.mismatched === 0 ? "the same" : `${verified.mismatched} differ`}
              </span>{" "}
              <span className="number">
                {countText(verified.readings)} readings of {countText(verified.series)} series:{" "}
                {countText(verified.expected)} expected, {countText(verified.stored)} stored,{" "}
                {countText(verified.overwritten)} overwritten
              </span>
            </p>
            <ul className="plain">
              {verified.mismatches.map(({ device, metric, hour, expected, stored }) => (
                <li key={`${device} ${metric} ${hour}`} className="number">
                  <bdi>{device}</bdi> <bdi>{metric}</bdi> in {hour}: {expected.count} expected, {stored.count} stored
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
