const day = 86_400_000_000;
const millisOfQuarter = 900_000;

/** Whether the runtime knows the zone: `Europe/Berlin`, `UTC`, `+02:00`. */
export function isTimeZone(name: string): boolean {
  try {
    void new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The instant at which clocks in the zone show this time, given as if it were in UTC (microseconds). Of an hour that
 * clocks show twice the first counts; a time that they skip is as far behind the change as it claims.
 */
export function instantOfLocal(wall: number, timeZone: string): number {
  const before = offsetAt(wall - day, timeZone);
  const after = offsetAt(wall + day, timeZone);
  if (before === after) return wall - before;
  const early = wall - before;
  if (offsetAt(early, timeZone) === before) return early;
  const late = wall - after;
  return offsetAt(late, timeZone) === after ? late : early;
}

/** A zone, and its offsets by quarter of an hour: no zone changes its offset within one. */
interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();
const maxOffsets = 1000;

/** How far the zone's clocks are ahead of UTC at an instant (microseconds). */
function offsetAt(micros: number, timeZone: string): number {
  let zone = zones.get(timeZone);
  if (zone === undefined) zones.set(timeZone, (zone = { format: formatOf(timeZone), offsets: new Map() }));
  const millis = Math.floor(micros / 1000);
  const quarter = Math.floor(millis / millisOfQuarter);
  const known = zone.offsets.get(quarter);
  if (known !== undefined) return known;
  const shown: Record<string, number> = {};
  const at = quarter * millisOfQuarter;
  // Beyond the years of a Date nothing is shown; such a time is implausible in any zone.
  if (Math.abs(at) > 8.64e15) return 0;
  for (const { type, value } of zone.format.formatToParts(at)) shown[type] = Number(value);
  const { year = 0, month = 1, day: dayOfMonth = 1, hour = 0, minute = 0, second = 0 } = shown;
  const offset = (Date.UTC(year, month - 1, dayOfMonth, hour, minute, second) - at) * 1000;
  if (zone.offsets.size >= maxOffsets) zone.offsets.clear();
  zone.offsets.set(quarter, offset);
  return offset;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}
