import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { api } from "../data/api.ts";
import { problemText } from "../design/notice.tsx";
import { type Draft, lineOf, parseDraft, withValue } from "../rules/draft.ts";
import { useVerdict } from "../rules/use-verdict.ts";
import { YamlEditor } from "../rules/yaml-editor.tsx";
import "../rules/rules.css";
import { added, boardIn, draftOfBoard, moved, removed, resized } from "./arrange.ts";
import { BoardGrid } from "./board-grid.tsx";
import { type Board, type Choices, type KeptBoard, sizeOf, type TimeShown, titleOf } from "./board.ts";
import { begun, changed, type History, redone, undone } from "./history.ts";
import { WidgetForm } from "./widget-form.tsx";
import { WidgetTools } from "./widget-tools.tsx";

interface BoardEditorProps {
  /** Undefined: a new one. */
  readonly kept: KeptBoard | undefined;
  readonly stored: Board;
  readonly choices: Choices;
  readonly time: TimeShown;
  readonly onChanged: () => void;
  /** Told of every state in which the board could be saved. */
  readonly onWritten: (board: Board) => void;
  readonly onDone: () => void;
}

/** A board that is arranged, and the same board as YAML below. Nothing is kept until it is saved. */
export function BoardEditor({ kept, stored, choices, time, onChanged, onWritten, onDone }: BoardEditorProps) {
  const [history, setHistory] = useState<History<Draft>>(() => begun(draftOfBoard(stored)));
  const [shown, setShown] = useState(stored);
  const [aimed, setAimed] = useState<number>();
  const [isAdding, setAdding] = useState(false);
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [, go] = useLocation();
  const yaml = useRef<HTMLDivElement>(null);
  const focused = useRef<number>(undefined);
  const draft = history.present;
  const judged = useVerdict(draft, "/api/v1/boards/validate");
  const isJudged = judged?.text === draft.text;
  const isValid = isJudged && judged.isValid;
  // A new board has none until it is named, which hinders nobody from arranging it.
  const isUnnamed = kept === undefined && (boardIn(draft)?.id ?? "") === "";
  const faults = (judged?.faults ?? []).filter(({ pointer }) => !isUnnamed || pointer !== "/id");
  const show = useCallback(
    (next: Draft) => {
      const board = boardIn(next);
      if (board === undefined) return;
      setShown(board);
      onWritten(board);
    },
    [onWritten],
  );
  // What is typed is shown once it is right.
  useEffect(() => {
    if (isValid) show(draft);
  }, [isValid, draft, show]);
  // Before anything is seen, so that the next key is that of the widget that was moved.
  useLayoutEffect(() => {
    if (focused.current === undefined) return;
    document.querySelector<HTMLElement>(`[data-handle="${focused.current}"]`)?.focus();
    focused.current = undefined;
  }, [shown]);

  const arrange = (change: (draft: Draft) => Draft, kind = ""): void => {
    // Of a board that is wrong somewhere else the arrangement is not what is shown.
    if (isJudged && !judged.isValid && faults.length > 0) {
      setProblem("Mend the board in its YAML first: what you see is how it was before.");
      return;
    }
    setProblem("");
    const next = change(draft);
    if (next.text === draft.text) return;
    setHistory((before) => changed(before, next, kind));
    show(next);
  };
  const step = (way: typeof undone): void => {
    const next = way(history);
    setHistory(next);
    show(next.present);
  };
  const title = (at: number): string => {
    const widget = shown.widgets[at];
    return widget === undefined ? "" : titleOf(widget, choices) || "Text";
  };
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= shown.widgets.length) return;
    focused.current = to;
    arrange((before) => moved(before, from, to));
    setSaid(`${title(from)} is ${to + 1} of ${shown.widgets.length}`);
  };
  const resize = (at: number, columns: number, rows: number, kind: string): void => {
    arrange((before) => resized(before, at, columns, rows), kind);
    setSaid(`${title(at)} is sized`);
  };
  const edit = (at: number): void => {
    const line = lineOf(draft, `/widgets/${at}`);
    const area = yaml.current!.querySelector("textarea")!;
    const start =
      draft.text
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, draft.text.indexOf("\n", start));
    area.scrollIntoView({ block: "center" });
  };
  const attempt = (work: () => Promise<void>): void => {
    setBusy(true);
    setProblem("");
    work()
      .catch((error: Error) => setProblem(problemText(error)))
      .finally(() => setBusy(false));
  };
  const save = async (): Promise<void> => {
    const board = boardIn(draft)!;
    const id = kept?.id ?? board.id ?? "";
    const condition: Record<string, string> =
      kept === undefined ? { "if-none-match": "*" } : { "if-match": `"${kept.revision}"` };
    await api.request("PUT", `/api/v1/boards/${encodeURIComponent(id)}`, board, undefined, condition);
    if (kept === undefined) go(`/boards/${encodeURIComponent(id)}`, { replace: true });
    else {
      onChanged();
      onDone();
    }
  };
  const remove = async (): Promise<void> => {
    await api.call("DELETE", "/api/v1/boards/{id}", { path: { id: kept!.id } });
    go("/boards");
  };
  const isNamed = kept !== undefined || /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(boardIn(draft)?.id ?? "");
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    step(event.shiftKey ? redone : undone);
  };
  const arranging = { count: shown.widgets.length, move, resize, edit, aim: setAimed };
  return (
    <div onKeyDown={onKeyDown}>
      <div className="toolbar board-edit" role="toolbar" aria-label="Arrange the board">
        <label className="board-variable">
          Title
          <input
            className="search"
            value={boardIn(draft)?.title ?? ""}
            disabled={boardIn(draft) === undefined}
            maxLength={120}
            onChange={({ target }) => {
              const next = withValue(draft, ["title"], target.value);
              setHistory((before) => changed(before, next, "title"));
            }}
          />
        </label>
        {kept === undefined && (
          <label className="board-variable">
            Id
            <input
              className="search"
              value={boardIn(draft)?.id ?? ""}
              disabled={boardIn(draft) === undefined}
              placeholder="boiler-room"
              maxLength={64}
              onChange={({ target }) => {
                const next = withValue(draft, ["id"], target.value);
                setHistory((before) => changed(before, next, "id"));
              }}
            />
          </label>
        )}
        <button type="button" className="button" onClick={() => setAdding(true)}>
          Add a widget
        </button>
        <button type="button" className="button" disabled={history.past.length === 0} onClick={() => step(undone)}>
          Undo
        </button>
        <button type="button" className="button" disabled={history.future.length === 0} onClick={() => step(redone)}>
          Redo
        </button>
        <span className="toolbar end">
          {kept !== undefined && !kept.builtIn && (
            <button type="button" className="button danger" disabled={isBusy} onClick={() => attempt(remove)}>
              Delete
            </button>
          )}
          {kept !== undefined && (
            <button type="button" className="button" onClick={onDone}>
              Leave unsaved
            </button>
          )}
          <button
            type="button"
            className="button primary"
            disabled={isBusy || !isValid || !isNamed}
            onClick={() => attempt(save)}
          >
            Save
          </button>
        </span>
      </div>
      <p className="visually-hidden" role="status">
        {said}
      </p>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      {isUnnamed && <p className="quiet">It is saved under an id: a short name, like boiler-room.</p>}
      {shown.widgets.length === 0 && <p className="empty">Add the first widget, or write the board below.</p>}
      <BoardGrid
        {...{ board: shown, choices, time }}
        aimed={aimed}
        tools={(index, name) => (
          <WidgetTools
            {...{ index, title: name, ...arranging, ...sizeOf(shown.widgets[index]!) }}
            remove={(at) => {
              setSaid(`${title(at)} is removed; Undo brings it back`);
              arrange((before) => removed(before, at));
            }}
          />
        )}
      />
      <div ref={yaml} className="board-yaml">
        <h2>The same board as YAML</h2>
        <YamlEditor
          label="The board as YAML"
          text={draft.text}
          isReadOnly={false}
          onText={(text) => setHistory((before) => changed(before, parseDraft(text), "typed"))}
          faults={faults}
          warnings={[]}
        />
      </div>
      {isAdding && (
        <WidgetForm
          board={shown}
          isOpen
          onClose={() => setAdding(false)}
          onAdd={(widget) => {
            setAdding(false);
            arrange((before) => added(before, widget));
            setSaid(`Added at the end`);
          }}
        />
      )}
    </div>
  );
}
