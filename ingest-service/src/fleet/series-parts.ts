import { isoFromMicros } from "@headwater/core";
import { csvCell, csvLine, csvValue } from "../telemetry/csv.ts";
import type { LabelledRows } from "../telemetry/parquet.ts";
import { millis } from "../telemetry/rows.ts";
import type { FleetPart } from "./fleet-series.ts";

type Parts = AsyncIterable<FleetPart>;

export interface JsonPartsOptions {
  /** What stands before the series. */
  readonly head: Readonly<Record<string, unknown>>;
  /** Points of each. */
  readonly limit: number;
  /** The cursor of further devices. */
  readonly next?: string | undefined;
  /** What the series before have left out, once they are read. */
  readonly ofText: ReadonlyMap<string, number>;
}

/** `{…head, series: [{…, points: [[t, value], …], truncated?}, …], ofText?, next?}` as text, a batch at a time. */
export async function* jsonParts(
  parts: Parts,
  { head, limit, next, ofText }: JsonPartsOptions,
): AsyncGenerator<string> {
  const begin = JSON.stringify(head).slice(0, -1);
  yield `${begin}${begin === "{" ? "" : ","}"series":[`;
  let before = "";
  for await (const { head: of, batches } of parts) {
    yield `${before}${JSON.stringify(of).slice(0, -1)},"points":[`;
    before = ",";
    let left = limit;
    let separator = "";
    let isCut = false;
    for await (const batch of batches) {
      const rows = batch.slice(0, left);
      isCut = batch.length > left;
      left -= rows.length;
      const texts = rows.map(([time, value]) => `[${millis(time)},${JSON.stringify(value)}]`);
      if (texts.length > 0) {
        yield separator + texts.join(",");
        separator = ",";
      }
      if (isCut) break;
    }
    yield isCut ? `],"truncated":true}` : "]}";
  }
  const leftOut = Array.from(ofText, ([metric, devices]) => ({ metric, devices }));
  const rest = JSON.stringify({ ...(leftOut.length > 0 && { ofText: leftOut }), next });
  yield rest === "{}" ? "]}" : `],${rest.slice(1)}`;
}

/** RFC 4180 with a header line: time in ISO 8601, t in milliseconds, what the series is of, value. */
export async function* csvParts(parts: Parts, labels: readonly string[]): AsyncGenerator<string> {
  yield csvLine(["time", "t", ...labels, "value"]);
  for await (const { labels: of, batches } of parts) {
    const cells = labels.map((name) => `${csvCell(of[name] ?? "")},`).join("");
    for await (const rows of batches) {
      yield rows
        .map(([time, value]) => `${isoFromMicros(time)},${millis(time)},${cells}${csvValue(value)}\r\n`)
        .join("");
    }
  }
}

/** An object a line, with the columns of the CSV. */
export async function* ndjsonParts(parts: Parts): AsyncGenerator<string> {
  for await (const { labels, batches } of parts) {
    const of = JSON.stringify(labels).slice(1, -1);
    for await (const rows of batches) {
      yield rows
        .map(
          ([time, value]) =>
            `{"time":"${isoFromMicros(time)}","t":${millis(time)},${of},"value":${JSON.stringify(value)}}\n`,
        )
        .join("");
    }
  }
}

export async function* labelledParts(parts: Parts): AsyncGenerator<LabelledRows> {
  for await (const { labels, batches } of parts) for await (const rows of batches) yield { labels, rows };
}
