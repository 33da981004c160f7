import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { gridColumns } from "./board.ts";

export interface Arranging {
  readonly count: number;
  readonly move: (from: number, to: number) => void;
  /** `kind` tells the steps of one drag from those of another. */
  readonly resize: (at: number, columns: number, rows: number, kind: string) => void;
  readonly remove: (at: number) => void;
  readonly edit: (at: number) => void;
  /** Where a widget that is dragged would go. */
  readonly aim: (to: number | undefined) => void;
}

interface WidgetToolsProps extends Arranging {
  readonly index: number;
  readonly title: string;
  readonly width: number;
  readonly height: number;
}

interface Grab {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly column: number;
  readonly row: number;
  readonly kind: string;
}

let grabs = 0;

/** Moves, sizes and removes a widget: dragged, by buttons, or by arrow keys on its handle (with Shift: its size). */
export function WidgetTools(props: WidgetToolsProps) {
  const { index, title, width, height, count, move, resize, remove, edit, aim } = props;
  const over = useRef<number>(undefined);
  const grab = useRef<Grab>(undefined);
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowDown: [0, 1] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (event.shiftKey) resize(index, step[0]!, step[1]!, "");
    else move(index, index + step[0]! + step[1]!);
  };
  const drag = (event: PointerEvent): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const target = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-widget]");
    over.current = target === null || target === undefined ? undefined : Number(target.dataset["widget"]);
    aim(over.current);
  };
  const drop = (): void => {
    const to = over.current;
    over.current = undefined;
    aim(undefined);
    if (to !== undefined && to !== index) move(index, to);
  };
  const grasp = (event: PointerEvent<HTMLElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const widget = event.currentTarget.closest<HTMLElement>("[data-widget]")!;
    const grid = widget.parentElement!;
    grabs += 1;
    grab.current = {
      ...{ x: event.clientX, y: event.clientY, width, height, kind: `size ${grabs}` },
      column: grid.clientWidth / gridColumns,
      row: widget.offsetHeight / height,
    };
  };
  const stretch = (event: PointerEvent): void => {
    const from = grab.current;
    if (from === undefined) return;
    const wide = from.width + Math.round((event.clientX - from.x) / from.column);
    const high = from.height + Math.round((event.clientY - from.y) / from.row);
    if (wide !== width || high !== height) resize(index, wide - width, high - height, from.kind);
  };
  return (
    <div className="board-tools" role="group" aria-label={`Arrange ${title}`}>
      <button
        type="button"
        className="button bare board-handle"
        data-handle={index}
        aria-label={`Move ${title}, ${index + 1} of ${count}; arrow keys move it, with Shift they size it`}
        title="Drag, or use the arrow keys; with Shift they size it"
        onKeyDown={onKey}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onPointerUp={drop}
        onPointerCancel={drop}
      >
        ⠿
      </button>
      <button
        type="button"
        className="button bare"
        aria-label={`Put ${title} earlier`}
        disabled={index === 0}
        onClick={() => move(index, index - 1)}
      >
        ‹
      </button>
      <button
        type="button"
        className="button bare"
        aria-label={`Put ${title} later`}
        disabled={index === count - 1}
        onClick={() => move(index, index + 1)}
      >
        ›
      </button>
      <SizeField
        label={`Width of ${title} in columns`}
        value={width}
        onSize={(next) => resize(index, next - width, 0, "")}
      />
      ×
      <SizeField
        label={`Height of ${title} in rows`}
        value={height}
        onSize={(next) => resize(index, 0, next - height, "")}
      />
      <button type="button" className="button bare end" aria-label={`Edit ${title}`} onClick={() => edit(index)}>
        ✎
      </button>
      <button type="button" className="button bare" aria-label={`Remove ${title}`} onClick={() => remove(index)}>
        ✕
      </button>
      <span
        className="board-corner"
        aria-hidden="true"
        onPointerDown={grasp}
        onPointerMove={stretch}
        onPointerUp={() => (grab.current = undefined)}
        onPointerCancel={() => (grab.current = undefined)}
      />
    </div>
  );
}

interface SizeFieldProps {
  readonly label: string;
  readonly value: number;
  readonly onSize: (size: number) => void;
}

function SizeField({ label, value, onSize }: SizeFieldProps) {
  return (
    <input
      type="number"
      className="number"
      aria-label={label}
      min={1}
      max={12}
      value={value}
      onChange={({ target }) => Number.isInteger(target.valueAsNumber) && onSize(target.valueAsNumber)}
    />
  );
}
