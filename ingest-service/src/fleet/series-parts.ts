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
  readonly ofText: LeftOut;
}

/** How many devices series leave out that have texts alone of a metric; whole once the series are read. */
export type LeftOut = ReadonlyMap<string, number>;

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
  const rest = JSON.stringify({ ...(ofText.size > 0 && { ofText: leftOutItems(ofText) }), next });
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

/** An object a line, with the columns of the CSV, and in a last line what is left out, if anything is. */
export async function* ndjsonParts(parts: Parts, ofText: LeftOut): AsyncGenerator<string> {
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
  if (ofText.size > 0) yield `${JSON.stringify({ ofText: leftOutItems(ofText) })}\n`;
}

export function leftOutItems(ofText: LeftOut): { readonly metric: string; readonly devices: number }[] {
  return Array.from(ofText, ([metric, devices]) => ({ metric, devices }));
}

/** A trailer of exports: a structured field (RFC 9651), `"state";devices=3`, each metric as in a URL; empty: none. */
export function leftOutTrailer(ofText: LeftOut): string {
  return leftOutItems(ofText)
    .map(({ metric, devices }) => `"${encodeURIComponent(metric.toWellFormed())}";devices=${devices}`)
    .join(", ");
}

export async function* labelledParts(parts: Parts): AsyncGenerator<LabelledRows> {
  for await (const { labels, batches } of parts) for await (const rows of batches) yield { labels, rows };
}
