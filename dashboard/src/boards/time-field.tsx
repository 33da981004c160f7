import { Choice } from "../design/choice.tsx";
import { fieldText } from "../design/field-text.ts";
import type { TimeShown } from "./board.ts";
import { spans } from "./time-shown.ts";

interface TimeFieldProps {
  readonly time: TimeShown;
  /** The span that is shown, if it is one up to now. */
  readonly span: string;
  readonly onSpan: (span: string) => void;
  readonly onRange: (from: string, to: string) => void;
}

/** The time that a board shows: up to now, or from and to, which then stays as it is. */
export function TimeField({ time, span, onSpan, onRange }: TimeFieldProps) {
  const named = spans.some((each) => each === span) ? spans : [span, ...spans];
  const options = named.map((each) => [each, each] as const);
  return (
    <>
      <Choice label="Time shown" options={options} value={time.isLive ? span : ""} onChoose={onSpan} />
      <details className="board-range">
        <summary className="button">{time.isLive ? "From … to" : rangeText(time)}</summary>
        <form
          className="card"
          onSubmit={(event) => {
            event.preventDefault();
            const fields = new FormData(event.currentTarget);
            const [from, to] = ["from", "to"].map((name) => new Date(fieldText(fields, name)));
            if (from! < to!) onRange(from!.toISOString(), to!.toISOString());
            event.currentTarget.closest("details")!.open = false;
          }}
        >
          <label className="field">
            From
            <input type="datetime-local" name="from" defaultValue={localText(time.from)} required />
          </label>
          <label className="field">
            To
            <input type="datetime-local" name="to" defaultValue={localText(time.to)} required />
          </label>
          <button type="submit" className="button primary">
            Show
          </button>
        </form>
      </details>
    </>
  );
}

function rangeText({ from, to }: TimeShown): string {
  const text = (t: number): string =>
    new Date(t).toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  return `${text(from)} – ${text(to)}`;
}

/** As a field of a browser takes a time: in the viewer's zone, to the minute. */
function localText(t: number): string {
  return new Date(t - new Date(t).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
