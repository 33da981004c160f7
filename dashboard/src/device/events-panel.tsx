import type { AnswerOf } from "@headwater/client";
import { Fragment, useState } from "react";
import { RecordBytes } from "../bytes/record-bytes.tsx";
import { api } from "../data/api.ts";
import { usePages } from "../data/use-pages.ts";
import { ListTable } from "../design/list-table.tsx";
import { Loaded } from "../design/notice.tsx";
import { Moment } from "../design/moment.tsx";
import type { TimeRange } from "../time/time-range.ts";

type Event = AnswerOf<"GET", "/api/v1/devices/{id}/events">["items"][number];

/** Readings that a line has room for. */
const shownReadings = 6;

interface EventsPanelProps {
  readonly id: string;
  readonly range: TimeRange;
}

/** What a device sent as the log has it; looked for when somebody asks, since the log is everybody's. */
export function EventsPanel({ id, range }: EventsPanelProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="card device-events">
      <h2>Events as they were received</h2>
      {isOpen ? (
        <Events id={id} range={range} />
      ) : (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          Look them up in the log
        </button>
      )}
    </section>
  );
}

function Events({ id, range }: EventsPanelProps) {
  const isFixed = range.span === undefined;
  const query = isFixed ? { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() } : {};
  const key = `${id} ${query.from ?? ""} ${query.to ?? ""}`;
  const { resource, reload, more } = usePages(key, (page) =>
    api.call("GET", "/api/v1/devices/{id}/events", { path: { id }, query: { ...query, ...page } }),
  );
  const [chosen, setChosen] = useState<number>();
  return (
    <Loaded of={resource} retry={reload}>
      {({ items, hasMore }) => (
        <>
          <p className="quiet">
            {isFixed ? "What the log took in the time shown" : "What the log has"}, the newest first.{" "}
            <button type="button" className="button bare" onClick={reload}>
              Look again
            </button>
          </p>
          {items.length === 0 && !hasMore && <p>The log has nothing of it.</p>}
          {items.length > 0 && (
            <div className="scrolled">
              <ListTable columns={["Received", "Readings", ["Bytes", "wide-only"], "Record"]}>
                {items.map((event) => (
                  <EventRows
                    key={event.offset}
                    event={event}
                    isOpen={event.offset === chosen}
                    onToggle={() => setChosen(event.offset === chosen ? undefined : event.offset)}
                  />
                ))}
              </ListTable>
            </div>
          )}
          {hasMore && (
            <button type="button" className="button" onClick={more}>
              Look further back
            </button>
          )}
        </>
      )}
    </Loaded>
  );
}

interface EventRowsProps {
  readonly event: Event;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function EventRows({ event, isOpen, onToggle }: EventRowsProps) {
  const { partition, offset, receivedAt, appendedAt, bytes, hex, ...decoded } = event;
  const { readings = [], problem, rule } = event;
  return (
    <Fragment>
      <tr>
        <td>
          <Moment iso={receivedAt ?? appendedAt} />
        </td>
        <td dir="auto">
          {problem ?? readings.slice(0, shownReadings).map(readingText).join(", ")}
          {readings.length > shownReadings && ` and ${readings.length - shownReadings} more`}
          {rule !== undefined && <span className="tag">by {rule}</span>}
        </td>
        <td className="number wide-only">{bytes.toLocaleString()}</td>
        <td>
          <button type="button" className="button bare" aria-expanded={isOpen} onClick={onToggle}>
            {partition}/{offset}
          </button>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={4}>
            <RecordBytes hex={hex} decoded={{ receivedAt, appendedAt, ...decoded }} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function readingText({ metric, value, unit = "" }: NonNullable<Event["readings"]>[number]): string {
  return `${metric} ${String(value)}${unit === "" ? "" : ` ${unit}`}`;
}
