import type { AnswerOf } from "@headwater/client";
import { useMemo } from "react";
import { Link, useSearch } from "wouter";
import { api } from "../data/api.ts";
import { usePages } from "../data/use-pages.ts";
import { FilterChoice, FilterText } from "../design/filter-fields.tsx";
import { ListTable } from "../design/list-table.tsx";
import { Loaded } from "../design/notice.tsx";
import { Moment } from "../design/moment.tsx";
import { PlaceLink } from "../places/place-link.tsx";
import { filterOf, kinds, periods, texts } from "./audit-filter.ts";
import "./audit.css";

type Entry = AnswerOf<"GET", "/api/v1/audit">["items"][number];

/** Who did what, the newest first. */
export function AuditPage() {
  const search = useSearch();
  const filter = useMemo(() => filterOf(new URLSearchParams(search)), [search]);
  const { resource, reload, more } = usePages(JSON.stringify(filter), (page) =>
    api.call("GET", "/api/v1/audit", { query: { ...filter, ...page } }),
  );
  return (
    <>
      <p className="crumbs">
        <Link href="/access">Access</Link>
      </p>
      <div className="toolbar">
        <h1>Audit trail</h1>
        <button type="button" className="button" onClick={reload}>
          Look again
        </button>
      </div>
      <FilterBar />
      <Loaded of={resource} retry={reload}>
        {({ items, hasMore }) =>
          items.length === 0 ? (
            <p className="empty">Nobody did anything that fits this filter.</p>
          ) : (
            <>
              <Entries entries={items} />
              {hasMore && (
                <button type="button" className="button" onClick={more}>
                  Older entries
                </button>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Entries({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <ListTable columns={["When", "Who", "What", ["More", "wide-only"]]} className="audit">
      {entries.map(({ at, by, action, kind, subject, detail }, index) => (
        <tr key={`${at} ${index}`}>
          <td className="number">
            <Moment iso={at} />
          </td>
          <td>
            <bdi>{by}</bdi>
          </td>
          <td>
            <span className="quiet">
              {kind} {action}
            </span>{" "}
            <Subject kind={kind} subject={subject} />
          </td>
          <td className="wide-only quiet">
            <bdi>{detail}</bdi>
          </td>
        </tr>
      ))}
    </ListTable>
  );
}

/** The places of what has a page of its own. */
const places: Partial<Record<Entry["kind"], string>> = {
  device: "/devices/",
  rule: "/rules/",
  alert: "/alerts/",
  quarantine: "/quarantine/",
};

function Subject({ kind, subject }: Pick<Entry, "kind" | "subject">) {
  const place = places[kind];
  const name = <bdi>{subject}</bdi>;
  return place === undefined ? name : <PlaceLink href={`${place}${encodeURIComponent(subject)}`}>{name}</PlaceLink>;
}

function FilterBar() {
  return (
    <div className="toolbar" role="search" aria-label="Filter the audit trail">
      <FilterChoice name="kind" label="Kind">
        <option value="">Of any kind</option>
        {kinds.map((kind) => (
          <option key={kind}>{kind}</option>
        ))}
      </FilterChoice>
      <FilterChoice name="from" label="When">
        {Object.entries(periods).map(([value, name]) => (
          <option key={value} value={value}>
            Done {name}
          </option>
        ))}
      </FilterChoice>
      {Object.entries(texts).map(([name, label]) => (
        <FilterText key={name} name={name} label={label} maxLength={256} />
      ))}
    </div>
  );
}
