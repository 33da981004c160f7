import { Choice } from "../design/choice.tsx";
import { moved, spanNames, spanUpTo, type TimeRange, zoomed } from "./time-range.ts";
import { spanText } from "./span.ts";

interface RangeBarProps {
  readonly range: TimeRange;
  readonly onChange: (change: (before: TimeRange) => TimeRange) => void;
}

const steps = [
  ["◂", "Earlier", (range: TimeRange) => moved(range, -0.5, Date.now())],
  ["▸", "Later", (range: TimeRange) => moved(range, 0.5, Date.now())],
  ["+", "Zoom in", (range: TimeRange) => zoomed(range, 0.5, 0.5, Date.now())],
  ["−", "Zoom out", (range: TimeRange) => zoomed(range, 2, 0.5, Date.now())],
] as const;

/** Which time is shown, and ways to another. */
export function RangeBar({ range, onChange }: RangeBarProps) {
  return (
    <div className="range-bar">
      {range.span === undefined && (
        <span className="number quiet" role="status">
          {rangeText(range)}
        </span>
      )}
      <div className="choice" role="group" aria-label="Move in time">
        {steps.map(([sign, name, step]) => (
          <button key={name} type="button" aria-label={name} title={name} onClick={() => onChange(step)}>
            {sign}
          </button>
        ))}
      </div>
      <Choice
        label="Time shown"
        options={spanNames.map((name) => [name, name])}
        value={range.span ?? ""}
        onChoose={(span) => onChange(() => spanUpTo(span as (typeof spanNames)[number], Date.now()))}
      />
    </div>
  );
}

/** Both ends in the viewer's zone, the day of the second only where it is another. */
function rangeText({ from, to }: TimeRange): string {
  const [begin, end] = [new Date(from), new Date(to)];
  const isSameDay = begin.toDateString() === end.toDateString();
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const day: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", ...clock };
  const years = begin.getFullYear() === new Date().getFullYear() ? day : { ...day, year: "numeric" as const };
  return `${begin.toLocaleString([], years)} – ${end.toLocaleString([], isSameDay ? clock : years)} (${spanText(to - from)})`;
}
