import { Link } from "wouter";
import { useAddressFilter } from "../data/use-address-filter.ts";
import { ListTable } from "../design/list-table.tsx";
import { Loaded } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { Age } from "../time/age.tsx";
import { RuleStateBadge } from "./rule-state-badge.tsx";
import { type Rule, type RuleCounts, useRules } from "./use-rules.ts";
import "./rules.css";

function fits({ id, name = "", state }: Rule, q: string): boolean {
  return q.split(/\s+/).every((word) => `${id} ${name} ${state}`.toLowerCase().includes(word.toLowerCase()));
}

/** All rules: how each stands, and what it raises. */
export function RulesPage() {
  const [search, set] = useAddressFilter();
  const q = search.get("q") ?? "";
  const { rules, counts, mayReadAlerts } = useRules();
  const mayWrite = useMay()("rules:write");
  return (
    <>
      <div className="toolbar">
        <h1>Rules</h1>
        <input
          className="search"
          type="search"
          aria-label="Search rules"
          placeholder="Search id, name, state"
          value={q}
          onChange={({ target }) => set("q", target.value)}
        />
        {mayWrite && (
          <Link href="/rules/new" className="button primary end">
            New rule
          </Link>
        )}
      </div>
      <Loaded of={rules.resource} retry={rules.reload}>
        {(all) =>
          all.length === 0 ? (
            <p className="empty">
              No rules yet.
              {mayWrite && (
                <>
                  {" "}
                  Write one with <Link href="/rules/new">New rule</Link>, or take twenty with{" "}
                  <code>headwater rules apply docs/examples/gallery</code>.
                </>
              )}
            </p>
          ) : (
            <RuleTable
              rules={all.filter((rule) => fits(rule, q.trim()))}
              hasCounts={mayReadAlerts}
              counts={counts?.counts}
              isCut={counts?.isCut}
            />
          )
        }
      </Loaded>
    </>
  );
}

interface RuleTableProps {
  readonly rules: readonly Rule[];
  readonly hasCounts: boolean;
  readonly counts: ReadonlyMap<string, RuleCounts> | undefined;
  readonly isCut: boolean | undefined;
}

function RuleTable({ rules, hasCounts, counts, isCut = false }: RuleTableProps) {
  if (rules.length === 0) return <p className="empty">No rule fits the search.</p>;
  const shown = (of: number | undefined): string => (counts === undefined ? "" : `${of ?? 0}${isCut ? "+" : ""}`);
  return (
    <ListTable
      columns={[
        "Rule",
        ["State", "rule-state"],
        ...(hasCounts
          ? ([
              ["Open", "count"],
              ["Last day", "count"],
            ] as const)
          : []),
        ["Revision", "wide-only rule-revision"],
      ]}
      className="rule-list"
    >
      {rules.map((rule) => (
        <tr key={rule.id}>
          <td>
            <Link href={`/rules/${encodeURIComponent(rule.id)}`} className="clipped">
              <bdi>{rule.name ?? rule.id}</bdi>
            </Link>
            <span className="quiet clipped">{rule.id}</span>
          </td>
          <td>
            <RuleStateBadge state={rule.state} />
            {rule.ignored !== undefined && <span className="quiet"> in a loop</span>}
          </td>
          {hasCounts && (
            <td className="count number">
              <Link
                href={`/alerts?rule=${encodeURIComponent(rule.id)}${rule.state === "shadow" ? "&shadow=true" : ""}`}
              >
                {shown(counts?.get(rule.id)?.open)}
              </Link>
            </td>
          )}
          {hasCounts && <td className="count number">{shown(counts?.get(rule.id)?.lastDay)}</td>}
          <td className="wide-only quiet">
            {rule.revision}, <Age since={rule.updatedAt} /> ago by {rule.updatedBy}
          </td>
        </tr>
      ))}
    </ListTable>
  );
}
