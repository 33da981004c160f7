import { useMemo, useState } from "react";
import { Link, useSearch } from "wouter";
import { FilterChoice, FilterText, FilterWord } from "../design/filter-fields.tsx";
import { ListTable } from "../design/list-table.tsx";
import { Loaded, problemText } from "../design/notice.tsx";
import { PlaceLink } from "../places/place-link.tsx";
import { useMay } from "../sign-in/session.ts";
import { Age } from "../time/age.tsx";
import { EntryDetail, redriven } from "./entry-detail.tsx";
import { filterOf, isNarrowed, stages, states, texts } from "./quarantine-filter.ts";
import { type Entry, useQuarantine } from "./use-quarantine.ts";
import "./quarantine.css";

/** What could not be decoded or stored: to look at, to mend and to handle again. */
export function QuarantinePage({ id }: { readonly id?: string | undefined }) {
  const search = useSearch();
  const filter = useMemo(() => filterOf(new URLSearchParams(search)), [search]);
  const { resource, reload, more } = useQuarantine(filter);
  const may = useMay();
  const [told, setTold] = useState("");
  const [isBusy, setBusy] = useState(false);
  const changed = (text: string): void => {
    setTold(text);
    reload();
  };
  const redriveAll = (): void => {
    setBusy(true);
    const choice = Object.keys(filter).length === 0 ? { all: true } : filter;
    redriven(choice)
      .then(changed, (error: Error) => setTold(problemText(error)))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <p className="crumbs">
        <PlaceLink href="/pipeline">Pipeline</PlaceLink>
      </p>
      <h1>Quarantine</h1>
      <div className={`list-and-one${id === undefined ? "" : " with-one"}`}>
        <section className="quarantine-list" aria-label="Quarantined messages">
          <div className="toolbar">
            <button type="button" className="button" onClick={reload}>
              Look again
            </button>
            {may("quarantine:write") && (
              <button
                type="button"
                className="button"
                disabled={isBusy || (resource.value?.items.length ?? 0) === 0}
                onClick={redriveAll}
              >
                Handle all of these again
              </button>
            )}
          </div>
          <FilterBar />
          <div role="status">{told !== "" && <p className="notice">{told}</p>}</div>
          <Loaded of={resource} retry={reload}>
            {({ items, hasMore }) =>
              items.length === 0 ? (
                <p className="empty">
                  {isNarrowed(filter)
                    ? "No message fits this filter."
                    : "Nothing is in quarantine: every message could be read and stored."}
                </p>
              ) : (
                <>
                  <Entries entries={items} openId={id} suffix={search === "" ? "" : `?${search}`} />
                  {hasMore && (
                    <button type="button" className="button" onClick={more}>
                      Older messages
                    </button>
                  )}
                </>
              )
            }
          </Loaded>
        </section>
        {id !== undefined && <EntryDetail key={id} id={id} onChanged={changed} />}
      </div>
    </>
  );
}

interface EntriesProps {
  readonly entries: readonly Entry[];
  readonly openId: string | undefined;
  readonly suffix: string;
}

function Entries({ entries, openId, suffix }: EntriesProps) {
  return (
    <ListTable columns={["Message", "State", "Age"]}>
      {entries.map(({ id, device, reason, state, at, mqttTopic, logTopic }) => (
        <tr key={id} aria-current={id === openId}>
          <td>
            <Link href={`/quarantine/${encodeURIComponent(id)}${suffix}`} className="clipped">
              <bdi>{device === "" ? (mqttTopic === "" ? logTopic : mqttTopic) : device}</bdi>
            </Link>
            <span className="quiet clipped">{reason}</span>
          </td>
          <td>{state}</td>
          <td>
            <Age since={at} />
          </td>
        </tr>
      ))}
    </ListTable>
  );
}

function FilterBar() {
  return (
    <div className="toolbar" role="search" aria-label="Filter the quarantine">
      <FilterChoice name="state" label="State" usual="quarantined">
        {states.map((each) => (
          <FilterWord key={each} word={each} />
        ))}
        <option value="all">Any state</option>
      </FilterChoice>
      <FilterChoice name="stage" label="Stage">
        <option value="">Any stage</option>
        {Object.entries(stages).map(([value, name]) => (
          <FilterWord key={value} word={value} name={name} />
        ))}
      </FilterChoice>
      {Object.entries(texts).map(([name, label]) => (
        <FilterText key={name} name={name} label={label} />
      ))}
    </div>
  );
}
