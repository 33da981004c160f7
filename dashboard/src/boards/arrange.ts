import { isSeq, parseDocument, stringify } from "yaml";
import { type Draft, parseDraft, withValue } from "../rules/draft.ts";
import { type Board, gridColumns, sizeOf, type Widget } from "./board.ts";

/** Rows that a widget may have. */
const mostRows = 12;

/** The board as a person would write it. */
export function draftOfBoard(board: Board): Draft {
  return parseDraft(stringify(board, { lineWidth: 100 }));
}

/** The board that a draft says, as far as it is one; what is no widget is left out until it is. */
export function boardIn({ definition }: Draft): Board | undefined {
  const board = definition as Partial<Board> | undefined;
  return board !== undefined && Array.isArray(board.widgets) ? (board as Board) : undefined;
}

/** The widget stands at another place; its comments go with it. */
export function moved(draft: Draft, from: number, to: number): Draft {
  return withWidgets(draft, (items) => {
    if (to < 0 || to >= items.length) return;
    items.splice(to, 0, ...items.splice(from, 1));
  });
}

export function removed(draft: Draft, at: number): Draft {
  return withWidgets(draft, (items) => void items.splice(at, 1));
}

export function added(draft: Draft, widget: Widget): Draft {
  const count = boardIn(draft)?.widgets.length;
  if (count === undefined) return draft;
  return count === 0 ? withValue(draft, ["widgets"], [widget]) : withValue(draft, ["widgets", count], widget);
}

/** As many columns and rows more; within the grid. */
export function resized(draft: Draft, at: number, columns: number, rows: number): Draft {
  const widget = boardIn(draft)?.widgets[at];
  if (widget === undefined) return draft;
  const { width, height } = sizeOf(widget);
  const [wide, high] = [within(width + columns, gridColumns), within(height + rows, mostRows)];
  const sized = wide === width ? draft : withValue(draft, ["widgets", at, "width"], wide);
  return high === height ? sized : withValue(sized, ["widgets", at, "height"], high);
}

function within(number: number, most: number): number {
  return Math.min(most, Math.max(1, number));
}

function withWidgets(draft: Draft, change: (items: unknown[]) => void): Draft {
  const document = parseDocument(draft.text, { version: "1.2" });
  const widgets = document.get("widgets");
  if (document.errors.length > 0 || !isSeq(widgets)) return draft;
  change(widgets.items);
  if (widgets.items.length === 0) widgets.flow = true;
  return parseDraft(String(document));
}
