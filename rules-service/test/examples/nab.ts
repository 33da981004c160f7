import { existsSync, readFileSync } from "node:fs";
import { ConfigError } from "@headwater/core";
import type { Sample } from "./replay.ts";

const folder = new URL("../../../../shared/data/nab/", import.meta.url);

/** The recorded series lie beside the checkout: a clone without them skips what needs them; CI may not. */
export const nabPresent = existsSync(folder);
if (!nabPresent && process.env["CI"] === "true" && process.env["WITHOUT_RECORDED_DATA"] !== "true") {
  throw new ConfigError(`${folder.pathname} is absent: CI runs these tests on the recorded series`);
}

function timeOf(text: string): number {
  return Date.parse(`${text.replace(" ", "T").replace(/\.\d+$/, "")}Z`);
}

export function nabSeries(name: string, metric: string): Sample[] {
  const [, ...lines] = readFileSync(new URL(`${name}.csv`, folder), "utf8")
    .trim()
    .split(/\r?\n/);
  return lines.map((line) => {
    const [time = "", value = ""] = line.split(",");
    return { time: timeOf(time), values: { [metric]: Number(value) } };
  });
}

/** The spans that people marked as anomalies. */
export function nabWindows(name: string): (readonly [number, number])[] {
  const labels = JSON.parse(readFileSync(new URL("labels.json", folder), "utf8")) as Record<string, [string, string][]>;
  return labels[`${name}.csv`]!.map(([from, to]) => [timeOf(from), timeOf(to)]);
}
