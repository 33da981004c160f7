import { SimulationError } from "../errors.ts";
import { readTextFile } from "../text-file.ts";
import type { Sample } from "./series.ts";

const mostBytes = 256 * 1024 * 1024;

/**
 * Reads a recorded series: a header line, then `timestamp,value` lines. A timestamp without a zone is UTC.
 * @throws SimulationError naming the file and the line that is not of this form.
 */
export function readCsvSeries(file: string): Sample[] {
  const text = readTextFile(file, "the series", mostBytes);
  const samples: Sample[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (index === 0 || line === "") continue;
    const [timestamp, value, ...rest] = line.split(",");
    const time = parseTimestamp(timestamp ?? "");
    const number = Number(value);
    if (Number.isNaN(time) || value === undefined || value === "" || !Number.isFinite(number) || rest.length > 0) {
      throw new SimulationError(`${file}:${index + 1}: expected "timestamp,value", found ${JSON.stringify(line)}`);
    }
    samples.push({ time: time * 1000, value: number });
  }
  if (samples.length === 0) throw new SimulationError(`${file} holds no samples`);
  return samples;
}

function parseTimestamp(text: string): number {
  const zoned = /[zZ]|[+-]\d\d:?\d\d$/.test(text);
  return Date.parse(zoned ? text : `${text.trim().replace(" ", "T")}Z`);
}
