const week = 7 * 86_400_000_000;
const second = 1_000_000;
/** Stretches of time whose changes of offset are looked up together. */
const blockLength = 9 * week;
const maxBlocks = 4096;
const maxZones = 64;
/** No clock was ever farther from UTC (Manila, 1844). */
const maxOffset = 16 * 3_600_000_000;
/** The farthest a Date reaches; beyond it a zone keeps the offset it has there. */
const maxMillis = 8.64e15;

/** Before it clocks are as they are then: of years before the hundredth neither Intl nor Date tells the century. */
const minMillis = Date.UTC(100, 0, 2);

/** A stretch of time, `end` exclusive, in which clocks of a zone keep their distance from UTC. Microseconds. */
export interface ZonePiece {
  readonly start: number;
  readonly end: number;
  /** How far clocks are ahead of UTC. */
  readonly offset: number;
}

/** Whether the runtime knows the zone: `Europe/Berlin`, `UTC`, `+02:00`. */
export function isTimeZone(name: string): boolean {
  try {
    void new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const zones = new Map<string, TimeZone>();

/**
 * The instant at which clocks in the zone show this time, given as if it were in UTC (microseconds). Of an hour that
 * clocks show twice the first counts; a time that they skip is as far behind the change as it claims.
 */
export function instantOfLocal(wall: number, timeZone: string): number {
  const { piece, before } = TimeZone.of(timeZone).firstPieceUpTo(wall);
  return wall - (wall - piece.offset < piece.start ? before : piece.offset);
}

/**
 * The clocks of a time zone, in microseconds. The zone's rules are those of the runtime, which is a package with a
 * version of its own, not those of the machine.
 */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #blocks = new Map<number, readonly ZonePiece[]>();

  private constructor(name: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** Throws RangeError for a zone that is not known (`isTimeZone`). */
  static of(name: string): TimeZone {
    let zone = zones.get(name);
    if (zone === undefined) {
      zone = new TimeZone(name);
      // Names have many spellings, and requests choose them.
      if (zones.size >= maxZones) zones.clear();
      zones.set(name, zone);
    }
    return zone;
  }

  /** The piece in which an instant lies; clocks may keep the same offset before and after it. */
  pieceAt(instant: number): ZonePiece {
    const index = Math.floor(instant / blockLength);
    let block = this.#blocks.get(index);
    if (block === undefined) {
      if (this.#blocks.size >= maxBlocks) this.#blocks.clear();
      this.#blocks.set(index, (block = this.#piecesOf(index * blockLength)));
    }
    return block.findLast(({ start }) => start <= instant)!;
  }

  /** The first instant at which clocks show this time; if they skip it, the one at which they do. */
  firstInstantAt(wall: number): number {
    const { piece } = this.firstPieceUpTo(wall);
    return Math.max(piece.start, wall - piece.offset);
  }

  /** The first piece in which clocks show this time or, at its beginning, have skipped it, and the offset before. */
  firstPieceUpTo(wall: number): { readonly piece: ZonePiece; readonly before: number } {
    let piece = this.pieceAt(wall - maxOffset);
    let before = piece.offset;
    while (wall - piece.offset >= piece.end) {
      before = piece.offset;
      piece = this.pieceAt(piece.end);
    }
    return { piece, before };
  }

  #piecesOf(start: number): readonly ZonePiece[] {
    const end = start + blockLength;
    const last = end - second;
    const pieces: ZonePiece[] = [];
    let pieceStart = start;
    let offset = this.#offsetAt(start);
    // Changes come seldom; none was ever undone within a week.
    for (let at = start; at < last;) {
      const next = Math.min(at + week, last);
      if (this.#offsetAt(next) === offset) {
        at = next;
        continue;
      }
      const change = this.#changeIn(at, next, offset);
      pieces.push({ start: pieceStart, end: change, offset });
      pieceStart = at = change;
      offset = this.#offsetAt(change);
    }
    pieces.push({ start: pieceStart, end, offset });
    return pieces;
  }

  /** The first second after `before`, and up to `after`, of another offset than `before` has. */
  #changeIn(before: number, after: number, offset: number): number {
    let [low, high] = [before, after];
    while (high - low > second) {
      const middle = low + Math.floor((high - low) / 2 / second) * second;
      if (this.#offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }

  /** Of a whole second. */
  #offsetAt(instant: number): number {
    const millis = Math.min(maxMillis, Math.max(minMillis, instant / 1000));
    // Month, day, year, hour, minute, second.
    const shown = this.#format.format(millis).match(/\d+/g)!.map(Number);
    const [month = 1, dayOfMonth = 1, year = 0, hour = 0, minute = 0, seconds = 0] = shown;
    return (Date.UTC(year, month - 1, dayOfMonth, hour, minute, seconds) - millis) * 1000;
  }
}
