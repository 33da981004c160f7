/** Panes by their numbers: the one of a time, and when each begins. */
export interface Panes {
  at(time: number): number;
  begins(pane: number): number;
}

const minute = 60_000_000;
const day = 24 * 60 * minute;

/** Nothing but speed: what was worked out is not worked out again. */
const known = new Map<string, Panes>();

/** Local days, weeks from Monday on, or months, by what clocks of the zone show. */
export function calendarPanes(every: string, timeZone: string): Panes {
  const key = `${every} ${timeZone}`;
  const panes = known.get(key) ?? workedOut(every, timeZone);
  known.set(key, panes);
  return panes;
}

function workedOut(every: string, timeZone: string): Panes {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const shown = new Map<number, number>();
  /** The number of the pane whose date clocks show. */
  const paneShown = (time: number): number => {
    const seen = shown.get(time);
    if (seen !== undefined) return seen;
    const [year = 0, month = 0, date = 0] = format
      .format(time / 1000)
      .split("-")
      .map(Number);
    const days = Date.UTC(year, month - 1, date) / 86_400_000;
    // 1970 began on a Thursday.
    const pane = every === "1d" ? days : every === "1w" ? Math.floor((days + 3) / 7) : (year - 1970) * 12 + month - 1;
    shown.set(time, pane);
    return pane;
  };
  const first = new Map<number, number>();
  /** When clocks first show it or a later one. */
  const begins = (pane: number): number => {
    const seen = first.get(pane);
    if (seen !== undefined) return seen;
    const wall = every === "1d" ? pane * day : every === "1w" ? (pane * 7 - 3) * day : Date.UTC(1970, pane, 1) * 1000;
    let time = wall - 30 * 60 * minute;
    // Every zone is a multiple of this from UTC.
    while (paneShown(time) < pane) time += 15 * minute;
    first.set(pane, time);
    return time;
  };
  return {
    begins,
    at(time) {
      let pane = paneShown(Math.floor(time / minute) * minute);
      while (begins(pane + 1) <= time) pane++;
      return pane;
    },
  };
}

/** When clocks of the zone first show a time, or skip it; it is written as if they were those of UTC. */
export function firstShown(wall: number, timeZone: string): number {
  const key = `${wall} ${timeZone}`;
  const seen = firsts.get(key);
  if (seen !== undefined) return seen;
  const ahead = [wall - 26 * 60 * minute, wall + 26 * 60 * minute].map((time) => shownIn(time, timeZone) - time);
  let time = wall - Math.max(...ahead) - minute;
  while (shownIn(time, timeZone) < wall) time += minute;
  firsts.set(key, time);
  return time;
}

/** What clocks of the zone show, to the minute. */
export function shownIn(time: number, timeZone: string): number {
  const format = clocks.get(timeZone) ?? clockOf(timeZone);
  clocks.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(time / 1000).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day: date = 0, hour = 0, minute: minutes = 0 } = parts;
  return Date.UTC(year, month - 1, date, hour, minutes) * 1000;
}

const firsts = new Map<string, number>();
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const two = "2-digit" as const;
  const shown = { year: "numeric", month: two, day: two, hour: two, minute: two, hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("en-CA", { timeZone, ...shown });
}
