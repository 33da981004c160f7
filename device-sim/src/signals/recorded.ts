import { SimulationError } from "../errors.ts";
import { readTextFile } from "../text-file.ts";
import type { Signal, Value } from "./signal.ts";

const mostBytes = 256 * 1024 * 1024;

/** A column of a recorded series, with its times if it has any. */
export class RecordedColumn {
  readonly #values: readonly Value[];
  /** Milliseconds since the first row, if the first column is of times. */
  readonly #times: readonly number[] | undefined;

  constructor(values: readonly Value[], times: readonly number[] | undefined) {
    this.#values = values;
    this.#times = times;
  }

  /** A row a reading, over and over; with a speed the row of that moment. */
  signal(speed: number | undefined): Signal {
    const [values, times] = [this.#values, this.#times];
    let at = 0;
    if (speed === undefined || times === undefined) return { next: () => values[at++ % values.length] };
    const length = times.at(-1)! + (times.length > 1 ? times.at(-1)! / (times.length - 1) : 1);
    let lap = 0;
    return {
      next(elapsed) {
        const time = elapsed * speed;
        if (Math.floor(time / length) !== lap) {
          lap = Math.floor(time / length);
          at = 0;
        }
        while (at + 1 < times.length && times[at + 1]! <= time - lap * length) at++;
        return values[at];
      },
    };
  }
}

/**
 * `needsTimes`: the column is played at its own pace.
 * @throws SimulationError naming the file, and the line that is not of the form.
 */
export function readRecordedColumn(file: string, column: string | undefined, needsTimes = false): RecordedColumn {
  const text = readTextFile(file, "the recorded series", mostBytes);
  const [header = "", ...lines] = text.split(/\r?\n/);
  const names = cellsOf(header, `${file}:1`);
  const index = column === undefined ? Math.min(1, names.length - 1) : names.indexOf(column);
  if (index === -1) {
    throw new SimulationError(`${file}:1: there is no column ${JSON.stringify(column)}; it has ${names.join(", ")}`);
  }
  const values: Value[] = [];
  const times: number[] = [];
  /** The line that has no time, or one before that of the line above. */
  let untimed: number | undefined = index === 0 ? 2 : undefined;
  for (const [at, line] of lines.entries()) {
    if (line === "") continue;
    const where = `${file}:${at + 2}`;
    const cells = cellsOf(line, where);
    const cell = cells[index];
    if (cell === undefined || cell === "") {
      throw new SimulationError(`${where}: there is nothing in the column ${names[index]!}; leave such rows out`);
    }
    values.push(valueOf(cell, where));
    const time = timeOf(cells[0]!);
    if (!(time >= (times.at(-1) ?? -Infinity))) untimed ??= at + 2;
    times.push(time);
  }
  if (values.length === 0) throw new SimulationError(`${file} holds no rows below its header`);
  if (needsTimes && untimed !== undefined) {
    const remedy = "leave `speed` out, or sort its rows by their times";
    throw new SimulationError(`${file}:${untimed}: a time that goes on has to be in the first column; ${remedy}`);
  }
  const first = times[0]!;
  return new RecordedColumn(values, untimed === undefined ? times.map((time) => time - first) : undefined);
}

/** Those of a line, of which some may be in quotes (RFC 4180). */
function cellsOf(line: string, where: string): string[] {
  if (!line.includes('"')) return line.split(",").map((cell) => cell.trim());
  const cells: string[] = [];
  const cell = /\s*(?:"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/y;
  for (let isLast = false; !isLast;) {
    const match = cell.exec(line);
    if (match === null) {
      const remedy = "end it in its line, and double those within it";
      throw new SimulationError(`${where}: a quotation mark stands where no cell begins or ends; ${remedy}`);
    }
    const [, inQuotes, plain = "", end] = match;
    cells.push(inQuotes?.replaceAll('""', '"') ?? plain.trim());
    isLast = end === "";
  }
  return cells;
}

const noNumber = /^[+-]?(?:nan|inf|infinity)$/i;

/** What is meant as a number that none of the formats can say is no text either. */
function valueOf(cell: string, where: string): Value {
  const number = Number(cell);
  if (Number.isFinite(number)) return number;
  if (Math.abs(number) === Infinity || noNumber.test(cell))
    throw new SimulationError(`${where}: ${cell} is no number that a device can send; leave such rows out`);
  return cell;
}

/** A time without a zone is UTC; a number is seconds since the epoch, or milliseconds. */
function timeOf(cell: string): number {
  const number = Number(cell);
  if (Number.isFinite(number)) return number > 1e11 ? number : number * 1_000;
  const zoned = /[zZ]|[+-]\d\d:?\d\d$/.test(cell);
  return Date.parse(zoned ? cell : `${cell.replace(" ", "T")}Z`);
}
