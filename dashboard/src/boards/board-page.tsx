import { useEffect, useMemo, useState } from "react";
import { Link } from "wouter";
import { api } from "../data/api.ts";
import { useAddressFilter } from "../data/use-address-filter.ts";
import { useResource } from "../data/use-resource.ts";
import { codeOf } from "../design/late-code.tsx";
import { Loaded } from "../design/notice.tsx";
import { useMay } from "../sign-in/session.ts";
import { RangeBar } from "../time/range-bar.tsx";
import { onEachSecond } from "../time/seconds.ts";
import { BoardGrid } from "./board-grid.tsx";
import type { Board, KeptBoard, TimeShown } from "./board.ts";
import { FeedContext } from "./board-feed.ts";
import { spans, timeShown } from "./time-shown.ts";
import { useChoices } from "./use-choices.ts";
import { VariableField } from "./variables.tsx";
import "./boards.css";

const { Shown: BoardEditor } = codeOf(async () => (await import("./board-editor.tsx")).BoardEditor);

const begin: Board = { id: "", title: "New board", widgets: [] };

/** A board: looked at, and arranged. Its address holds the time and what is chosen of its variables. */
export function BoardPage({ id }: { readonly id: string }) {
  const { resource, reload } = useResource(id, () => api.call("GET", "/api/v1/boards/{id}", { path: { id } }));
  return (
    <Loaded of={resource} retry={reload} head={<h1>{id}</h1>}>
      {(kept) => <Opened kept={kept} onChanged={reload} />}
    </Loaded>
  );
}

/** A board that is not kept yet. */
export function NewBoardPage() {
  return <Opened kept={undefined} onChanged={() => {}} />;
}

interface OpenedProps {
  readonly kept: KeptBoard | undefined;
  readonly onChanged: () => void;
}

function Opened({ kept, onChanged }: OpenedProps) {
  const [search, set] = useAddressFilter();
  const may = useMay();
  const stored = (kept?.definition as Board | undefined) ?? begin;
  const isEdited = may("boards:write") && (kept === undefined || search.get("edit") !== null);
  /** While it is arranged, the board as it is being written. */
  const [written, setWritten] = useState<Board>();
  const board = isEdited ? (written ?? stored) : stored;
  const choices = useChoices(board, search);
  const time = useTime(search, board.span);
  const topics = [
    ...(may("telemetry:read") ? ["telemetry"] : []),
    ...(may("alerts:read") ? ["alerts"] : []),
    ...(may("devices:read") ? ["devices"] : []),
  ];
  const span = search.get("span") ?? board.span ?? "1h";
  return (
    <FeedContext value={topics.length === 0 ? "" : `topics=${topics.join(",")}`}>
      <p className="crumbs">
        <Link href="/boards">Boards</Link>
      </p>
      <div className="toolbar">
        <h1>
          <bdi>{board.title}</bdi>
        </h1>
        {(board.variables ?? []).map((variable) => (
          <VariableField
            key={variable.name}
            variable={variable}
            value={choices[variable.name] ?? ""}
            onChoose={(value) => set(variable.name, value)}
          />
        ))}
        <span className="toolbar end">
          <RangeBar
            {...{ from: time.from, to: time.to, span: time.isLive ? span : undefined }}
            spans={spans.some((each) => each === span) ? spans : [span, ...spans]}
            onSpan={(next) => {
              set("from", "");
              set("to", "");
              set("span", next === (board.span ?? "1h") ? "" : next);
            }}
            onMove={(step) => {
              const { from, to } = step(time);
              set("from", new Date(from).toISOString());
              set("to", new Date(to).toISOString());
            }}
          />
          {may("boards:write") && !isEdited && (
            <button type="button" className="button" onClick={() => set("edit", "true")}>
              Edit
            </button>
          )}
        </span>
      </div>
      {board.description !== undefined && !isEdited && (
        <p dir="auto" className="quiet">
          {board.description}
        </p>
      )}
      {isEdited ? (
        <BoardEditor
          {...{ kept, stored, choices, time, onChanged }}
          onWritten={setWritten}
          onDone={() => {
            setWritten(undefined);
            set("edit", "");
          }}
        />
      ) : board.widgets.length === 0 ? (
        <p className="empty">
          {kept === undefined ? "With your rights no board is made." : "This board has no widgets yet."}
        </p>
      ) : (
        <BoardGrid {...{ board, choices, time }} />
      )}
    </FeedContext>
  );
}

/** The time shown; up to now it goes on, by as much as a chart can show. */
function useTime(search: URLSearchParams, ofBoard: string | undefined): TimeShown {
  const [now, setNow] = useState(Date.now);
  const address = search.toString();
  const time = useMemo(() => timeShown(new URLSearchParams(address), ofBoard, now), [address, ofBoard, now]);
  const stepMs = Math.max(1_000, (time.to - time.from) / 800);
  useEffect(() => {
    if (!time.isLive) return undefined;
    return onEachSecond(() => setNow((before) => (Date.now() - before >= stepMs ? Date.now() : before)));
  }, [time.isLive, stepMs]);
  return time;
}
