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

/** @throws SimulationError naming the file, and the line that is not of the form. */
export function readRecordedColumn(file: string, column: string | undefined): RecordedColumn {
  const text = readTextFile(file, "the recorded series", mostBytes);
  const [header = "", ...lines] = text.split(/\r?\n/);
  const names = header.split(",").map((name) => name.trim());
  const index = column === undefined ? Math.min(1, names.length - 1) : names.indexOf(column);
  if (index === -1) {
    throw new SimulationError(`${file}:1: there is no column ${JSON.stringify(column)}; it has ${names.join(", ")}`);
  }
  const values: Value[] = [];
  const times: number[] = [];
  for (const [at, line] of lines.entries()) {
    if (line === "") continue;
    const cells = line.split(",");
    const cell = cells[index];
    if (cell === undefined || cell.trim() === "") {
      throw new SimulationError(`${file}:${at + 2}: there is nothing in the column ${names[index]!}`);
    }
    values.push(valueOf(cell.trim()));
    times.push(timeOf(cells[0]!.trim()));
  }
  if (values.length === 0) throw new SimulationError(`${file} holds no rows below its header`);
  const first = times[0]!;
  const isTimed = index !== 0 && times.every((time, i) => !Number.isNaN(time) && (i === 0 || time >= times[i - 1]!));
  return new RecordedColumn(values, isTimed ? times.map((time) => time - first) : undefined);
}

function valueOf(cell: string): Value {
  const number = Number(cell);
  return Number.isFinite(number) ? number : cell;
}

/** A time without a zone is UTC; a number is seconds since the epoch, or milliseconds. */
function timeOf(cell: string): number {
  const number = Number(cell);
  if (Number.isFinite(number)) return number > 1e11 ? number : number * 1_000;
  const zoned = /[zZ]|[+-]\d\d:?\d\d$/.test(cell);
  return Date.parse(zoned ? cell : `${cell.replace(" ", "T")}Z`);
}
