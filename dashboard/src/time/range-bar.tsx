import { useState } from "react";
import { Choice } from "../design/choice.tsx";
import { fieldText } from "../design/field-text.ts";
import { spanText } from "./span.ts";
import { type Ends, fixedRange, moved, zoomed } from "./time-range.ts";

interface RangeBarProps extends Ends {
  /** Spans up to now that may be chosen. */
  readonly spans: readonly string[];
  /** The one that is shown; undefined: the time shown stands still. */
  readonly span: string | undefined;
  readonly onSpan: (span: string) => void;
  /** Several steps may come before the first of them is shown: each is from where the one before it led. */
  readonly onMove: (step: (before: Ends) => Ends) => void;
}

const steps = [
  ["◂", "Earlier", (ends: Ends) => moved(ends, -0.5, Date.now())],
  ["▸", "Later", (ends: Ends) => moved(ends, 0.5, Date.now())],
  ["+", "Zoom in", (ends: Ends) => zoomed(ends, 0.5, 0.5, Date.now())],
  ["−", "Zoom out", (ends: Ends) => zoomed(ends, 2, 0.5, Date.now())],
] as const;

/** Which time is shown, and ways to another. */
export function RangeBar({ from, to, spans, span, onSpan, onMove }: RangeBarProps) {
  const [isBackwards, setBackwards] = useState(false);
  return (
    <div className="range-bar">
      {span === undefined && (
        <span className="number quiet" role="status">
          {rangeText({ from, to })}
        </span>
      )}
      <div className="choice" role="group" aria-label="Move in time">
        {steps.map(([sign, name, step]) => (
          <button key={name} type="button" aria-label={name} title={name} onClick={() => onMove(step)}>
            {sign}
          </button>
        ))}
      </div>
      <Choice
        label="Time shown"
        options={spans.map((name) => [name, name])}
        value={span ?? ""}
        onChoose={(chosen) => onSpan(chosen)}
      />
      <details className="range-form">
        <summary className="button">From … to</summary>
        <form
          className="card"
          onSubmit={(event) => {
            event.preventDefault();
            const fields = new FormData(event.currentTarget);
            const [begin, end] = ["from", "to"].map((name) => Date.parse(fieldText(fields, name)));
            setBackwards(begin! >= end!);
            if (begin! >= end!) return;
            onMove(() => fixedRange(begin!, end!, Date.now()));
            event.currentTarget.closest("details")!.open = false;
          }}
        >
          <label className="field">
            From
            <input type="datetime-local" name="from" defaultValue={localText(from)} required />
          </label>
          <label className="field">
            To
            <input type="datetime-local" name="to" defaultValue={localText(to)} required />
          </label>
          {isBackwards && (
            <p className="field-fault" role="alert">
              The end has to be later than the beginning.
            </p>
          )}
          <button type="submit" className="button primary">
            Show
          </button>
        </form>
      </details>
    </div>
  );
}

/** Both ends in the viewer's zone, the day of the second only where it is another. */
function rangeText({ from, to }: Ends): string {
  const [begin, end] = [new Date(from), new Date(to)];
  const isSameDay = begin.toDateString() === end.toDateString();
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const day: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", ...clock };
  const years = begin.getFullYear() === new Date().getFullYear() ? day : { ...day, year: "numeric" as const };
  return `${begin.toLocaleString([], years)} – ${end.toLocaleString([], isSameDay ? clock : years)} (${spanText(to - from)})`;
}

/** As a field of a browser takes a time: in the viewer's zone, to the minute. */
function localText(t: number): string {
  return new Date(t - new Date(t).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
