import { type ReactNode } from "react";
import type { Board, Choices, TimeShown } from "./board.ts";
import { isKnown, sizeOf, titleOf } from "./board.ts";
import { Widget } from "./widgets/widget.tsx";

interface BoardGridProps {
  /** The place that a widget is dragged to. */
  readonly aimed?: number | undefined;
  readonly board: Board;
  readonly choices: Choices;
  readonly time: TimeShown;
  /** What stands over a widget while the board is arranged. */
  readonly tools?: ((index: number, title: string) => ReactNode) | undefined;
}

/** Widgets in the order in which they are read; on a phone one below the other. */
export function BoardGrid({ board, choices, time, tools, aimed }: BoardGridProps) {
  return (
    <div className={tools === undefined ? "board" : "board arranged"}>
      {board.widgets.map((widget, index) => {
        if (!isKnown(widget.kind)) return <UnknownWidget key={index} kind={widget.kind} />;
        const { width, height } = sizeOf(widget);
        const title = titleOf(widget, choices);
        return (
          <div
            // A widget that is moved keeps nothing of its own but what it asks for anew.
            key={index}
            className={`card board-widget of-${widget.kind}${index === aimed ? " aimed" : ""}`}
            role="group"
            aria-label={title === "" ? "Text" : title}
            data-widget={index}
            style={{ "--wide": width, "--high": height } as React.CSSProperties}
          >
            {tools?.(index, title === "" ? "Text" : title)}
            {title !== "" && (
              <h2 className="clipped" title={title}>
                <bdi>{title}</bdi>
              </h2>
            )}
            <div
              className="board-content"
              tabIndex={isLong(widget.kind) ? 0 : undefined}
              role={isLong(widget.kind) ? "group" : undefined}
              aria-label={isLong(widget.kind) ? title : undefined}
            >
              <Widget {...{ widget, choices, time }} />
            </div>
          </div>
        );
      })}
    </div>
  );
}

/** A board may have been saved by a later release. */
function UnknownWidget({ kind }: { readonly kind: string }) {
  return (
    <div className="card board-widget" style={{ "--wide": 6, "--high": 1 } as React.CSSProperties}>
      <p className="board-nothing">
        This release knows no widget of the kind <bdi>{kind}</bdi>.
      </p>
    </div>
  );
}

/** What may be longer than its place scrolls, by keyboard too. */
function isLong(kind: string): boolean {
  return kind === "table" || kind === "alerts" || kind === "text";
}
